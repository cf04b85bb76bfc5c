from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest
from mock_server.core.plans import (
    AnswerPlan,
    CallbackFault,
    CallbackPlan,
    DelayPlan,
    DisconnectPlan,
    LimitPlan,
    Plans,
    TaskPlan,
    read_directive,
    read_header,
    read_plans,
    write_plans,
)
from mock_server.core.plans.words import HEADS
from mock_server.core.tasks.errors import TASK_ERRORS

CODES = ", ".join(TASK_ERRORS)
FAULTS = ", ".join(get_args(CallbackFault))
KIND_NAMES = ", ".join(HEADS)
words = st.text(alphabet="[]mock: fail=cncelt@5%bg\n", max_size=60)


@pytest.mark.parametrize(
    ("prompt", "plans"),
    [
        ("", ()),
        ("A cat [dances] with mock: fail=service_error", ()),
        ("[mock: fail=service_error", ()),
        ("[mock:]", ()),
        ("[mock: ] a cat", ()),
        ("[mock: fail=service_error]", (TaskPlan("failed", "service_error", 50),)),
        ("A cat.[mock:fail=quota_exceeded at=0%] A dog.", (TaskPlan("failed", "quota_exceeded", 0),)),
        ("[mock: at=99 fail=unknown_error]", (TaskPlan("failed", "unknown_error", 99),)),
        ("[mock:\n  cancel\n  at=95%\n]", (TaskPlan("cancelled", at=95),)),
        ("[mock: cancel]", (TaskPlan("cancelled", at=50),)),
        ("[mock: callback=never]", (CallbackPlan("never"),)),
        ("[mock: callback=late:0.5]", (CallbackPlan("late", 0.5),)),
        ("[mock: callback=late:86400]", (CallbackPlan("late", 86_400),)),
        ("[mock: callback=twice:0]", (CallbackPlan("twice", 0),)),
        ("[mock: callback=concurrent:100]", (CallbackPlan("concurrent", 100),)),
        (
            "[mock: fail=service_error] a cat [mock: callback=stale at=20%]",
            (TaskPlan("failed", "service_error", 20), CallbackPlan("stale", 1)),
        ),
        ("[mock: answer 503; delay 2]", (AnswerPlan(503), DelayPlan(2))),
        (
            "[mock: task slower=3 name=long; fail=service_error]",
            (TaskPlan(slower=3, name="long"), TaskPlan("failed", "service_error")),
        ),
        ("[mock: limit closed-models]", (LimitPlan(closed_models=True),)),
    ],
)
def test_what_a_directive_plans(prompt: str, plans: Plans) -> None:
    """A prompt without a directive plans nothing; several directives are read as one."""
    assert read_directive(prompt) == plans


@pytest.mark.parametrize("fault", get_args(CallbackFault))
def test_every_fault_of_a_callback_can_be_asked_for(fault: CallbackFault) -> None:
    """A number that is left out is that of the fault: seconds or times."""
    usual = {"late": 60, "twice": 1, "concurrent": 2, "slow-body": 3, "stale": 1}
    assert read_directive(f"[mock: callback={fault}]") == (CallbackPlan(fault, usual.get(fault, 0)),)


@pytest.mark.parametrize("code", TASK_ERRORS)
def test_every_code_can_be_asked_for(code: str) -> None:
    """A task can be made to fail with each documented code."""
    assert read_directive(f"[mock: fail={code}]") == (TaskPlan("failed", code, 50),)


OWN = "it plans for one request, its own"
REFUSED = {
    "explode": f'"explode"; known are {KIND_NAMES}',
    "fail=service_error, at=60%": "fail=service_error,; did you mean service_error?",
    "Fail=service_error": '"Fail=service_error"; did you mean fail?',
    "fail=": f"fail=; known are {CODES}",
    "fail": f"fail; code is needed when outcome is failed; known are {CODES}",
    "fail=boom": f"fail=boom; known are {CODES}",
    "fail=service_error cancel": "task failed and task cancelled; only one of them can act",
    "cancel; cancel": "task cancelled and task cancelled; only one of them can act",
    "cancel=95%": "cancel=95%; cancel takes no value",
    "cancel at=100%": "at=100%; it takes 0% to 99%",
    "cancel at=5.5%": "at=5.5%; it takes 0% to 99%",
    "cancel at=-1%": "at=-1%; it takes 0% to 99%",
    "cancel at=\u0665%": "at=\u0665%; it takes 0% to 99%",
    "cancel at": "at without a value",
    "at=50%": "at=50% without a plan that takes it (delay, disconnect, task)",
    "at=50% callback=never": "at=50% without a plan that takes it (delay, disconnect, task)",
    "cancel at=1% at=2%": "at more than once",
    "callback": f"callback; fault is missing; known are {FAULTS}",
    "callback=lost": f"callback=lost; known are {FAULTS}",
    "callback=gzip:9": "callback=gzip:9; gzip takes no number",
    "answer 503 answer 500": "answer 503 and answer 500; only one of them can act",
    "answer 503 nth=2": f"a match or times with answer; {OWN}",
    "answer 503 times=1": f"a match or times with answer; {OWN}",
    "limit requests=5": f"a limit of requests; {OWN}",
}


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_understood_is_refused(text: str) -> None:
    """The message names the word that is wrong and what could stand there; the field is the prompt, or the header."""
    with pytest.raises(InvalidRequest) as refused:
        read_directive(f"A cat. [mock: {text}]")
    assert str(refused.value) == f"the directive [mock: ...] in the prompt has {REFUSED[text]}"
    assert (refused.value.status, refused.value.param) == (400, "prompt")
    with pytest.raises(InvalidRequest) as refused:
        read_header(text)
    assert str(refused.value) == f"the header X-Mock-Plan has {REFUSED[text]}"
    assert (refused.value.status, refused.value.param) == (400, "X-Mock-Plan")


def test_a_header_has_words_or_json() -> None:
    """What begins as JSON does is JSON: one plan, or a list."""
    plans = (AnswerPlan(503, retry_after=("2",)), DisconnectPlan("in-body"))
    assert read_header("answer 503 retry-after=2; disconnect in-body") == plans
    assert read_header(' [{"kind": "answer", "status": 503, "retry_after": 2}, "disconnect in-body"]') == plans
    assert read_header('{"kind": "disconnect", "at": "in-body"}') == plans[1:]
    assert read_header("") == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "X-Mock-Plan: not JSON (Input data was truncated)"),
        (
            '[{"kind": "delay"}]',
            "X-Mock-Plan[0]: seconds is missing; it takes seconds from 0 to 86400, or a text such as",
        ),
        (
            '{"kind": "delay", "seconds": 1, "times": 2}',
            f"the header X-Mock-Plan has a match or times with delay; {OWN}",
        ),
    ],
)
def test_json_in_a_header_that_is_no_plan_is_refused(value: str, said: str) -> None:
    """The message says where."""
    with pytest.raises(InvalidRequest) as refused:
        read_header(value)
    assert str(refused.value).startswith(said)
    assert refused.value.param == "X-Mock-Plan"


@given(st.text())
def test_a_prompt_without_a_directive_plans_nothing(prompt: str) -> None:
    """Any text that does not have the word plans nothing."""
    assume("[mock:" not in prompt)
    assert read_directive(prompt) == ()


@given(st.one_of(words, words.map("[mock: {}]".format), st.text().map("[mock:{}]".format)))
def test_no_prompt_is_too_strange(prompt: str) -> None:
    """Any text is read or refused as a broken request, and what is read holds what a plan may hold."""
    plans: Plans = ()
    with suppress(InvalidRequest):
        plans = read_directive(prompt)
    assert read_plans(write_plans(plans)) == plans
    with suppress(InvalidRequest):
        read_header(prompt)
