"""Calls of `mock_server/control/snapshots.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

from mock_server.client.call import Call
from mock_server.control.shapes.universes import Fork, SnapshotQuery, UniverseState
from mock_server.snapshots.document import Snapshot


def show_snapshot(*, secrets: bool = False) -> Call[Snapshot]:
    """Take a snapshot of the universe, with the record of what led there.

    How a snapshot is to be taken: with requests as they came, or without what is secret in them.
    """
    return Call("GET", "/_mock/snapshot", Snapshot, query=SnapshotQuery(secrets=secrets))


def restore_snapshot(snapshot: Snapshot) -> Call[UniverseState]:
    """Put what a snapshot holds into the place of the universe that the request names."""
    return Call("PUT", "/_mock/snapshot", UniverseState, body=snapshot)


def fork_universe(universe: str, *, to: str) -> Call[UniverseState]:
    """Copy a universe, with all that is in it, into the place of another; from there each goes its own way.

    Where a universe is to be copied to; whatever has that name is replaced.
    """
    return Call(
        "POST", "/_mock/universes/{universe}/fork", UniverseState, parts={"universe": universe}, body=Fork(to=to)
    )
