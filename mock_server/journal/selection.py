"""Which exchanges of a journal are wanted."""

from collections.abc import Iterable

import msgspec

from mock_server.core.types import Instant
from mock_server.journal.exchange import Exchange


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What an exchange must be to be wanted; None is anything.

    `status` is one such as 404, a class such as 4xx, or none: the client went away before an answer began. `path` is
    how the path begins; `since` and `until` are universe time, both included; `after` is a number of the journal.
    """

    operation: str | None = None
    task: str | None = None
    account: str | None = None
    status: str | None = None
    clause: str | None = None
    fault: str | None = None
    method: str | None = None
    path: str = ""
    connection: str | None = None
    since: Instant = 0
    until: Instant | None = None
    after: int = 0

    def has(self, exchange: Exchange) -> bool:
        """Tell whether an exchange is wanted."""
        equal = (
            (self.operation, exchange.operation),
            (self.task, exchange.task),
            (self.account, exchange.account),
            (self.method, exchange.method),
            (self.connection, exchange.connection),
        )
        return (
            exchange.number > self.after
            and all(wanted in {None, actual} for wanted, actual in equal)
            and self.since <= exchange.at
            and (self.until is None or exchange.at <= self.until)
            and exchange.path.startswith(self.path)
            and (self.clause is None or self.clause in exchange.clauses)
            and (self.fault is None or self.fault in exchange.faults)
            and (self.status is None or self.status in statuses(exchange.status))
        )


def choose(
    exchanges: Iterable[Exchange], selection: Selection, *, limit: int | None, newest: int | None
) -> tuple[Exchange, ...]:
    """Return the exchanges that are wanted, in order: the first `limit`, the last `newest`, or all of them."""
    chosen = [exchange for exchange in exchanges if selection.has(exchange)]
    return tuple(chosen[-newest:] if newest else chosen[:limit])


def statuses(status: int) -> tuple[str, ...]:
    """Return what a status is called: by its number and by its class; 0 is none."""
    return (str(status), f"{status // 100}xx") if status else ("none",)
