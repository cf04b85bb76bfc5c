"""What struck is always told: by the plans' own counts, the journal, the access log and the metrics."""

import pytest

from mock_server.core.plans import HEADER
from mock_server.plans import AnswerPlan, Match, TaskPlan
from mock_server.serving.access_log import line
from tests.plans.driving import HOOK, IN_PROCESS, LIVE, Drive, Driven, counts
from tests.serving import bearer

pytestmark = pytest.mark.anyio


async def test_each_plan_is_counted(drive: Drive) -> None:
    """By its name, which no other plan has; what matches but for nth and times is counted too."""
    driven = await drive(
        "answer 503 on=credits nth=2", "answer 503 on=models", "answer 500 times=1 on=credits name=once"
    )
    assert await driven.statuses(3) == [500, 503, 200]
    shown = await driven.control.list_plans()
    assert await counts(driven) == {"answer 503": (3, 1), "answer 503 (2)": (0, 0), "once": (3, 1)}
    assert shown.unused == ("answer 503 (2)",)
    assert (shown.universe, shown.plans[0].plan["match"]) == ("default", {"operation": "credits", "nth": 2})


async def test_the_journal_names_what_struck(drive: Drive) -> None:
    """Each exchange has the names of all plans that struck it, and can be chosen by one."""
    driven = await drive("delay 1 on=create; head headers.x-a=1 on=create", plans=(TaskPlan(stuck=42, name="stuck"),))
    await driven.create()
    await driven.query()
    journal = await driven.control.show_journal()
    assert [entry.faults for entry in journal.entries] == [("delay 1", "head", "stuck"), ()]
    chosen = await driven.control.show_journal(fault="stuck")
    assert [entry.number for entry in chosen.entries] == [1]


async def test_what_comes_with_a_request_is_named(drive: Drive) -> None:
    """In the journal, though it is no plan of the universe; and it changes no other request."""
    driven = await drive()
    seen = [(await driven.ask(headers={HEADER: plan})).status for plan in ("answer 503", "head status=202 name=odd")]
    assert seen == [503, 202]
    assert await driven.statuses(2) == [200, 200]
    journal = await driven.control.show_journal()
    assert [entry.faults for entry in journal.entries] == [("answer 503",), ("odd",), (), ()]
    assert await counts(driven) == {}


@LIVE
async def test_an_answer_that_never_came_is_told_of(drive: Drive) -> None:
    """A connection that ends before the answer leaves an entry without a status, and with the plan's name."""
    driven = await drive("disconnect on=credits")
    assert (await driven.ask()).ended == "close"
    (entry,) = (await driven.control.show_journal()).entries
    assert (entry.status, entry.faults) == (None, ("disconnect before-response",))


@IN_PROCESS
async def test_the_access_log_shows_what_struck(drive: Drive) -> None:
    """At the end of the line, after the clauses."""
    driven = await drive("answer 503 on=credits; delay 1 on=credits")
    await driven.ask()
    await driven.ask("/v1/models")
    lines = [line(exchange) for exchange in driven.exchanges]
    assert lines[0].endswith(" ms  struck by answer 503, delay 1\n")
    assert "struck" not in lines[1]


async def metrics(driven: Driven) -> dict[str, float]:
    """Return how often plans struck, by name, as the metrics have it."""
    text = await driven.control.show_metrics()
    rows = [row.removeprefix('evolink_mock_faults_total{kind="') for row in text.splitlines() if "faults_total{" in row]
    return {name: float(number) for name, number in (row.split('"} ') for row in rows)}


async def test_metrics_count_by_name(drive: Drive) -> None:
    """Requests, creations, and attempts at callbacks: of two callbacks that lead nowhere there are eight."""
    driven = await drive("answer 503 on=credits times=2", "callback twice", "head headers.x-a=1 on=callback")
    await driven.statuses(3)
    await driven.finished(callback_url=HOOK)
    assert await metrics(driven) == {"answer 503": 2, "callback twice": 1, "head": 8}


async def test_an_attempt_tells_what_struck_it(drive: Drive) -> None:
    """Each attempt at a callback names its plans, those that were not struck none."""
    driven = await drive("head headers.x-a=1 on=callback times=1 name=marked")
    await driven.finished(callback_url=HOOK)
    (callback,) = (await driven.control.list_callbacks()).callbacks
    assert [attempt.faults for attempt in callback.attempts] == [("marked",), (), (), ()]


async def test_what_a_limit_refuses_is_told(drive: Drive) -> None:
    """A rate strikes where it is exceeded, and nowhere else."""
    driven = await drive("limit requests=2 name=rate")
    assert await driven.statuses(3) == [200, 200, 429]
    assert [exchange.faults for exchange in driven.exchanges if exchange.operation] == [(), (), ("rate",)]
    assert await counts(driven) == {"rate": (3, 1)}


async def test_universes_have_plans_of_their_own(drive: Drive) -> None:
    """What is set in one strikes there; what the server was started with strikes in all, and is counted in each."""
    driven = await drive("answer 418 on=models nth=1")
    own = AnswerPlan(503, match=Match(operation=("credits",), account="sk-mock-blue"))
    answer = await driven.client.post(
        "/_mock/plans", json={"plans": "answer 503 on=credits"}, headers=bearer("sk-mock-blue")
    )
    assert [plan["name"] for plan in answer.json()["plans"]] == ["answer 418", "answer 503"]
    assert (await driven.ask(key="sk-mock-blue")).status == 503
    assert (await driven.ask()).status == 200
    for key in ("sk-mock-blue", "sk-test"):
        assert [(await driven.ask("/v1/models", key=key)).status for _ in range(2)] == [418, 200]
    shown = await driven.control.replace_plans(plans=own)
    assert "sk-mock-blue" not in str(shown)
    assert [plan.struck for plan in shown.plans] == [0]
