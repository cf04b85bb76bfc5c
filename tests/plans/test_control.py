"""Plans and scenarios by the control API: what it takes, what it answers, and what it refuses."""

from typing import Any

import pytest

from mock_server import ControlError
from mock_server.core.plans import write_plans
from mock_server.plans import AnswerPlan, BodyPlan, Match, load_scenarios
from tests.plans.driving import IN_PROCESS, Drive

pytestmark = pytest.mark.anyio

ANSWER = {"kind": "answer", "status": 503}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("answer 503; delay 1", ["answer 503", "delay 1"]),
        (ANSWER, ["answer 503"]),
        (["delay 1", ANSWER, "answer 418"], ["delay 1", "answer 503", "answer 418"]),
        ([], []),
        (AnswerPlan(503), ["answer 503"]),
        ((AnswerPlan(503), "delay 1", ANSWER), ["answer 503", "delay 1", "answer 503 (2)"]),
    ],
)
async def test_plans_are_set(drive: Drive, given: Any, names: list[str]) -> None:
    """One or several; in words, as objects, and by the client as structs: added, replaced, and let go of."""
    driven = await drive()
    assert [plan.name for plan in (await driven.control.add_plans(plans=given)).plans] == names
    await driven.control.add_plans(plans="callback never")
    assert [plan.name for plan in (await driven.control.list_plans()).plans] == [*names, "callback never"]
    assert [plan.name for plan in (await driven.control.replace_plans(plans=given)).plans] == names
    assert (await driven.control.forget_plans()).plans == ()


@IN_PROCESS
async def test_a_plan_is_shown_as_it_can_be_set_again(drive: Drive) -> None:
    """What is listed is what JSON says of it; a key is shown as the account that it is."""
    driven = await drive()
    plan = BodyPlan(set={"a.b": [1, None]}, match=Match(fields={"prompt": {"contains": "cat"}}, nth="2n"), times=3)
    (shown,) = (await driven.control.add_plans(plans=plan)).plans
    assert dict(shown.plan) == write_plans((plan,))[0]
    (again,) = (await driven.control.replace_plans(plans=[shown.plan])).plans
    assert again == shown


async def test_scenarios(drive: Drive) -> None:
    """All are listed with what happens and their plans, and each can be set by its name."""
    driven = await drive()
    listed = (await driven.control.list_scenarios()).scenarios
    assert {each.name: each.description for each in listed} == {
        name: scenario.description for name, scenario in load_scenarios().items()
    }
    for each in listed:
        shown = await driven.control.replace_plans(scenario=each.name)
        assert tuple(plan.plan for plan in shown.plans) == each.plans
    await driven.control.replace_plans(plans="answer 503")
    both = await driven.control.add_plans(scenario="stuck")
    assert [plan.name for plan in both.plans] == ["answer 503", "task"]


@pytest.mark.parametrize(
    ("change", "param", "message"),
    [
        ({}, None, 'send either plans or a scenario: {"plans": ["answer 503 on=create times=2"]}'),
        ({"plans": "delay 1", "scenario": "stuck"}, None, "send either plans or a scenario"),
        ({"scenario": "stuk"}, "scenario", "there is no scenario 'stuk'; did you mean stuck?"),
        ({"scenario": "x"}, "scenario", "there is no scenario 'x'; `evolink-mock scenarios` lists them"),
        ({"plans": "anser 503"}, "plans", 'plans: "anser"; did you mean answer?'),
        ({"plans": ["delay 1", {"kind": "answer"}]}, "plans", "plans[1]: status is missing"),
        ({"plans": "answer 503 on=craete"}, "plans", 'plans.match.operation: found "craete"; did you mean create?'),
        ({"plans": 5}, "plans", "plans: expected"),
        ({"plan": "delay 1"}, "plan", "plan: unknown name"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_what_is_refused(drive: Drive, method: str, change: Any, param: str | None, message: str) -> None:
    """In one sentence that names the place; and nothing is changed."""
    driven = await drive("answer 418")
    seen = await driven.send(method, "/_mock/plans", json=change)
    error = seen.json()["error"]
    assert (seen.status, error.get("param")) == (400, param)
    assert message in error["message"]
    assert [plan.name for plan in (await driven.control.list_plans()).plans] == ["answer 418"]


@IN_PROCESS
async def test_the_client_raises_what_is_refused(drive: Drive) -> None:
    """With the sentence and the parameter."""
    driven = await drive()
    with pytest.raises(ControlError, match="did you mean stuck") as raised:
        await driven.control.add_plans(scenario="stuk")
    assert (raised.value.status, raised.value.param) == (400, "scenario")


@IN_PROCESS
async def test_an_operation_can_be_named_by_its_id(drive: Drive) -> None:
    """Of several that one short name has, it means one."""
    driven = await drive()
    await driven.control.add_plans(plans="answer 418 on=getModel")
    assert (await driven.ask("/v1/models")).status == 200
    assert (await driven.ask("/v1/models/wan2.6-reference-video-flash")).status == 418
