"""Accounts as a record shows them: what they asked to be created, and what was left to them."""

from functools import lru_cache
from typing import Any

import msgspec

from contracts.recording.exchange import Exchange
from contracts.recording.masking import fingerprint, read_bearer
from contracts.recording.operations import CREATE_TASK, READ_CREDITS, operation_of
from contracts.recording.replies import created_task
from contracts.recording.sights import number_in, part


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """One request for a task.

    Args:
        exchange: The request and its answer.
        account: Whose it is, by the key's fingerprint; None without a key.
        task: The id of the task that was created, or that an earlier request had created; None if none was shown.
        replayed: Whether the task is an earlier request's.
    """

    exchange: Exchange
    account: str | None
    task: str | None
    replayed: bool = False

    @property
    def number(self) -> int:
        """The number of its exchange."""
        return self.exchange.number

    @property
    def body(self) -> dict[str, Any]:
        """What was asked for; empty if it is no JSON object."""
        sent = self.exchange.sent
        return sent if isinstance(sent, dict) else {}

    @property
    def key(self) -> str | None:
        """Its idempotency key."""
        return self.exchange.idempotency_key

    @property
    def reserved(self) -> float | None:
        """The credits that its answer says are set aside."""
        answered = self.exchange.answered
        return number_in(part(answered, "usage"), "credits_reserved") if isinstance(answered, dict) else None

    @property
    def refused(self) -> bool:
        """Whether the answer says that nothing was created."""
        return self.exchange.error is None and 400 <= (self.exchange.status or 0) < 500  # noqa: PLR2004 - HTTP's

    @property
    def unclear(self) -> bool:
        """Whether nobody can tell if a task was created."""
        return self.task is None and not self.refused


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of an account's credits: what is left on it, what the key may spend of that, and what was spent."""

    exchange: Exchange
    remaining: float
    spendable: float
    used: float | None

    @property
    def number(self) -> int:
        """The number of its exchange."""
        return self.exchange.number


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account: its key's fingerprint, and in the order of their beginning its exchanges and what is in them."""

    name: str
    exchanges: tuple[Exchange, ...]
    creations: tuple[Creation, ...]
    balances: tuple[Balance, ...]


def account_of(exchange: Exchange) -> str | None:
    """Return the fingerprint of the key that a request carries; None without one."""
    return _account_of(exchange.header("authorization"))


@lru_cache(maxsize=1_024)
def _account_of(authorization: str | None) -> str | None:
    key = read_bearer(authorization)
    return None if key is None else fingerprint(key)


def read_creation(exchange: Exchange) -> Creation | None:
    """Read a request for a task; None if the exchange is none."""
    if operation_of(exchange) != CREATE_TASK:
        return None
    return Creation(
        exchange=exchange,
        account=account_of(exchange),
        task=created_task(exchange),
        replayed=exchange.response_header("idempotency-replayed") == "true",
    )


def read_balance(exchange: Exchange) -> Balance | None:
    """Read what is left on an account; None if the exchange does not show it."""
    body = exchange.answered
    if operation_of(exchange) != READ_CREDITS or not exchange.succeeded or not isinstance(body, dict):
        return None
    data = part(body, "data")
    user, token = part(data, "user"), part(data, "token")
    remaining = number_in(user, "remaining_credits")
    if remaining is None:
        return None
    own = None if token.get("unlimited_credits") is True else number_in(token, "remaining_credits")
    return Balance(
        exchange=exchange,
        remaining=remaining,
        spendable=remaining if own is None else min(own, remaining),
        used=number_in(user, "used_credits"),
    )
