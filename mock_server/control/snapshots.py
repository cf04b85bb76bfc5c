"""What the control API does with a universe as a whole: it is taken down, put back, and copied."""

import msgspec

from mock_server.control.errors import Conflict
from mock_server.control.journal import make_entries
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import Fork, SnapshotQuery, UniverseState
from mock_server.control.universes import existing, state
from mock_server.core.errors import InvalidRequest
from mock_server.journal.entries import Entry
from mock_server.journal.exchange import Exchange
from mock_server.snapshots.document import ExchangePart, Snapshot
from mock_server.snapshots.reading import SnapshotError, read_snapshot
from mock_server.snapshots.taking import put_back, take_snapshot


async def show_snapshot(request: Request[Nothing, SnapshotQuery]) -> Snapshot:
    """Take a snapshot of the universe, with the record of what led there."""
    universe = await request.universe()
    exchanges = tuple(universe.journal)
    snapshot = await take_snapshot(request.simulator, universe, secrets=request.query.secrets)
    entries = await make_entries(exchanges, request.simulator.contract, secrets=False)
    return msgspec.structs.replace(snapshot, journal=tuple(map(_exchange_part, exchanges, entries)))


async def restore_snapshot(request: Request[bytes, Nothing]) -> UniverseState:
    """Put what a snapshot holds into the place of the universe that the request names.

    Raises:
        InvalidRequest: The body is no snapshot, or a damaged one; nothing has changed.
    """
    try:
        snapshot = read_snapshot(request.body, request.simulator.operations)
    except SnapshotError as error:
        raise InvalidRequest(str(error)) from error
    return await state(request.simulator, await put_back(request.simulator, request.named, snapshot))


async def fork_universe(request: Request[Fork, Nothing]) -> UniverseState:
    """Copy a universe, with all that is in it, into the place of another; from there each goes its own way."""
    universe, to = await existing(request), request.body.to
    if to == universe.name:
        raise Conflict(f"to: expected another universe than {to!r} itself", param="to")
    snapshot = await take_snapshot(request.simulator, universe, secrets=True)
    return await state(request.simulator, await put_back(request.simulator, to, snapshot))


def _exchange_part(exchange: Exchange, entry: Entry) -> ExchangePart:
    shown = {name: getattr(entry, name) for name in ExchangePart.__struct_fields__}
    return ExchangePart(**shown | {"at": exchange.at})
