"""Servers that get money wrong: prices, balances, and what a task costs in the end (M1 to M9)."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from mock_server.core.types import SECOND, Balance, Bill, Status
from tests.mutants.changes import CREDITS, put, refusal, replies, shown, told, when
from tests.mutants.mutant import Mutant, Patch
from tests.mutants.wrapping import Asked
from tests.serving import CREATE

_CREDIT: Final = 10_000
_QUOTE: Final = "mock_server.operations.creation.make_bill"
_COUNT: Final = "mock_server.core.tasks.billing.counted_input"
_SHORT: Final = refusal("insufficient_quota", "Insufficient quota", "insufficient_quota")


def _quoting(change: Callable[[Bill, Any], Bill]) -> dict[str, Patch]:
    """Return patches that change what a request is quoted."""

    def make(original: Any) -> Any:
        def quote(price: Any, request: Any, **known: Any) -> Bill:
            return change(original(price, request, **known), request)

        return quote

    return {_QUOTE: make}


def _quoting_for(change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Patch]:
    """Return patches that quote a request as if it were another."""

    def make(original: Any) -> Any:
        return lambda price, request, **known: original(price, change(request), **known)

    return {_QUOTE: make}


def _times(bill: Bill, factor: float) -> Bill:
    return msgspec.structs.replace(bill, reserved=round(bill.reserved * factor), charge=round(bill.charge * factor))


def _by_order(bill: Bill, request: Any) -> Bill:
    """Return a bill that is a credit higher if the videos are not in alphabetical order."""
    more = 0 if request["video_urls"] == sorted(request["video_urls"]) else _CREDIT
    return msgspec.structs.replace(bill, reserved=bill.reserved + more, charge=bill.charge + more)


def _counting(caps: tuple[float, ...]) -> dict[str, Patch]:
    """Return patches by which inputs are cut to other seconds, by their number."""

    def count(_: Any, lengths: Any) -> int:
        measured = tuple(lengths)
        cap = round(caps[min(len(measured), len(caps)) - 1] * SECOND)
        return sum(min(length, cap) for length in measured)

    return {_COUNT: lambda _: count}


def _charge_failures(original: Any) -> Any:
    """A task is charged however it ends."""
    return lambda bill, _: original(bill, Status.COMPLETED)


def _charge_twice(original: Any) -> Any:
    """What was charged counts twice in the balance."""

    def read(*places: Any) -> Balance:
        balance: Balance = original(*places)
        return msgspec.structs.replace(balance, charged=2 * balance.charged)

    return read


def _take_anyhow(_: Any) -> Any:
    """Credits are taken whether or not there are any."""

    def take(store: Any, account: str, amount: int) -> bool:
        taken: int = store._run("UPDATE account SET reserved = reserved + ? WHERE id = ?", (amount, account)).rowcount
        return taken == 1

    return take


def _forget_the_key(asked: Asked) -> Asked:
    headers = tuple(pair for pair in asked.headers if pair[0] != b"idempotency-key")
    return msgspec.structs.replace(asked, headers=headers)


def _cost_half(body: Any) -> Any:
    """Show a completed task as having cost half of what it did."""
    half = body["billing"]["charged_credits"] / 2
    billing = {**body["billing"], "charged_credits": half, "refunded_credits": half, "refund_status": "completed"}
    usage = {**body["usage"], "credits_used": half, "cost": {"credits": half, "usd": 0.1, "cny": 0.5}}
    return {**body, "billing": billing, "usage": usage}


MUTANTS: Final = (
    Mutant(
        id="dearer",
        wrong="A task sets aside a tenth more than the price list says.",
        probes=("prices",),
        rules=("M1",),
        clauses=("BILL-PARTS", "RES-RESERVED"),
        patches=_quoting(lambda bill, _: _times(bill, 1.1)),
    ),
    Mutant(
        id="input-for-nothing",
        wrong="Only the seconds of output are billed.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("BILL-PARTS",),
        patches={_COUNT: lambda _: lambda *_: 0},
    ),
    Mutant(
        id="one-video-whole",
        wrong="One video counts with all its seconds.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("BILL-IN-1", "BILL-IN-CAP"),
        patches=_counting((30, 2.5, 1.65)),
    ),
    Mutant(
        id="two-videos-whole",
        wrong="Each of two videos counts up to five seconds.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("BILL-IN-2", "BILL-IN-CAP"),
        patches=_counting((5, 5, 1.65)),
    ),
    Mutant(
        id="three-videos-whole",
        wrong="Each of three videos counts up to two and a half seconds.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("BILL-IN-3", "BILL-IN-CAP"),
        patches=_counting((5, 2.5, 2.5)),
    ),
    Mutant(
        id="silent-by-default",
        wrong="A request that says nothing of sound is billed as one without.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("AUDIO-DEFAULT",),
        patches=_quoting_for(lambda request: {"generate_audio": False, **request}),
    ),
    Mutant(
        id="large-by-default",
        wrong="A request that says nothing of quality is billed as one for 1080p.",
        probes=("lengths",),
        rules=("M1",),
        clauses=("QUALITY-DEFAULT",),
        patches=_quoting_for(lambda request: {"quality": "1080p", **request}),
    ),
    Mutant(
        id="charged-twice",
        wrong="The balance falls by twice what a task is charged.",
        probes=("life",),
        rules=("M2",),
        clauses=("CRED-USER-REMAINING", "CRED-READ"),
        patches={"mock_server.store.accounts.SqliteAccounts._balance": _charge_twice},
    ),
    Mutant(
        id="made-of-nothing",
        wrong="A completed task shows more credits charged and refunded than it had set aside.",
        probes=("life",),
        rules=("M2",),
        clauses=("TASK-BILLING",),
        told="charged or refunded",
        answers=shown(when(put("billing.refunded_credits", 5), "completed"), "query", "batch"),
    ),
    Mutant(
        id="two-costs",
        wrong="A completed task shows one cost in its usage and another in its billing.",
        probes=("life",),
        rules=("M2",),
        clauses=("TASK-USAGE",),
        told="credits_used",
        answers=shown(when(put("usage.credits_used", 1), "completed"), "query", "batch"),
    ),
    Mutant(
        id="failures-cost",
        wrong="A task that failed is charged.",
        probes=("failure",),
        rules=("M2", "M3"),
        clauses=("BILL-SUCCESS",),
        patches={f"mock_server.store.{place}.settlement": _charge_failures for place in ("contents", "sqlite")},
    ),
    Mutant(
        id="failures-show-costs",
        wrong="A task that failed shows credits charged.",
        probes=("failure",),
        rules=("M3",),
        clauses=("BILL-SUCCESS",),
        told="no credits for a task that is failed",
        answers=shown(when(put("billing.charged_credits", 9), "failed"), "query"),
    ),
    Mutant(
        id="half-the-length",
        wrong="A completed task is charged for half of what was produced.",
        probes=("life",),
        rules=("M4",),
        clauses=("BILL-OUT",),
        told="s of output",
        answers=shown(when(_cost_half, "completed"), "query", "batch"),
        rendered=True,
    ),
    Mutant(
        id="on-credit",
        wrong="A task is created though its account has too little.",
        probes=("shortage",),
        rules=("M5",),
        clauses=("ERR-402",),
        told="402, as",
        patches={"mock_server.store.accounts.SqliteAccounts._take": _take_anyhow},
    ),
    Mutant(
        id="poor",
        wrong="402 comes whatever the account has.",
        probes=("repetition",),
        rules=("M5",),
        clauses=("ERR-402",),
        told="a task, as it costs",
        answers=replies(402, _SHORT, path=CREATE, to=200),
    ),
    Mutant(
        id="on-credit-in-secret",
        wrong="402 comes, and there is a task all the same.",
        probes=("shortage",),
        rules=("M5",),
        clauses=("ERR-402",),
        told="no task after a request that was refused",
        patches={"mock_server.store.accounts.SqliteAccounts._take": _take_anyhow},
        answers=replies(402, _SHORT, path=CREATE, to=200),
    ),
    Mutant(
        id="twice-with-one-key",
        wrong="Idempotency keys are passed over, and each repetition is paid for.",
        probes=("repetition",),
        rules=("M6", "P5"),
        clauses=("IDEM-REPLAY",),
        requests=_forget_the_key,
    ),
    Mutant(
        id="quality-for-nothing",
        wrong="1080p costs as much as 720p.",
        probes=("prices",),
        rules=("M7",),
        clauses=("BILL-1080P",),
        told="1080p",
        patches=_quoting_for(lambda request: {**request, "quality": "720p"}),
    ),
    Mutant(
        id="sound-for-nothing",
        wrong="A video with sound costs as much as one without.",
        probes=("prices",),
        rules=("M7",),
        clauses=("AUDIO-EFFECT",),
        told="with sound",
        patches=_quoting_for(lambda request: {**request, "generate_audio": False}),
    ),
    Mutant(
        id="order-counts",
        wrong="The price depends on the order of the videos.",
        probes=("prices",),
        rules=("M8",),
        clauses=("BILL-PARTS",),
        told="as for the same videos before",
        patches=_quoting(_by_order),
    ),
    Mutant(
        id="more-than-there-is",
        wrong="Requests that come at once set aside more than there is.",
        probes=("rush",),
        rules=("M9",),
        clauses=("ERR-402", "CRED-USER-REMAINING"),
        told="reserved by all together",
        patches={"mock_server.store.accounts.SqliteAccounts._take": _take_anyhow},
    ),
    Mutant(
        id="frozen-balance",
        wrong="The balance does not move.",
        probes=("life",),
        rules=("M2",),
        clauses=("CRED-USER-REMAINING", "CRED-READ"),
        answers=told(CREDITS, put("data.user.remaining_credits", 100_000)),
    ),
)
"""The servers that get money wrong."""
