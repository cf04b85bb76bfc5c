from contextlib import suppress
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest
from mock_server.core.scenario import CallbackFault, CallbackPlan, EndPlan, Plan, callback_plan, divert, read_directive
from mock_server.core.task_errors import TASK_ERRORS
from mock_server.core.timeline import observe, reach
from mock_server.core.types import SECOND, Status, Task, Timeline

CODES = ", ".join(TASK_ERRORS)
FAULTS = ", ".join(get_args(CallbackFault))
words = st.text(alphabet="[]mock: fail=cncelt@5%bg\n", max_size=60)


@pytest.mark.parametrize(
    ("prompt", "plan"),
    [
        ("", ()),
        ("A cat [dances] with mock: fail=service_error", ()),
        ("[mock: fail=service_error", ()),
        ("[mock:]", ()),
        ("[mock: ] a cat", ()),
        ("[mock: fail=service_error]", (EndPlan("failed", "service_error", 50),)),
        ("A cat.[mock:fail=quota_exceeded at=0%] A dog.", (EndPlan("failed", "quota_exceeded", 0),)),
        ("[mock: at=99 fail=unknown_error]", (EndPlan("failed", "unknown_error", 99),)),
        ("[mock:\n  cancel\n  at=95%\n]", (EndPlan("cancelled", "request_cancelled", 95),)),
        ("[mock: cancel]", (EndPlan("cancelled", "request_cancelled", 50),)),
        ("[mock: callback=never]", (CallbackPlan("never"),)),
        ("[mock: callback=late:0.5]", (CallbackPlan("late", 0.5),)),
        ("[mock: callback=late:86400]", (CallbackPlan("late", 86_400),)),
        ("[mock: callback=twice:0]", (CallbackPlan("twice", 0),)),
        ("[mock: callback=concurrent:100]", (CallbackPlan("concurrent", 100),)),
        (
            "[mock: fail=service_error] a cat [mock: callback=stale at=20%]",
            (EndPlan("failed", "service_error", 20), CallbackPlan("stale", 1)),
        ),
    ],
)
def test_what_a_directive_plans(prompt: str, plan: Plan) -> None:
    """A prompt without a directive plans nothing; several directives are read as one."""
    assert read_directive(prompt) == plan


@pytest.mark.parametrize("fault", get_args(CallbackFault))
def test_every_fault_of_a_callback_can_be_asked_for(fault: CallbackFault) -> None:
    """A number that is left out is that of the fault: seconds or times."""
    usual = {"late": 60, "twice": 1, "concurrent": 2, "slow-body": 3, "stale": 1}
    assert read_directive(f"[mock: callback={fault}]") == (CallbackPlan(fault, usual.get(fault, 0)),)


@pytest.mark.parametrize("code", TASK_ERRORS)
def test_every_code_can_be_asked_for(code: str) -> None:
    """A task can be made to fail with each documented code."""
    assert read_directive(f"[mock: fail={code}]") == (EndPlan("failed", code, 50),)


REFUSED = {
    "[mock: explode]": "'explode'; known are fail, cancel, at, callback",
    "[mock: fail=service_error, at=60%]": "fail=service_error,; known are " + CODES,
    "[mock: Fail=service_error]": "'Fail=service_error'; known are fail, cancel, at, callback",
    "[mock: fail=]": "'fail='; known are fail, cancel, at, callback",
    "[mock: fail]": f"fail=; known are {CODES}",
    "[mock: fail=boom]": f"fail=boom; known are {CODES}",
    "[mock: fail=service_error cancel]": "fail and cancel; a task ends in one way",
    "[mock: cancel=95%]": "cancel=95%; when is said by at, as in cancel at=95%",
    "[mock: cancel at=100%]": "at=100%; it takes 0% to 99%",
    "[mock: cancel at=5.5%]": "at=5.5%; it takes 0% to 99%",
    "[mock: cancel at=-1%]": "at=-1%; it takes 0% to 99%",
    "[mock: cancel at=\u0665%]": "at=\u0665%; it takes 0% to 99%",
    "[mock: cancel at]": "at=; it takes 0% to 99%",
    "[mock: at=50%]": "at without fail or cancel",
    "[mock: at=50% callback=never]": "at without fail or cancel",
    "[mock: cancel at=1% at=2%]": "at more than once",
    "[mock: cancel] [mock: cancel]": "cancel more than once",
    "[mock: callback]": f"callback=; known are {FAULTS}",
    "[mock: callback=lost]": f"callback=lost; known are {FAULTS}",
    "[mock: callback=gzip:9]": "callback=gzip:9; gzip takes no number",
    "[mock: callback=late:soon]": "callback=late:soon; the number is 0 to 86400",
    "[mock: callback=late:-1]": "callback=late:-1; the number is 0 to 86400",
    "[mock: callback=late:86401]": "callback=late:86401; the number is 0 to 86400",
    "[mock: callback=late:nan]": "callback=late:nan; the number is 0 to 86400",
    "[mock: callback=twice:inf]": "callback=twice:inf; the number is 0 to 86400",
    "[mock: callback=concurrent:101]": "callback=concurrent:101; the number is 0 to 100",
    f"[mock: {'a' * 99}]": f"{'a' * 40!r}; known are fail, cancel, at, callback",
}


@pytest.mark.parametrize(("prompt", "what"), REFUSED.items(), ids=[ascii(prompt)[:60] for prompt in REFUSED])
def test_what_cannot_be_understood_is_refused(prompt: str, what: str) -> None:
    """The message names the word that is wrong and what could stand there; the field is the prompt."""
    with pytest.raises(InvalidRequest) as refused:
        read_directive(f"A cat. {prompt}")
    assert str(refused.value) == f"the directive [mock: ...] in the prompt has {what}"
    assert (refused.value.status, refused.value.param) == (400, "prompt")


@given(st.text())
def test_a_prompt_without_a_directive_plans_nothing(prompt: str) -> None:
    """Any text that does not have the word plans nothing."""
    assume("[mock:" not in prompt)
    assert read_directive(prompt) == ()


@given(st.one_of(words, words.map("[mock: {}]".format), st.text().map("[mock:{}]".format)))
def test_no_prompt_is_too_strange(prompt: str) -> None:
    """Any text is read or refused as a broken request, and what is read holds what a plan may hold."""
    plan: Plan = ()
    with suppress(InvalidRequest):
        plan = read_directive(prompt)
    assert msgspec.convert(msgspec.to_builtins(plan), Plan) == plan


def some_life(queue: int, run: int) -> Timeline:
    """Return a life with a queue and a run of so many microseconds."""
    return Timeline(SECOND, SECOND + queue, SECOND + queue + run, run, 120, Status.COMPLETED)


lives = st.builds(some_life, st.integers(0, 300 * SECOND), st.integers(1, 300 * SECOND))


@given(lives, st.integers(0, 99))
def test_progress_is_reached_at_the_first_instant_that_shows_it(life: Timeline, percent: int) -> None:
    """At that instant a reader sees so much, and a microsecond earlier less; 0 % is where the run begins."""
    at = reach(life, percent)
    assert life.starts_at <= at <= life.ends_at
    assert observe(life, at).progress >= percent
    assert at == life.starts_at if percent == 0 else observe(life, at - 1).progress < percent


@pytest.mark.clauses("RES-STATUS")
@given(lives, st.integers(0, 99), st.sampled_from(["failed", "cancelled"]))
def test_a_task_ends_where_the_plan_says(life: Timeline, percent: int, outcome: Any) -> None:
    """Until then nobody can tell it from one that ends well; from then on it has ended, with its error."""
    diverted = divert(life, (EndPlan(outcome, "service_error", percent),))
    assert diverted.ends_at == reach(life, percent)
    assert diverted.error == TASK_ERRORS["service_error"]
    assert observe(diverted, diverted.ends_at - 1) == observe(life, diverted.ends_at - 1)
    assert observe(diverted, diverted.ends_at).status == outcome


def test_a_plan_without_an_end_leaves_the_life_as_it_is(task: Task) -> None:
    """What is wrong with the callback does not change the task."""
    assert divert(task.timeline, ()) is task.timeline
    assert divert(task.timeline, (CallbackPlan("never"),)) is task.timeline


def test_what_is_planned_for_the_callback() -> None:
    """It is found among the rest."""
    fault = CallbackPlan("gzip")
    assert callback_plan((EndPlan("failed", "service_error"), fault)) is fault
    assert callback_plan((EndPlan("failed", "service_error"),)) is None
