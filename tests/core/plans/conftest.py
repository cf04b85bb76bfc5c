"""Plans drawn from the forms of their fields, so that a new field is tested as it comes."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from mock_server.core.ids import CountedDice
from mock_server.core.plans import KINDS, DateIn, Match, Occasion, Plan, PlanError, fields_of, read_plans, write_plans
from mock_server.core.plans import match as matches
from mock_server.core.plans.composites import Members, Several
from mock_server.core.plans.form import Form
from mock_server.core.plans.forms import (
    Choice,
    Flag,
    Json,
    Line,
    Number,
    Percent,
    Seconds,
    Share,
    Text,
    Whole,
)
from mock_server.core.plans.match import OPERATIONS
from mock_server.core.plans.plan import USUAL, BasePlan, Nested
from mock_server.core.plans.reply import HeaderForm
from mock_server.core.types import SECOND

NOW = 1_800_000_000 * SECOND
"""When the tests take place."""

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | texts, lambda below: st.lists(below, max_size=3) | st.dictionaries(texts, below, max_size=3), max_leaves=5
)
paths = st.from_regex(r"[a-z_]{1,6}(\.([a-z_]{1,6}|[0-9])){0,2}", fullmatch=True)
spans = st.one_of(
    st.integers(1, 9).map(str),
    st.integers(1, 9).map("{}+".format),
    st.integers(1, 4).map("{}n".format),
    st.tuples(st.integers(1, 5), st.integers(0, 5)).map(lambda pair: f"{pair[0]}-{pair[0] + pair[1]}"),
)
moments = st.floats(0, 100) | st.datetimes(timezones=st.just(UTC)).map(
    lambda instant: instant.isoformat().replace("+00:00", "Z")
)
headers = (
    st.from_regex(r"[ -~]{0,8}", fullmatch=True) | st.integers(-9, 99).map(str) | st.builds(DateIn, st.floats(-9, 9))
)

LATIN = st.characters(max_codepoint=0xFF).filter(str.isprintable)
PRINTABLE = st.characters(codec="utf-8").filter(str.isprintable)

STRATEGIES: dict[type[Form[Any]], Callable[[Any], st.SearchStrategy[Any]]] = {
    Whole: lambda form: st.integers(form.least, form.most),
    Number: lambda form: st.floats(form.least, form.most),
    Seconds: lambda form: st.floats(form.least, form.most),
    Percent: lambda form: st.integers(0, form.most),
    Share: lambda _: st.floats(0, 1),
    Text: lambda form: st.text(st.characters(codec="utf-8"), min_size=1, max_size=min(9, form.longest)),
    Line: lambda form: st.text(LATIN if form.latin else PRINTABLE, min_size=1, max_size=min(9, form.longest)),
    Choice: lambda form: st.sampled_from(form.names),
    Flag: lambda _: st.booleans(),
    Json: lambda _: values,
    Several: lambda form: st.lists(strategy(form.form), max_size=2).map(tuple),
    Members: lambda form: st.dictionaries(
        paths if form.pattern.startswith("[^") else st.from_regex(form.pattern, fullmatch=True),
        strategy(form.form),
        max_size=2,
    ),
    HeaderForm: lambda _: headers,
    matches.SpanForm: lambda _: spans,
    matches.TaskForm: lambda _: spans | st.from_regex(r"task-unified-[0-9]{10}-[0-9a-z]{8}", fullmatch=True),
    matches.Moment: lambda _: moments,
    matches.ConditionForm: lambda _: values.filter(_no_condition) | st.builds(matches.Contains, texts),
}


def strategy(form: Form[Any]) -> st.SearchStrategy[Any]:
    """Draw values of a form, as it reads them."""
    return STRATEGIES[type(form)](form)


@st.composite
def drawn_fields(draw: st.DrawFn, struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Draw some of a struct's fields."""
    fields = [field for field in fields_of(struct).values() if not isinstance(field.form, Nested)]
    said = [field for field in fields if field.required or draw(st.integers(0, 2)) == 0]
    return {field.name: draw(strategy(field.form)) for field in said}


@st.composite
def drawn_matches(draw: st.DrawFn, kind: type[BasePlan]) -> Match:
    """Draw a match that a kind of plans can have."""
    names = st.sampled_from([name for name in OPERATIONS if name in kind.operations])
    fields: dict[str, Any] = {**draw(drawn_fields(Match)), "operation": tuple(draw(st.lists(names, max_size=2)))}
    return Match(**fields)


@st.composite
def drawn_plans(draw: st.DrawFn, *, kinds: tuple[str, ...] = tuple(KINDS)) -> Plan:
    """Draw a plan that can be read."""
    kind = KINDS[draw(st.sampled_from(kinds))]
    members = draw(drawn_fields(kind))
    fault: Any = members.get("fault")
    if fault in kind.faults:
        info = kind.faults[fault]
        number = st.integers(int(info.least), int(info.most)) if info.usual is not None else st.just(USUAL)
        members["number"] = draw(st.just(USUAL) | number.map(float))
    plan: Any = kind(match=draw(drawn_matches(kind)), **members)
    return plan  # type: ignore[no-any-return] # of one of the kinds


def readable(plan: Plan) -> Plan:
    """Draw again what cannot be read, because its fields do not go together."""
    try:
        read_plans(write_plans((plan,)))
    except PlanError:
        assume(condition=False)
    return plan


def dice(purpose: str, count: int) -> CountedDice:
    """Return the dice of a universe with a seed."""
    return CountedDice(b"seed", purpose, count)


def account_of(key: str) -> str:
    """Name the account of a key."""
    return f"ACCOUNT-{key.removeprefix('sk-').upper()}"


def occasion(operation: str = "getTaskDetail", **members: Any) -> Occasion:
    """Return an occasion at which a plan can strike."""
    return Occasion(**{"operation": operation, "now": NOW, "dice": dice, **members})


def _no_condition(value: object) -> bool:
    return not (isinstance(value, dict) and value.keys() == {"contains"})
