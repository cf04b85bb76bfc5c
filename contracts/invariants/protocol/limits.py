"""Limits: of bodies, of slow clients, and of how often one may ask (P4, P7)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from contracts.recording.exchange import Exchange
from contracts.recording.server import ServerRecord
from contracts.recording.timing import retry_after
from contracts.verdict import Examination, Ground, Level, Rule, breach

_HUGE: Final = 16 * 1024 * 1024
"""From how many bytes on a JSON body is too large, for any server: a task takes a few thousand."""

_SECOND: Final = 1.0


def check_bodies(record: ServerRecord) -> Examination:
    """P4: yield for each huge body, and for each request that was made while another connection stalled."""
    for exchange in record.asked:
        if exchange.path.startswith("/v1/") and len(exchange.request_body) >= _HUGE:
            told = exchange.status is not None and exchange.error is None
            fine = not told or (not exchange.succeeded and (exchange.status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR)
            expected = f"{HTTPStatus.REQUEST_ENTITY_TOO_LARGE} for {len(exchange.request_body)} bytes"
            yield None if fine else breach(exchange.place, expected, f"{exchange.status}", exchange)
        if any(stall.at < exchange.started_at < stall.to for stall in record.happened("stall")):
            fine = exchange.status is not None and exchange.error is None
            expected = "an answer, though another client takes its time"
            yield None if fine else breach(exchange.place, expected, exchange.error or "none", exchange)


def check_waits(record: ServerRecord) -> Examination:
    """P7: yield for each 429, and for the next request of the account after it."""
    for account in record.accounts.values():
        for place, exchange in enumerate(account.exchanges):
            if exchange.status == HTTPStatus.TOO_MANY_REQUESTS and exchange.error is None:
                yield from _check_wait(record, exchange, account.exchanges[place + 1 :])


def _check_wait(record: ServerRecord, refused: Exchange, later: tuple[Exchange, ...]) -> Examination:
    told = retry_after(refused)
    wait = None if told is None else told.pause
    if wait is None:
        yield breach(
            refused.place,
            "Retry-After with seconds or a date, with 429",
            repr(None if told is None else told.text),
            refused,
        )
        return
    again = next(_next(refused, later), None)
    if again is None or record.disturbed(refused.started_at, again.ended_at, "hand", "restart"):
        yield None
        return
    begun, ended = again.started_at - refused.ended_at, again.ended_at - refused.started_at
    if begun >= wait and again.status == HTTPStatus.TOO_MANY_REQUESTS:
        yield breach(again.place, f"no 429 once {wait:g} s have passed", f"429 after {begun:.1f} s", refused, again)
    elif ended < wait - _SECOND * max(1.0, record.pace) and again.succeeded:
        yield breach(
            again.place, f"429 until {wait:g} s have passed", f"{again.status} after {ended:.1f} s", refused, again
        )
    else:
        yield None


def _next(refused: Exchange, later: tuple[Exchange, ...]) -> Iterator[Exchange]:
    """Find the next request of the account, if it is the same operation and nothing else was under way meanwhile."""
    for exchange in later[:1]:
        same = exchange.method == refused.method and exchange.path == refused.path
        alone = all(other.started_at > exchange.ended_at for other in later[1:2])
        if same and alone and exchange.started_at > refused.ended_at and exchange.error is None:
            yield exchange


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="P4",
        title="A body that is too large is refused, and a client that stalls keeps nobody else waiting.",
        check=check_bodies,
        level=Level.SHOULD,
        ground=Ground.SEC,
        clauses=("HTTP-413",),
        exposure="A body of 16 MiB was sent, or requests were made while a connection stalled.",
        advice="Count the body while it comes in, and serve each connection by itself.",
    ),
    Rule(
        id="P7",
        title="429 says when to come back, and means it: after so long a request succeeds, before that it does not.",
        check=check_waits,
        level=Level.SHOULD,
        clauses=("HTTP-RETRY-AFTER", "ERR-429", "TASK-429", "CRED-429"),
        exposure="A request got 429.",
        advice="Compute Retry-After from the limit itself, rounded up.",
    ),
)
"""The rules on limits."""
