"""I1 to I6: answers as they may come to be, and what clients do after them."""

from typing import Any

import pytest
from msgspec.structs import replace

from contracts.recording import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.sights import read_sights
from contracts.rules.future import RULES
from contracts.rules.future.novelties import find_novelties
from tests.rules.records import CAT, DOG, Traffic, check_broken, check_good, check_untested, name, shown

LONG = f"{CAT}7cvnl5zw"
NEW: dict[str, dict[str, Any]] = {
    "I1": {"changes": {"trace_id": "4bf92f35"}},
    "I2": {"changes": {"type": "hologram"}},
    "I3": {"changes": {"created": 1757169743.5}},
    "I4": {"changes": {"model": None}},
    "I5": {"changes": {"id": LONG}},
    "I6": {"told": {"x-trace": "1", "x-trace+": "2"}},
}
"""What an answer has that is new, by the rule on it."""

SEEN = {
    "I1": 'trace_id: "4bf92f35"',
    "I2": 'type: "hologram"',
    "I3": "created: 1757169743.5",
    "I4": "no model",
    "I5": f'id: "{LONG}"',
    "I6": 'x-trace: "1"',
}
IDS = [rule.id for rule in RULES]


class Heads(Traffic):
    """Traffic in which a header whose name ends with a plus is the same header again."""

    @property
    def record(self) -> ClientRecord:
        """What was told so far."""
        record = super().record
        return replace(record, exchanges=tuple(map(self._merged, record.exchanges)))

    def _merged(self, exchange: Exchange) -> Exchange:
        return replace(exchange, response_headers=tuple((n.rstrip("+"), v) for n, v in exchange.response_headers))


def loop(*, gap: float = 10, shows: str = "processing") -> Traffic:
    """Create a task, and poll it once."""
    return Heads().create().wait(gap).poll(shows).wait(gap)


@pytest.mark.parametrize("rule", IDS)
def test_silence_after_news(rule: str) -> None:
    """Who polls in a loop and stops at something new breaks by it; who goes on does not."""
    new = NEW[rule]
    check_broken(rule, loop().poll(**new), "", SEEN[rule])
    check_good(rule, loop().poll(**new).wait(10).poll())
    check_good(rule, loop().poll(**new).wait(10).poll(**new))


@pytest.mark.parametrize("rule", IDS)
def test_todays_answers_are_nothing_new(rule: str) -> None:
    """What the pages describe puts none of them to the test, whatever the task comes to."""
    traffic = Traffic().create().wait(5).poll().wait(5).poll("completed").download()
    check_untested(rule, traffic.create(task=DOG, told={"vary": "a"}).poll("failed", task=DOG))


def test_who_may_have_stopped_for_another_reason() -> None:
    """Without a loop of the client's own, or with another reason to stop, silence says nothing."""
    new = NEW["I1"]
    check_untested("I1", Traffic().create(**new))
    check_untested("I1", loop(gap=0.3).poll(**new))
    check_broken("I1", loop(gap=0.6).poll(**new), "members", "trace_id")
    check_untested("I1", Traffic().create().wait(10).poll(**new))
    check_untested("I1", loop().poll("completed", **new))
    check_untested("I1", loop().poll("paused", **new))
    check_untested("I1", loop().poll(changes={**new["changes"], "type": "hologram"}))
    check_untested("I1", Traffic().create().wait(5).poll().wait(5).event().poll(**new))
    check_untested("I1", loop().poll(**new).report("timeout", task=CAT))
    check_untested("I1", loop().poll(**new).report("timeout"))
    check_broken("I1", loop().poll(**new).report("timeout", task=DOG), "members", "trace_id")
    check_untested("I1", Traffic().create().wait(5).refuse(500, task=CAT).wait(5).poll(**new))
    check_untested("I1", Traffic().create().wait(5).poll("completed").wait(5).poll(**new))
    batch: dict[str, Any] = {"sent": {"task_ids": [CAT]}, "answer": {"data": [shown(CAT, "processing", trace_id="1")]}}
    check_untested("I1", loop().ask("POST", "/v1/tasks/batch", **batch))


def test_lists_have_rows_of_their_own() -> None:
    """A row of a list is not a task as a query shows it."""
    listed: dict[str, Any] = {
        "answer": {"object": "list", "data": [{"id": CAT, "status": "processing", "trace_id": "1"}], "total": 1}
    }
    check_untested("I1", loop().ask("GET", "/v1/tasks", **listed).wait(5).poll())


@pytest.mark.parametrize("rule", IDS)
def test_reports_of_errors(rule: str) -> None:
    """An error where nothing was wrong but something new is by that; a result means that the client got along."""

    def told(outcome: str, **facts: Any) -> Traffic:
        return Heads().create().wait(5).poll("completed", **NEW[rule]).report(outcome, **{"task": CAT, **facts})

    check_broken(rule, told("error", error="DecodeError"), "", f"DecodeError, after {SEEN[rule]}")
    check_broken(rule, told("error"), "", "an error")
    check_good(rule, told("completed"))
    check_untested(rule, told("failed"))
    check_untested(rule, told("error", task=None))


def test_reports_of_errors_that_have_another_reason() -> None:
    """Where anything else went wrong, or was new, an error is not blamed on what is new."""
    new = NEW["I1"]
    spoilt = Traffic().create().wait(5).refuse(500, task=CAT).wait(1).poll("completed", **new)
    assert check_blameless("I1", spoilt)
    assert check_blameless("I1", Traffic().create().poll("failed", **new))
    assert check_blameless("I1", Traffic().create().poll("paused").poll("completed", **new))
    both: dict[str, Any] = {"changes": {**new["changes"], "type": "hologram"}}
    assert check_blameless("I1", Traffic().create().poll("completed", **both))
    assert check_blameless("I1", Traffic().create().poll("completed"))
    check_good("I1", Traffic().poll("completed", **new).download(status=404).report("error", task=CAT))
    broken = Traffic().poll("completed", **new).report("error", task=CAT)
    check_broken("I1", broken, "members", "trace_id")


def check_blameless(rule: str, traffic: Traffic) -> bool:
    """Have a rule find nothing in an error that is reported last."""
    check_untested(rule, traffic.report("error", task=CAT))
    return True


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"type": None}, "no type"),
        ({"task_info": {}}, "no task_info.can_cancel"),
        ({"usage": {"billing_rule": "per_frame"}}, 'usage.billing_rule: "per_frame"'),
        ({"usage": {"billing_rule": "per_call", "tax": 1}}, "usage.tax: 1"),
        ({"created": 2**53 + 1}, "created: 9007199254740993"),
        ({"created": "1757169743"}, 'created: "1757169743"'),
        ({"usage": {"credits_reserved": 2**54}}, "usage.credits_reserved: 18014398509481984"),
        ({"id": "task-unified-1757169743-Ähnlich1"}, 'id: "task-unified-1757169743-Ähnlich1"'),
        ({"id": 7}, ""),
        ({"usage": None}, ""),
        ({"usage": 7}, ""),
        ({"created": True}, ""),
        ({"created": "soon"}, ""),
        ({"created": 2**53}, ""),
        ({"usage": {"credits_reserved": 1e3}}, ""),
        ({"billing": {"charge_status": "charged", "refund_status": "unknown", "refunded_at": None}}, ""),
        (
            {"billing": {"refunded_at": "2025-10-09T00:00:00Z", "charge_status": "lent", "refund_status": "unknown"}},
            'billing.charge_status: "lent"',
        ),
        ({"progress": None, "results": None, "status": "paused"}, 'status: "paused"'),
        ({"error": {"code": 7, "why": "?"}}, ""),
    ],
)
def test_what_is_new(changes: dict[str, Any], found: str) -> None:
    """What no page describes is found where it stands; what has rules of its own, or is wrong otherwise, is not."""
    body = {**shown(CAT, "processing"), **{key: value for key, value in changes.items() if value is not None}}
    body = {key: value for key, value in body.items() if changes.get(key, value) is not None}
    record = Traffic().poll(answer=body).record
    sight = next(read_sights(record.asked[0]))
    assert "; ".join(map(str, find_novelties(sight))) == found


def test_null_members() -> None:
    """A member that is null is as one that is missing, unless the page lets it be null."""
    record = Traffic().poll(answer={**shown(CAT, "processing"), "model": None, "error": None}).record
    assert [str(each) for each in find_novelties(next(read_sights(record.asked[0])))] == ["no model"]


@pytest.mark.parametrize("maimed", [CAT, LONG[:-1], LONG.upper()])
def test_maimed_ids(maimed: str) -> None:
    """Whoever cuts a long id, or changes its letters, asks for another task."""
    created = Traffic().create(task=LONG)
    traffic = created.wait(5).refuse(404, task=maimed)
    check_broken("I5", traffic, f"{LONG} to be asked for", maimed)


def test_ids_that_are_kept() -> None:
    """A long id is asked for as it is; other tasks, and those of today's form, are no maimed ones."""
    check_good("I5", Traffic().create(task=LONG).wait(5).refuse(404, task=LONG).refuse(404, task=name("cow")))
    check_untested("I5", Traffic().create().wait(5).refuse(404, task=CAT[:-1]))
    check_good("I5", Traffic().create(task=LONG).wait(5).poll(task=LONG).poll(task=CAT))
