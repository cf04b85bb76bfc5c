import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import (
    EXAMPLES,
    KINDS,
    AnswerPlan,
    BodyPlan,
    CallbackPlan,
    DateIn,
    DelayPlan,
    DisconnectPlan,
    HeadPlan,
    LimitPlan,
    Match,
    Plan,
    PlanError,
    Plans,
    TaskPlan,
    WordError,
    fields_of,
    read_json,
    read_plans,
    read_words,
    write_plans,
)
from mock_server.core.plans.forms import Choice
from mock_server.core.plans.words import HEADS
from mock_server.core.tasks.errors import TASK_ERRORS

CODES = ", ".join(TASK_ERRORS)
KIND_NAMES = ", ".join(HEADS)
STATUS = "it takes a whole number from 100 to 599"

READ: dict[str, list[Plan]] = {
    "": [],
    " ; ;\n": [],
    "answer 503": [AnswerPlan(503)],
    "answer=503": [AnswerPlan(503)],
    "answer status=503": [AnswerPlan(503)],
    "on=create answer 503 nth=2": [AnswerPlan(503, match=Match(operation=("create",), nth="2"))],
    "answer 503;answer 500": [AnswerPlan(503), AnswerPlan(500)],
    "answer 503 answer 500 nth=2": [AnswerPlan(503), AnswerPlan(500, match=Match(nth="2"))],
    "disconnect in-body reset": [DisconnectPlan("in-body", "reset")],
    "disconnect how=reset in-body": [DisconnectPlan("in-body", "reset")],
    "stall": [DisconnectPlan(how="silence")],
    "stall=in-head": [DisconnectPlan("in-head", "silence")],
    "cancel at=95% callback=twice": [TaskPlan("cancelled", at=95), CallbackPlan("twice", 1)],
    "at=99 fail=unknown_error": [TaskPlan("failed", "unknown_error", 99)],
    "fail service_error callback=stale at=20%": [TaskPlan("failed", "service_error", 20), CallbackPlan("stale", 1)],
    "delay 1 disconnect at=in-body": [DelayPlan(1), DisconnectPlan("in-body")],
    "delay 1 at=in-head disconnect": [DelayPlan(1, "in-head"), DisconnectPlan()],
    "delay 1 limit tasks=2 pieces=3": [DelayPlan(1, pieces=3), LimitPlan(tasks=2)],
    "limit closed-models": [LimitPlan(closed_models=True)],
    "limit closed-models=true": [LimitPlan(closed_models=True)],
    "limit closed-models delay 3": [LimitPlan(closed_models=True), DelayPlan(3)],
    'answer 503 text="Bad gateway; sorry \\"you\\""': [AnswerPlan(503, text='Bad gateway; sorry "you"')],
    'answer 503 text="503" name=503': [AnswerPlan(503, text="503", name="503")],
    "answer 503 text=\u00e9": [AnswerPlan(503, text="\u00e9")],
    "answer 503 retry-after=date+30,date-30": [AnswerPlan(503, retry_after=(DateIn(30), DateIn(-30)))],
    "answer 503 json=503": [AnswerPlan(503, json=503)],
    "answer 503 json=sorry": [AnswerPlan(503, json="sorry")],
    "answer 503 json=[1,{}]": [AnswerPlan(503, json=[1, {}])],
    "answer 503 json=-0.5": [AnswerPlan(503, json=-0.5)],
    "answer 503 json=007": [AnswerPlan(503, json="007")],
    'body set={"a":1} without=["b","c"]': [BodyPlan(set={"a": 1}, without=("b", "c"))],
    'body without="a,b"': [BodyPlan(without=("a,b",))],
    "body set.a.b=1 set.c=null": [BodyPlan(set={"a.b": 1, "c": None})],
    "head headers.X-A=1": [HeadPlan(headers={"X-A": ("1",)})],
    'head headers.date={"date":5}': read_json('{"kind":"head","headers":{"date":{"date":5}}}'),  # type: ignore[dict-item]
    "callback late:0.25": [CallbackPlan("late", 0.25)],
    "task=2 answer 503": [AnswerPlan(503, match=Match(task="2"))],
    "task stuck=5 task=2": [TaskPlan(stuck=5, match=Match(task="2"))],
}


@pytest.mark.parametrize("words", READ)
def test_what_words_say(words: str) -> None:
    """Groups, heads, leading values, fields in any order, and JSON where it is wanted."""
    assert read_words(words) == tuple(READ[words])


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_example_says_what_its_json_says(kind: str) -> None:
    """Each is about its kind, and reads the same from words, as a text of a list, and from what is written."""
    assert EXAMPLES[kind]
    for example in EXAMPLES[kind]:
        plans = read_words(example.words)
        assert kind in {plan.kind for plan in plans}, example
        assert read_plans(write_plans(plans)) == read_plans([example.words]) == plans
        assert example.says


def test_there_is_an_example_of_every_kind_and_field() -> None:
    """What the examples leave out is said in the table of forms: the faults, and what all kinds have."""
    assert EXAMPLES.keys() == KINDS.keys()
    for kind, examples in EXAMPLES.items():
        written = [write_plans(read_words(example.words)) for example in examples]
        said = {name for plans in written for plan in plans for name in plan}
        assert fields_of(KINDS[kind]).keys() - said <= {"match", "times", "name", "number", "origin"}


def test_no_word_can_mean_two_things() -> None:
    """A word that begins a plan is the name of no field, unless it takes no value, and stands for no leading value."""
    fields = {name.replace("_", "-") for kind in KINDS.values() for name in fields_of(kind)} | fields_of(Match).keys()
    assert {name for name, head in HEADS.items() if head.leading}.isdisjoint(fields)
    forms = [fields_of(head.kind)[name].form for head in HEADS.values() for name in head.leading]
    leading = {name for form in forms if isinstance(form, Choice) for name in form.names}
    assert leading.isdisjoint(HEADS)
    assert leading.isdisjoint({"closed-models"})


REFUSED = {
    "explode": f'"explode"; known are {KIND_NAMES}',
    "anwser 503": '"anwser"; did you mean answer?',
    "answer 503 retryafter=2": '"retryafter=2"; did you mean retry-after?',
    "answer 503 chanse=50%": '"chanse=50%"; did you mean chance?',
    "answer 503 again": f'"again"; known are {KIND_NAMES}',
    "Answer=503": '"Answer=503"; did you mean answer?',
    "answer": f"answer; status is missing; {STATUS}",
    "answer soon": f"soon; {STATUS}",
    "answer 503:2": f"503:2; {STATUS}",
    "answer=700": f"answer=700; {STATUS}",
    "answer 503 status=500": "status more than once",
    "answer 503 500": f'"500"; known are {KIND_NAMES}',
    "answer 503 nth=0": "nth=0; it takes a number from 1, or a text such as 2-4, 3+ or 2n",
    "answer 503 nth=1 nth=2": "nth more than once",
    "answer 503 operation=create": f'"operation=create"; known are {KIND_NAMES}',
    "answer 503 each=model": "each=model; known are task, account",
    "answer 503 phase=befor": "phase=befor; did you mean before?",
    "answer 503 headers.a": '"headers.a"; did you mean headers?',
    "answer 503 status.a=1": '"status.a=1"; did you mean status?',
    "answer 503 headers.a=1 headers.a=2": "headers.a more than once",
    'answer 503 headers={"a":1} headers.a=2': "headers.a more than once",
    "body set.a..b=1": "set.a..b=1; it takes a JSON value, nested at most 64 deep",
    "answer 503 json={": "json={; it takes a JSON value, nested at most 64 deep",
    'answer 503 json="a"b': 'json="a"b; it takes a JSON value, nested at most 64 deep',
    'answer 503 text="a': "a quotation mark that is not closed",
    "answer 503 json=1 text=x": "answer; json and text are both given; a body is one",
    "task shows.a=1 during=never": "during=never; known are pending, processing, completed, failed, cancelled",
    "at=5": "at=5 without a plan that takes it (delay, disconnect, task)",
    "answer 503; at=5": "at=5 without a plan that takes it (delay, disconnect, task)",
    "nth=5": "nth=5 without a plan",
    "cancel=95%": "cancel=95%; cancel takes no value",
    "limit=5": "limit=5; limit takes no value",
    "fail": f"fail; code is needed when outcome is failed; known are {CODES}",
    "fail=": f"fail=; known are {CODES}",
    "fail=boom": f"fail=boom; known are {CODES}",
    "callback=late:soon": "callback=late:soon; late takes a number of seconds from 0 to 86400",
    "callback late:-1": "late:-1; late takes a number of seconds from 0 to 86400",
    "callback=late:nan": "callback=late:nan; late takes a number of seconds from 0 to 86400",
    "callback=gzip:9": "callback=gzip:9; gzip takes no number",
    "callback=concurrent:101": "callback=concurrent:101; concurrent takes a whole number of times from 0 to 100",
    "callback=late:86401": "callback=late:86401; late takes a number of seconds from 0 to 86400",
    "callback=lat:5": "callback=lat:5; did you mean late?",
    "delay": "delay; seconds is missing; it takes seconds from 0 to 86400, or a text such as 90s or 1.5h",
    "body number=5 truncated:30": "number more than once",
    "body truncated:30 number=5": "number more than once",
    "limit closed-models closed-models": "closed-models more than once",
    f"{'a' * 99}": f'"{"a" * 58}…; known are {KIND_NAMES}',
    f"answer={'9' * 53}": f"answer={'9' * 53}; {STATUS}",
    f"answer={'9' * 99}": f"answer={'9' * 52}…; {STATUS}",
}


@pytest.mark.parametrize("words", REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_understood_is_refused(words: str) -> None:
    """The message quotes the word, and says what could stand there or what was perhaps meant."""
    with pytest.raises(WordError) as refused:
        read_words(words)
    assert str(refused.value) == REFUSED[words]


pieces: Any = st.one_of(
    st.sampled_from([*HEADS, *fields_of(Match), *(name for kind in KINDS.values() for name in fields_of(kind))]),
    st.sampled_from([name for kind in KINDS.values() for name in kind.faults]),
    st.sampled_from(["=", " ", ";", ".", ":", ",", '"', "{", "[", "-", "503", "5%", "2n", "null"]),
    st.text(max_size=3),
)


@given(st.lists(pieces, max_size=12).map("".join) | st.lists(pieces, max_size=9).map(" ".join))
def test_no_text_is_too_strange(text: str) -> None:
    """Any text is read or refused, and what is read can be written, and read again where its names are known."""
    plans: Plans = ()
    with suppress(WordError):
        plans = read_words(text)
    try:
        wrong = "" if read_plans(write_plans(plans)) == plans else "they are others"
    except PlanError as error:
        wrong = str(error)
    assert not wrong or re.search(r"match(\.operation|\.task)?: ", wrong)
