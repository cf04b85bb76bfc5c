"""What can be asked, planned and made sure of."""

from collections.abc import Callable
from typing import Any

import pytest

import contracts
from contracts import Evolink
from mock_server import ControlError
from mock_server.plans import AnswerPlan, load_scenario
from tests.plugin.shop import create, send

HINT = r"A create request that is sent again with the same Idempotency-Key .*"


def test_what_happened(evolink: Evolink) -> None:
    """Tasks, requests, callbacks and money, each in order."""
    assert (evolink.tasks, evolink.journal, evolink.callbacks, evolink.credits_spent) == ((), (), (), 0)
    first = create(evolink, callback_url="https://hooks.example.com/done")
    evolink.clock.advance("1h")
    second = create(evolink)
    assert [task.id for task in evolink.tasks] == [first["id"], second["id"]]
    assert [task.status for task in evolink.tasks] == ["completed", "pending"]
    assert [entry.task for entry in evolink.journal] == [first["id"], second["id"]]
    assert [callback.task for callback in evolink.callbacks] == [first["id"]]
    assert evolink.credits_spent == evolink.tasks[0].ledger[1].credits > 0


@pytest.mark.parametrize(
    "plan",
    [
        "answer 503 times=1",
        {"kind": "answer", "status": 503, "times": 1},
        AnswerPlan(503, times=1),
        (AnswerPlan(503, times=1),),
        ["answer 503 times=1"],
    ],
)
def test_plans(evolink: Evolink, plan: Any) -> None:
    """In words, as objects, as structs; one or several."""
    evolink.plan(plan, "callback twice")
    assert [send(evolink, "GET", "/v1/credits").status_code for _ in range(2)] == [503, 200]
    assert [plan.struck for plan in evolink.plans] == [1, 0]


def test_scenarios_are_planned_by_name(evolink: Evolink) -> None:
    """And a word that begins a plan is a plan."""
    evolink.plan("moderated", "cancel")
    assert [plan.plan for plan in evolink.plans][:-1] == [
        plan.plan for plan in _planned(evolink, *load_scenario("moderated").plans)
    ]
    assert evolink.plans[-1].plan["outcome"] == "cancelled"


def _planned(evolink: Evolink, *plans: Any) -> Any:
    before = evolink.control.list_plans().plans
    evolink.plan(plans)
    added = evolink.plans[len(before) :]
    evolink.control.replace_plans(plans=tuple(plan.plan for plan in before))
    return added


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("flakey", "there is no scenario 'flakey'; did you mean flaky?"),
        ("answer 503 on=creat", 'found "creat"; did you mean create?'),
        ("callback twise", "did you mean twice?"),
        ({"kind": "answer"}, "status"),
    ],
)
def test_plans_that_are_none(evolink: Evolink, plan: Any, told: str) -> None:
    """The error says what is meant."""
    with pytest.raises(ControlError) as caught:
        evolink.plan(plan)
    assert told in str(caught.value)


def test_where_the_api_is(evolink: Evolink) -> None:
    """For clients that want to be told."""
    assert (evolink.url, evolink.key) == ("https://api.evolink.ai", "sk-evolink-test")


def test_one_charge(evolink: Evolink) -> None:
    """What is reserved counts as what was charged; a task that failed costs nothing."""
    evolink.plan("fail=service_error nth=1")
    create(evolink)
    evolink.clock.advance("1h")
    with pytest.raises(AssertionError, match="expected one task that is paid for, got none"):
        evolink.assert_one_charge()
    second = create(evolink)
    evolink.assert_one_charge()
    evolink.clock.until(second)
    evolink.assert_one_charge()
    third = create(evolink)
    paid = rf"got 2: {second['id']} \([0-9.]+ credits\), {third['id']} \([0-9.]+ credits reserved\)"
    with pytest.raises(AssertionError, match=rf"{paid}\n{HINT}\n\n +\+0 s"):
        evolink.assert_one_charge()


def test_spent(evolink: Evolink) -> None:
    """What is reserved is in it, so that a task that is still under way does not escape."""
    price = create(evolink)["usage"]["credits_reserved"]
    evolink.assert_spent(at_most=price)
    evolink.clock.advance("1h")
    evolink.assert_spent(at_most=price)
    create(evolink)
    with pytest.raises(AssertionError, match=rf"at most {price:g} credits to be spent, got 2: .*\n{HINT}\n\n +\+0 s"):
        evolink.assert_spent(at_most=price)


def test_no_violations(open_simulator: Callable[..., Evolink]) -> None:
    """Of those that the test does not allow."""
    evolink = open_simulator(allow=("PROMPT-MAX",))
    create(evolink, prompt="x" * 1501)
    evolink.assert_no_violations()
    create(evolink, quality="721p")
    with pytest.raises(AssertionError, match=r"QUALITY-VALUES: quality is 720p or 1080p(.|\n)*\+0 s"):
        evolink.assert_no_violations()
    assert [(found.number, found.clause) for found in evolink.violations] == [(2, "QUALITY-VALUES")]


def test_the_record(evolink: Evolink) -> None:
    """All that is known, for reports."""
    evolink.plan("callback twice")
    task = create(evolink, quality="720p", callback_url="https://hooks.example.com/done")
    send(evolink, "POST", "/v1/videos/generations", json={})
    started = evolink.clock.now
    evolink.clock.until(task)
    evolink.clock.advance("2s")
    record = evolink.history(node="test_it", outcome="failed", failure="no")
    assert (record.node, record.outcome, record.failure, record.universe) == ("test_it", "failed", "no", "default")
    assert (record.started_at, record.ended_at) == (started, evolink.clock.now)
    assert (len(record.entries), len(record.tasks), len(record.callbacks), len(record.plans)) == (2, 1, 2, 1)
    assert [move.by for move in record.moves] == [f"until {task['id']}", "advance 2s"]
    assert record.moves[0].to == record.moves[1].at
    assert {violation.clause for violation in record.violations} >= {"MODEL-REQ"}


def test_names_of_the_package() -> None:
    """What it exports is imported when it is asked for; nothing else is there."""
    assert {name for name in contracts.__all__ if getattr(contracts, name)} == set(contracts.__all__)
    with pytest.raises(AttributeError, match="module 'contracts' has no attribute 'Evolnik'"):
        _ = contracts.Evolnik
