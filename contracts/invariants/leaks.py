"""What must not be left behind: a task of a request that was refused."""

from typing import Final

from contracts.recording.accounts import Account, Creation
from contracts.recording.exchange import Exchange
from contracts.recording.operations import LIST_TASKS, operation_of
from contracts.recording.server import ServerRecord
from contracts.recording.sights import read_rows
from contracts.verdict import Finding

_FILTERS: Final = {"status", "type", "model"}


def find_leak(record: ServerRecord, account: Account, refused: Creation) -> Finding | None:
    """Find a task that a refused request left behind: one that no list had shown before it, and that no other created.

    Nothing is said unless a whole list was read before and one after, nor where another request may have created it.
    """
    before = [x for x in account.exchanges if _is_list(x) and x.ended_at < refused.exchange.started_at]
    after = [x for x in account.exchanges if _is_list(x) and x.started_at > refused.exchange.ended_at]
    if not before or not after or not record.alone or any(creation.unclear for creation in account.creations):
        return None
    if before[-1].answered.get("total") != len(_ids(before[-1])):
        return None
    made = {creation.task for creation in account.creations}
    left = sorted(_ids(after[0]) - _ids(before[-1]) - made)
    if not left:
        return None
    return Finding(
        subject=left[0],
        exchanges=(before[-1].number, refused.exchange.number, after[0].number),
        expected="no task after a request that was refused",
        seen=f"{left[0]} in the list",
    )


def _is_list(exchange: Exchange) -> bool:
    """Tell whether an exchange shows an account's newest tasks of all kinds."""
    plain = not _FILTERS & exchange.query.keys() and exchange.query.get("page", "1") == "1"
    whole = exchange.succeeded and isinstance(exchange.answered, dict)
    return operation_of(exchange) == LIST_TASKS and whole and plain


def _ids(exchange: Exchange) -> set[str]:
    return {str(row.get("id")) for row in read_rows(exchange)}
