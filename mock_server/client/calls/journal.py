"""Calls of `mock_server/control/journal.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

# ruff: noqa: PLR0913 - parameters are the API's own, in name and number

from mock_server.client.call import Call
from mock_server.control.shapes.journal import JournalCleared, JournalQuery, JournalState
from mock_server.journal.har import Har


def show_journal(
    *,
    operation: str | None = None,
    task: str | None = None,
    account: str | None = None,
    status: str | None = None,
    clause: str | None = None,
    fault: str | None = None,
    method: str | None = None,
    path: str | None = None,
    connection: str | None = None,
    since: float | None = None,
    until: float | None = None,
    after: int = 0,
    limit: int | None = None,
    newest: int | None = None,
    wait: float = 0,
    generation: int | None = None,
) -> Call[JournalState]:
    """Show what happened in the universe, oldest first.

    Which exchanges are wanted: those that fit everything that is given.

    `status` is one such as 404, a class such as 4xx, or none (the client went away before an answer began);
    `path` is how the path begins; `since` and `until` are universe time. Of those, at most `limit` from the
    oldest on, or the `newest` so many. Who follows the journal sends back the last number that it got as
    `after`, with the `generation`: in a journal that was begun anew meanwhile, `after` does not count. `wait`
    is how many real seconds to wait until there is something.
    """
    return Call(
        "GET",
        "/_mock/journal",
        JournalState,
        query=JournalQuery(
            operation=operation,
            task=task,
            account=account,
            status=status,
            clause=clause,
            fault=fault,
            method=method,
            path=path,
            connection=connection,
            since=since,
            until=until,
            after=after,
            limit=limit,
            newest=newest,
            wait=wait,
            generation=generation,
        ),
    )


def clear_journal() -> Call[JournalCleared]:
    """Forget what happened, and nothing else: the journal's next generation begins."""
    return Call("DELETE", "/_mock/journal", JournalCleared)


def export_journal(
    *,
    operation: str | None = None,
    task: str | None = None,
    account: str | None = None,
    status: str | None = None,
    clause: str | None = None,
    fault: str | None = None,
    method: str | None = None,
    path: str | None = None,
    connection: str | None = None,
    since: float | None = None,
    until: float | None = None,
    after: int = 0,
    limit: int | None = None,
    newest: int | None = None,
    wait: float = 0,
    generation: int | None = None,
) -> Call[Har]:
    """Export what happened in the universe as an HTTP Archive.

    Which exchanges are wanted: those that fit everything that is given.

    `status` is one such as 404, a class such as 4xx, or none (the client went away before an answer began);
    `path` is how the path begins; `since` and `until` are universe time. Of those, at most `limit` from the
    oldest on, or the `newest` so many. Who follows the journal sends back the last number that it got as
    `after`, with the `generation`: in a journal that was begun anew meanwhile, `after` does not count. `wait`
    is how many real seconds to wait until there is something.
    """
    return Call(
        "GET",
        "/_mock/journal.har",
        Har,
        query=JournalQuery(
            operation=operation,
            task=task,
            account=account,
            status=status,
            clause=clause,
            fault=fault,
            method=method,
            path=path,
            connection=connection,
            since=since,
            until=until,
            after=after,
            limit=limit,
            newest=newest,
            wait=wait,
            generation=generation,
        ),
    )
