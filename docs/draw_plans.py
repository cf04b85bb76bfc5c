"""Draw what docs/reference/plans.md shows of the plan language: its kinds, its match, and the ready scenarios."""

import json
import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

import msgspec

from docs.draw_client import formatted
from docs.tables import WIDTH, table
from mock_server.core.plans import EXAMPLES, HEADER, KINDS, Match, Plans, fields_of, read_words, write_plans
from mock_server.core.plans.kinds import Field
from mock_server.core.plans.match import ANY, Contains
from mock_server.core.plans.plan import USUAL, BasePlan, Fault, Nested
from mock_server.scenarios.bundled import load_scenarios

COMMON: Final = ("match", "times", "name")
"""The fields that all kinds have."""


def draw_kinds() -> str:
    """Draw each kind: what it does, its fields, its faults, its examples, and one of them in each form."""
    return "\n".join(_kind(name, kind) for name, kind in KINDS.items())


def draw_common() -> str:
    """Draw the fields that all kinds have."""
    fields = fields_of(BasePlan)
    return table(("field", "takes", "if left out", "what it says"), (_field_row(fields[name]) for name in COMMON))


def draw_match() -> str:
    """Draw the fields of a match."""
    return table(("field", "takes", "if left out", "what it says"), map(_field_row, fields_of(Match).values()))


def draw_scenarios() -> str:
    """Draw the ready scenarios, with their plans as the files have them."""
    rows = []
    for name, scenario in load_scenarios().items():
        text = files("mock_server").joinpath("scenarios", f"{name}.yaml").read_bytes()
        plans = msgspec.yaml.decode(text)["plans"]
        shown = [plan if isinstance(plan, str) else json.dumps(plan) for plan in plans]
        rows.append((f"`{name}`", scenario.description, "<br>".join(f"`{plan}`" for plan in shown)))
    return table(("name", "what happens", "plans"), rows)


def _kind(name: str, kind: type[BasePlan]) -> str:
    fields = [field for field in fields_of(kind).values() if field.name not in COMMON]
    parts = [
        f"### `{name}`\n",
        _doc(kind),
        f"{_operations(name, kind)}\n",
        table(("field", "takes", "if left out", "what it says"), map(_field_row, fields)),
        _faults(kind.faults) if kind.faults else "",
        table(("in words", "what happens"), ((f"`{each.words}`", each.says) for each in EXAMPLES[name])),
        _forms(EXAMPLES[name][0].words),
    ]
    return "\n".join(part for part in parts if part)


def _doc(kind: type[BasePlan]) -> str:
    paragraphs = (kind.__doc__ or "").strip().split("\n\n")
    return "\n".join(_wrapped(" ".join(paragraph.split())) + "\n" for paragraph in paragraphs)


def _operations(name: str, kind: type[BasePlan]) -> str:
    """Say at which operations plans of a kind can strike, and at which they do if their match names none."""
    if kind.at_creation:
        return "It strikes when a task is created."
    shown = read_words(EXAMPLES[name][0].words)[0].default_operations
    usual = f"; at {_list(shown)} if `operation` is left out" if shown != kind.operations else ""
    return _wrapped(f"It can strike at {_list(kind.operations)}{usual}.")


def _list(names: tuple[str, ...]) -> str:
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def _field_row(field: Field) -> tuple[str, ...]:
    return f"`{field.name}`", _takes(field), _default(field), field.says


def _takes(field: Field) -> str:
    if isinstance(field.form, Nested):
        return "an object with the fields of a match"
    text = re.sub(r'(\{"\w+": [^}]*\})', r"`\1`", field.form.expected)
    return text.removeprefix("one of ") if text.startswith("one of ") else text


def _default(field: Field) -> str:
    if field.required:
        return "it is needed"
    if field.default == USUAL:
        return "as the fault has it"
    empty = field.default in (None, msgspec.UNSET) or field.default in ((), {}, ANY)
    return "" if empty else f"`{json.dumps(field.default)}`"


def _faults(faults: Mapping[str, Fault]) -> str:
    rows = ((f"`{name}`", fault.says, _number(fault)) for name, fault in faults.items())
    return table(("fault", "what happens", "its number"), rows)


def _number(fault: Fault) -> str:
    if fault.usual is None:
        return ""
    return f"{fault.usual:.10g}; {fault.least:.10g} to {fault.most:.10g} {fault.unit}"


def _forms(words: str) -> str:
    """Draw one example in each form."""
    plans = read_words(words)
    written, own = write_plans(plans), own_words(words)
    text = [f"evolink-mock serve --plan {shlex.quote(words)}"]
    if not own.startswith("limit requests"):  # which has no meaning for one request
        text += [f"{HEADER}: {own}", json.dumps({"prompt": f"A cat dances [mock: {own}]"})]
    blocks = {
        "text": "\n".join(text),
        "json": json.dumps(written),
        "yaml": msgspec.yaml.encode({"plans": written}).decode().rstrip(),
        "python": python_source(plans).rstrip(),
        "sh": f'curl -s $api/_mock/plans -X PUT -H "$json" -d {shlex.quote(json.dumps({"plans": words}))}',
    }
    ways = "as a flag, in a header and in a prompt" if len(text) > 1 else "as a flag"
    intro = f"The first of them {ways}; as JSON, in a settings file, in Python, and by the API:"
    return "\n".join([f"{intro}\n", *(f"```{name}\n{block}\n```\n" for name, block in blocks.items())])


def own_words(words: str) -> str:
    """Return words without what a plan that comes with its request does not take: its match and its times."""
    unsaid = tuple(f"{name}=" for name in ("on", "times", *(name for name in fields_of(Match))))
    return " ".join(word for word in words.split(" ") if not word.startswith((*unsaid, "fields.")))


def python_source(plans: Plans) -> str:
    """Return the Python that makes plans."""
    made = ", ".join(map(_code, plans))
    names = sorted(set(re.findall(r"\b([A-Z]\w+)\(", made)))
    return formatted(f"from mock_server.plans import {', '.join(names)}\n\nplans = ({made},)\n")


def _code(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_code, value))},)"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {_code(member)}' for name, member in value.items())}}}"
    if isinstance(value, Contains) or not isinstance(value, msgspec.Struct):
        return repr({"contains": value.contains} if isinstance(value, Contains) else value)
    said = ", ".join(f"{name}={_code(getattr(value, name))}" for name in _said(value))
    return f"{type(value).__name__}({said})"


def _said(value: msgspec.Struct) -> Iterator[str]:
    """Yield the names of the fields of a struct that are not as usual."""
    for info in msgspec.structs.fields(type(value)):
        name, default = info.name, info.default
        if info.default_factory is not msgspec.NODEFAULT:
            default = info.default_factory()
        usual = name == "number" and msgspec.structs.replace(value, number=USUAL) == value
        if getattr(value, name) != default and not usual:
            yield name
