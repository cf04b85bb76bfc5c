"""The forms of values, each by itself: where their ranges end, and how what they read is written."""

import json
import time
from contextlib import ExitStack
from typing import Any

import pytest

from mock_server.core.plans import BodyPlan, DateIn, PlanError, read_plans, write_plans
from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.form import Form, Misfit, shown, word_value
from mock_server.core.plans.forms import Json, Line, Number, Percent, Seconds, Share, Text, Whole
from mock_server.core.plans.match import FAR, Moment, SpanForm, TaskForm
from mock_server.core.plans.reply import HeaderForm


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (Whole(1, 9), [1, 9], [0, 10]),
        (Number(0.5, 9), [0.5, 9], [0.4, 9.1]),
        (Seconds(1, 60), [1, 60, "1s", "1000ms", "60s", "1m"], ["999ms", "61s", 0.9, 60.1]),
        (Percent(99), [0, 99, "0%", "99%"], [-1, 100, "100%"]),
        (Share(), [0, 1, "0%", "100%"], [-0.1, 1.1]),
        (Text(5, least=2), ["ab", "abcde", "\u00e9\U0001f408"], ["a", "abcdef", "a\ud800"]),
        (Line(5, latin=True), ["a", "abcd\xff"], ["", "abcdef", "abc\u0100", "\u00ad"]),
        (Moment(), [0, FAR], [-0.1, FAR + 1]),
        (Json(), [{"a": [{"b": 1.5}]}, -(2**63), "\u00e9"], [{"a": [{"b": float("inf")}]}, {"a": "\ud800"}, 2**63]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Form) else None,
)
def test_where_a_range_ends(form: Form[Any], good: list[Any], bad: list[Any]) -> None:
    """Its ends belong to it, and what is just beyond them does not."""
    for value in good:
        form.read(value)
    for value in bad:
        with pytest.raises(Misfit):
            form.read(value)


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        (Moment(), 5.0, "5"),
        (Moment(), 1.5, "1.5"),
        (Moment(), "2026-11-22T08:00:00Z", '"2026-11-22T08:00:00Z"'),
        (HeaderForm(), "503", "503"),
        (HeaderForm(), "1.5", "1.5"),
        (HeaderForm(), "1.50", '"1.50"'),
        (HeaderForm(), "soon", '"soon"'),
        (HeaderForm(), "true", '"true"'),
        (HeaderForm(), '"a', '"\\"a"'),
        (HeaderForm(), "{a", '"{a"'),
        (HeaderForm(), "[a", '"[a"'),
        (HeaderForm(), DateIn(-30.0), '{"date": -30}'),
        (Several(Text()), ("ab",), '"ab"'),
        (Several(Text()), "ab", '"ab"'),
        (Members(Several(HeaderForm())), {"a": ("1", "b")}, '{"a": [1, "b"]}'),
    ],
    ids=range(15),
)
def test_how_a_value_is_written(form: Form[Any], value: Any, written: str) -> None:
    """As short as JSON allows: a number where it reads as the same, and any text as a text that it could be."""
    assert json.dumps(form.write(value)) == written


def test_a_text_stands_for_a_list_of_itself() -> None:
    """In a plan made by hand, where a list is meant: it is one path, not as many as it has letters."""
    plan = BodyPlan(without="id")  # type: ignore[arg-type] # as it is easily written
    assert write_plans((plan,)) == [{"kind": "body", "without": "id"}]


@pytest.mark.parametrize("word", ['"a', "{", "[1,", '"a"b', "[" * 100_000])
def test_a_word_that_begins_as_json_is_json(word: str) -> None:
    """Else it is refused as a whole, and what was expected is what the refusal says of itself."""
    with pytest.raises(Misfit, match=r"^JSON after a quotation mark or a bracket$") as refused:
        word_value(word)
    assert refused.value.expected == str(refused.value)
    assert refused.value.found == word


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x" * 58, f'"{"x" * 58}"'),
        ("x" * 59, f'"{"x" * 58}…'),
        (int("9" * 60), "9" * 60),
        (int("9" * 61), "9" * 59 + "…"),
    ],
    ids=range(4),
)
def test_how_long_a_value_is_shown(value: object, text: str) -> None:
    """Sixty characters at most, the last of them an ellipsis if there were more."""
    assert shown(value) == text


def nested(levels: int) -> Any:
    """Return lists in lists."""
    value: Any = "2"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("form", [SpanForm(), TaskForm()], ids=["nth", "task"])
@pytest.mark.parametrize("value", [[2], nested(100_000), b"2", 2.0, True, None])
def test_which_of_a_row_is_a_number_or_a_text(form: Form[str], value: object) -> None:
    """Nothing else is looked into, however deep it is."""
    with pytest.raises(Misfit) as refused:
        form.read(value)
    assert refused.value.found is value


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            {"kind": "task", "hides": "a", "during": ["failed", "proccessing"]},
            '.during[1]: found "proccessing"; did you mean processing?',
        ),
        (
            {"kind": "task", "stuck": 5, "match": {"operation": "Xyzzy"}},
            (
                ".match.operation: expected one of create, query, list, batch, credits, models, upload, catalog,"
                ' result, download, callback, getTaskDetail, found "Xyzzy"'
            ),
        ),
    ],
    ids=["in a list", "of an operation"],
)
def test_names_that_are_not_known(plan: dict[str, Any], said: str) -> None:
    """The one that was perhaps meant is named, in a list too; if none is like it, all that are known."""
    with pytest.raises(PlanError) as refused:
        read_plans(plan, operations=["getTaskDetail"])
    assert str(refused.value) == f"plans{said}"


def test_an_instant_is_kept_as_utc_has_it() -> None:
    """Whatever the offset with which it was said, and wherever on Earth it is read."""
    with ExitStack() as abroad:
        abroad.callback(time.tzset)
        abroad.enter_context(pytest.MonkeyPatch.context()).setenv("TZ", "Asia/Tokyo")
        time.tzset()
        assert Moment().read("2026-11-22T09:00:00+01:00") == "2026-11-22T08:00:00Z"
