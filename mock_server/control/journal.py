"""What the control API tells of what happened: the journal as entries, and as an HTTP Archive."""

import asyncio
from importlib.metadata import version
from typing import Final, TypeAlias

from mock_server.control.errors import Conflict
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import JournalCleared, JournalQuery, JournalState
from mock_server.control.waiting import in_turns
from mock_server.core.errors import InvalidRequest
from mock_server.core.types import SECOND
from mock_server.journal.contract import Contract
from mock_server.journal.entries import Entry, make_entry
from mock_server.journal.exchange import Exchange
from mock_server.journal.har import Har, archive
from mock_server.journal.journal import Journal
from mock_server.journal.selection import Selection, choose
from mock_server.universes.universe import Universe

PATIENCE_SECONDS: Final = 2.0
"""How long requests that are under way are waited for, so that one which is stalled cannot hold up its own journal."""

_AT_ONCE: Final = 20
"""How many entries are made readable before other requests get their turn."""

Reading: TypeAlias = Request[Nothing, JournalQuery]


async def show_journal(request: Reading) -> JournalState:
    """Show what happened in the universe, oldest first."""
    universe, journal, chosen = await _select(request)
    return JournalState(
        universe=universe.name,
        generation=journal.generation,
        last=journal.last,
        dropped=journal.last - len(journal),
        entries=await _entries(request, chosen),
    )


async def export_journal(request: Reading) -> Har:
    """Export what happened in the universe as an HTTP Archive."""
    _, _, chosen = await _select(request)
    entries = await _entries(request, chosen)
    return archive(entries, version=version("evolink-mock"))


async def clear_journal(request: Request[Nothing, Nothing]) -> JournalCleared:
    """Forget what happened, and nothing else: the journal's next generation begins."""
    universe = await request.universe()
    forgotten = len(universe.journal)
    request.simulator.universes.clear_journal(universe)
    return JournalCleared(universe=universe.name, generation=universe.journal.generation, forgotten=forgotten)


async def _select(request: Reading) -> tuple[Universe, Journal, tuple[Exchange, ...]]:
    """Choose what is wanted; if it is nothing, wait as long as the request allows until there is something.

    A journal that is begun anew meanwhile ends the wait, so that who follows it notices.
    """
    wanted = request.query
    if not request.simulator.settings.journal_bytes:
        raise Conflict("no journal is kept: journal_bytes is 0")
    if wanted.limit is not None and wanted.newest is not None:
        raise InvalidRequest("limit is for the oldest, newest for the newest: expected one of them", param="newest")
    loop = asyncio.get_running_loop()
    until = loop.time() + wanted.wait
    universe = await request.universe()
    first = journal = universe.journal
    await journal.settle(PATIENCE_SECONDS)
    while True:
        universe = await request.universe()
        journal, seen = universe.journal, universe.journal.last
        same = wanted.generation in {None, journal.generation}
        selection = _selection(wanted, anew=not same)
        chosen = choose(journal.beyond(selection.after), selection, limit=wanted.limit, newest=wanted.newest)
        if chosen or not same or journal is not first or loop.time() >= until:
            return universe, journal, chosen
        await journal.wait_beyond(seen, until - loop.time())


def _selection(wanted: JournalQuery, *, anew: bool) -> Selection:
    """Return what is wanted; in a journal that was begun anew, from its beginning."""
    return Selection(
        operation=wanted.operation,
        task=wanted.task,
        account=wanted.account,
        status=wanted.status,
        clause=wanted.clause,
        fault=wanted.fault,
        method=wanted.method,
        path=wanted.path or "",
        connection=wanted.connection,
        since=0 if wanted.since is None else round(wanted.since * SECOND),
        until=None if wanted.until is None else round(wanted.until * SECOND),
        after=0 if anew else wanted.after,
    )


async def _entries(request: Reading, chosen: tuple[Exchange, ...]) -> tuple[Entry, ...]:
    simulator = request.simulator
    return await make_entries(chosen, simulator.contract, secrets=simulator.settings.journal_secrets)


async def make_entries(chosen: tuple[Exchange, ...], contract: Contract, *, secrets: bool) -> tuple[Entry, ...]:
    """Make exchanges readable, with or without what is secret in them, and let other requests have their turn.

    `contract` is that of who served them.
    """
    turns = in_turns(chosen, _AT_ONCE)
    return tuple([make_entry(exchange, contract, secrets=secrets) async for exchange in turns])
