"""Which of the plans that concern a request strike it, and in which order."""

import json
from typing import Any

import pytest

from mock_server import Settings, create_app
from mock_server.core.plans import HEADER
from mock_server.plans import AnswerPlan, Match
from mock_server.settings import SettingsError
from tests.plans.driving import IN_PROCESS, LIVE, LONGEST_TASK, Drive
from tests.serving import CREATE, KEY, START

pytestmark = pytest.mark.anyio


async def test_what_comes_with_a_request_comes_first(drive: Drive) -> None:
    """The plans of its key, its header, its prompt, then those of the universe in order; of the same, one strikes."""
    driven = await drive("answer 500 on=models,create", "answer 501 on=models", "delay 1 on=models")
    told = {HEADER: "answer 502"}
    assert (await driven.ask("/v1/models", headers=told, key="sk-mock-rate-limited")).status == 429
    assert (await driven.ask("/v1/models", headers=told)).status == 502
    assert (await driven.ask("/v1/models")).status == 500
    seen = await driven.create(prompt="A cat [mock: answer 503]", headers=told)
    assert seen.status == 502
    assert (await driven.create(prompt="A cat [mock: answer 503]")).status == 503
    named = [exchange.faults for exchange in driven.exchanges if exchange.operation]
    assert named == [
        ("answer 429", "delay 1"),
        ("answer 502", "delay 1"),
        ("answer 500", "delay 1"),
        ("answer 502",),
        ("answer 503",),
    ]


async def test_a_task_has_the_plans_of_its_request(drive: Drive) -> None:
    """Of header, prompt and universe: what acts on different things comes together, of the same the first counts."""
    driven = await drive("task estimate=9", "fail=quota_exceeded estimate=7")
    seen = await driven.create(prompt="A cat [mock: fail=service_error at=10%]", headers={HEADER: "cancel at=20%"})
    assert seen.json()["task_info"]["estimated_time"] == 9
    assert (await driven.control.show_task(driven.tasks[0])).outcome == "cancelled"
    assert driven.exchanges[0].faults == ("task cancelled", "task")


@pytest.mark.parametrize(
    ("headers", "prompt", "param", "message"),
    [
        ({HEADER: "answer"}, "A cat", HEADER, "the header X-Mock-Plan has answer; status is missing"),
        ({HEADER: "[{]"}, "A cat", HEADER, "X-Mock-Plan: not JSON"),
        ({HEADER: "answer 503 nth=2"}, "A cat", HEADER, "it plans for one request, its own"),
        ({}, "A cat [mock: answr 503]", "prompt", "the directive [mock: ...] in the prompt has"),
    ],
)
async def test_what_cannot_be_understood_is_refused(
    drive: Drive, headers: dict[str, str], prompt: str, param: str, message: str
) -> None:
    """With 400 that names the place, and no task is made."""
    driven = await drive()
    seen = await driven.create(prompt=prompt, headers=headers)
    error = seen.json()["error"]
    assert (seen.status, error["param"]) == (400, param)
    assert message in error["message"]
    assert driven.tasks == []


@pytest.mark.parametrize(
    "body", [b"{", b'{"prompt": 5, "x": "[mock: answer 503]"}', b'["[mock: answer 503]"]', b"[mock:"]
)
async def test_a_body_that_is_no_request(drive: Drive, body: bytes) -> None:
    """What looks like a directive and is none in a prompt plans nothing; plans that look at the body pass it over."""
    driven = await drive("answer 418 on=create fields.prompt=cat")
    seen = await driven.send("POST", CREATE, content=body, headers={"content-type": "application/json"})
    assert seen.status == 400
    assert "directive" not in seen.json()["error"]["message"]


async def test_a_request_is_known_by_its_body(drive: Drive) -> None:
    """By the values of its fields, in whichever way the plan came to be."""
    driven = await drive(
        'answer 418 on=create fields.prompt={"contains":"cat"}',
        plans=(AnswerPlan(501, match=Match(operation=("create",), fields={"prompt": {"contains": "dog"}})),),
    )
    await driven.control.add_plans(plans='answer 502 on=create fields.prompt={"contains":"cow"}')
    seen = [(await driven.create(prompt=f"A {animal}")).status for animal in ("cat", "dog", "cow", "hen")]
    assert seen == [418, 501, 502, 200]


async def test_an_account_is_known_by_its_key_or_id(drive: Drive) -> None:
    """A key among the plans of the server means its account in each universe."""
    driven = await drive("answer 418 on=models account=sk-test times=1")
    assert (await driven.ask("/v1/models", key="sk-other")).status == 200
    assert (await driven.ask("/v1/models")).status == 418
    assert (await driven.ask("/v1/models", headers={"x-mock-universe": "blue"})).status == 418
    (plan,) = (await driven.control.list_plans()).plans
    named = plan.plan["match"]["account"]
    assert "sk-" not in named
    await driven.control.replace_plans(plans=f"answer 418 on=models account={named}")
    assert [(await driven.ask("/v1/models", key=key)).status for key in (KEY, "sk-other")] == [418, 200]


async def test_a_task_is_known_by_its_id_or_number(drive: Drive) -> None:
    """In queries, in fetching its result, and in the attempts at its callback."""
    driven = await drive("answer 418 on=query task=2", "answer 410 on=result task=1")
    for _ in range(2):
        await driven.finished()
    assert [(await driven.query(task)).status for task in (0, 1)] == [200, 418]
    assert [(await driven.fetch(task)).status for task in (0, 1)] == [410, 200]
    await driven.control.replace_plans(plans=f"answer 418 task={driven.tasks[0]} on=query,result")
    assert [(await driven.query(task)).status for task in (0, 1)] == [418, 200]
    assert [(await driven.fetch(task)).status for task in (0, 1)] == [418, 200]


async def test_what_was_planned_for_a_task_stays(drive: Drive) -> None:
    """Without the plan, other tasks are faithful; the one that was made with it is not."""
    driven = await drive("task shows.model=other stuck=10")
    await driven.create()
    await driven.control.forget_plans()
    await driven.create()
    await driven.advance(LONGEST_TASK)
    shown = [(await driven.query(task)).json() for task in (0, 1)]
    assert [(task["status"], task["progress"]) for task in shown] == [("processing", 10), ("completed", 100)]
    assert [task["model"] == "other" for task in shown] == [True, False]


async def test_plans_hold_for_a_time(drive: Drive) -> None:
    """From so many seconds after they were set, or between two instants."""
    driven = await drive()
    await driven.advance(100)
    await driven.control.add_plans(plans=["answer 503 after=10 before=20", f"answer 418 before={instant(105)}"])
    seen = []
    for _ in range(5):
        seen.append((await driven.ask()).status)
        await driven.advance(5)
    assert seen == [418, 200, 503, 503, 200]


def instant(seconds: int) -> str:
    """Return an instant after the begin of a test, as a plan says it."""
    return f"2025-09-06T14:4{(START // 1_000_000 + seconds) // 60 % 10}:{(START // 1_000_000 + seconds) % 60:02}Z"


@LIVE
async def test_both_halves_of_a_lost_answer(drive: Drive) -> None:
    """Before the work nothing is done; after it, all is done but for the answer."""
    driven = await drive("disconnect phase=before on=create nth=1", "answer 500 phase=after on=create nth=2")
    assert (await driven.create()).ended == "close"
    assert driven.tasks == []
    assert (await driven.create()).status == 500
    assert len(driven.tasks) == 1


@IN_PROCESS
async def test_an_own_plan_in_json(drive: Drive) -> None:
    """The header takes JSON too."""
    driven = await drive()
    plan = json.dumps([{"kind": "answer", "status": 503}, {"kind": "delay", "seconds": 2}])
    assert (await driven.ask(headers={HEADER: plan})).status == 503
    assert driven.slept == [2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"settings": Settings(plans=("answer",))}, "plans[0]: answer; status is missing"),
        ({"settings": Settings(plans=({"kind": "anser"},))}, "did you mean answer?"),
        ({"settings": Settings(scenarios=("stuk",))}, "scenarios: there is no scenario 'stuk'; did you mean stuck?"),
        ({"plans": (AnswerPlan(5_000),)}, "plans[0].status: expected a whole number from 100 to 599, found 5000"),
        ({"plans": (AnswerPlan(503, match=Match(operation=("craete",))),)}, "did you mean create?"),
    ],
)
def test_a_server_refuses_plans_that_are_none(given: dict[str, Any], message: str) -> None:
    """When it is made, in one sentence."""
    with pytest.raises(SettingsError) as raised:
        create_app(**given)
    assert message in str(raised.value)


@IN_PROCESS
async def test_a_plan_by_hand_may_say_one_text_for_several(drive: Drive) -> None:
    """Where several are possible, a text alone is as good as a tuple of it."""
    match: Any = Match(operation="credits")  # type: ignore[arg-type]
    driven = await drive(plans=(AnswerPlan(302, headers={"location": "/v1/x"}, match=match),))  # type: ignore[dict-item]
    seen = await driven.ask()
    assert (seen.status, seen.headers["location"]) == (302, "/v1/x")
    assert (await driven.ask("/v1/models")).status == 200
