"""Requests that are made again with their idempotency key (P5)."""

from collections import defaultdict
from http import HTTPStatus
from typing import Final

from contracts.recording.accounts import Creation
from contracts.recording.server import ServerRecord
from contracts.verdict import Examination, Rule, breach

KEPT: Final = 23 * 3600.0
"""For how many seconds a key is remembered at least: for so long official clients repeat a request."""


def check_repetition(record: ServerRecord) -> Examination:
    """P5: yield for each request whose key an earlier, accepted one had."""
    groups: defaultdict[tuple[str | None, str], list[Creation]] = defaultdict(list)
    for creation in record.creations:
        if creation.key is not None and creation.exchange.error is None:
            groups[creation.account, creation.key].append(creation)
    for group in groups.values():
        accepted = [creation for creation in group if creation.task is not None]
        if accepted:
            first = min(accepted, key=lambda creation: (creation.replayed, creation.exchange.ended_at))
            for again in group:
                if again is not first and again.exchange.started_at < first.exchange.started_at + KEPT:
                    yield from _check_again(first, again)


def _check_again(first: Creation, again: Creation) -> Examination:
    """Yield if the bodies are surely the same or surely not, and the answer is to that."""
    follows = again.exchange.started_at > first.exchange.ended_at
    if first.exchange.request_body == again.exchange.request_body:
        yield from _check_same(first, again, follows=follows)
    elif first.exchange.sent != again.exchange.sent and (again.task is not None or _is_conflict(again)):
        expected = "409, as the key was used with another body"
        yield (None if again.task is None else breach(first.task or "", expected, f"task {again.task}", first, again))


def _check_same(first: Creation, again: Creation, *, follows: bool) -> Examination:
    if again.task is not None:
        if again.task != first.task:
            yield breach(
                first.task or "",
                f"task {first.task}, as for the same key before",
                f"task {again.task}",
                first,
                again,
            )
        elif follows and again.exchange.response_header("idempotency-replayed") != "true":
            told = again.exchange.response_header("idempotency-replayed")
            yield breach(
                first.task or "",
                "Idempotency-Replayed: true with the earlier task",
                f"{told!r}",
                first,
                again,
            )
        else:
            yield None
    elif follows and _is_conflict(again):
        yield breach(
            first.task or "",
            f"task {first.task}, as key and body are the same",
            f"{HTTPStatus.CONFLICT}",
            first,
            again,
        )


def _is_conflict(creation: Creation) -> bool:
    return creation.exchange.status == HTTPStatus.CONFLICT


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="P5",
        title="The same idempotency key gives the same task for the same body, and 409 for another one.",
        check=check_repetition,
        clauses=("IDEM-REPLAY", "IDEM-CONFLICT", "IDEM-LIFETIME"),
        exposure="A request was made again with its key.",
        advice="Store the key with a digest of the body in the transaction that creates the task.",
    ),
)
"""The rule on repetition."""
