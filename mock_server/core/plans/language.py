"""Reading and writing plans as JSON values.

A plan is an object: its `kind`, the fields of the kind, and `match`, `times` and `name`, which all kinds have. A text
is a plan in the short form (`words.py`).

    [
      {"kind": "answer", "status": 503, "retry_after": 2, "match": {"operation": "create", "nth": "2-3"}},
      "disconnect in-body on=query chance=10%"
    ]
"""

import re
from collections.abc import Collection
from typing import Any, Final

import msgspec

from mock_server.core.plans.form import Misfit, nearest, shown
from mock_server.core.plans.kinds import KINDS, Field, Plan, Plans, fields_of
from mock_server.core.plans.match import ANY, OPERATIONS, Match, read_moment, short_name
from mock_server.core.plans.plan import USUAL, BasePlan
from mock_server.core.plans.words import WordError, read_words

_PLACE: Final = re.compile(r"line (\d+), column (\d+)")


class PlanError(ValueError):
    """What was given is no plan. The message says where, what was expected, and what was found."""


def read_plans(value: object, *, where: str = "plans", operations: Collection[str] = ()) -> Plans:
    """Read plans: a list of them, or one.

    Args:
        value: What JSON or YAML decoded to.
        where: What the messages call it.
        operations: The ids of operations that a match can name, besides the short names.

    Raises:
        PlanError: There is something that is no plan.
    """
    if not isinstance(value, list):
        return _read_item(value, where, operations)
    return tuple(
        plan for number, item in enumerate(value) for plan in _read_item(item, f"{where}[{number}]", operations)
    )


def write_plans(plans: Plans) -> list[dict[str, Any]]:
    """Write plans as short as they are read back: what is as usual is left out."""
    return [_write_plan(plan) for plan in plans]


def read_json(text: str | bytes, *, operations: Collection[str] = ()) -> Plans:
    """Read plans from JSON.

    Raises:
        PlanError: It is not JSON, or no plans.
    """
    return read_plans(decode_json(text, "plans"), operations=operations)


def read_yaml(text: str | bytes, *, operations: Collection[str] = ()) -> Plans:
    """Read plans from YAML.

    Raises:
        PlanError: It is not YAML, or no plans.
    """
    return read_plans(decode_yaml(text, "plans"), operations=operations)


def decode_json(text: str | bytes, what: str) -> Any:
    """Decode JSON; `what` is what the message calls it.

    Raises:
        PlanError: It is not JSON.
    """
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise PlanError(f"{what}: nested too deeply") from error
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise PlanError(f"{what}: not JSON ({error})") from error


def decode_yaml(text: str | bytes, what: str) -> Any:
    """Decode YAML; `what` is what the message calls it.

    Raises:
        PlanError: It is not YAML; the message says where.
    """
    try:
        return msgspec.yaml.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PlanError(f"{what}: not YAML ({_yaml_problem(error)})") from error


def _yaml_problem(error: Exception) -> str:
    """Say in one line what is wrong with YAML, and where."""
    lines = [line.strip() for line in str(error).splitlines() if not line.strip().startswith("in ")]
    places = _PLACE.findall(str(error))
    return lines[-1] + (f", line {places[-1][0]}, column {places[-1][1]}" if places else "")


def _read_item(value: object, where: str, operations: Collection[str]) -> Plans:
    if isinstance(value, str):
        try:
            plans = read_words(value)
        except WordError as error:
            raise PlanError(f"{where}: {error}") from None
    else:
        plans = (_read_plan(value, where),)
    for plan in plans:
        _check(plan, where, operations)
    return plans


def _read_plan(value: object, where: str) -> Plan:
    if not isinstance(value, dict):
        raise PlanError(f"{where}: expected an object or a text, found {shown(value)}")
    names = tuple(KINDS)
    if "kind" not in value:
        raise PlanError(f"{where}: kind is missing; known are {', '.join(names)}")
    kind = value["kind"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise _refused(Misfit(f"one of {', '.join(names)}", kind, near=nearest(kind, names)), f"{where}.kind")
    members = {name: item for name, item in value.items() if name != "kind"}
    plan: Plan = _read_struct(KINDS[kind], members, where)
    return plan


def _read_struct(struct: type[msgspec.Struct], value: object, where: str) -> Any:
    if not isinstance(value, dict):
        raise PlanError(f"{where}: expected an object, found {shown(value)}")
    fields = fields_of(struct)
    for name in value:
        if name not in fields:
            near = nearest(name, tuple(fields))
            hint = f"; did you mean {near}?" if near else "."
            raise PlanError(f"{where}: there is no {shown(name)}{hint} Known are {', '.join(fields)}")
    missing = next((field for field in fields.values() if field.required and field.name not in value), None)
    if missing is not None:
        raise PlanError(f"{where}: {missing.name} is missing; {missing.form.rule}")
    return struct(**{name: _read_field(fields[name], item, f"{where}.{name}") for name, item in value.items()})


def _read_field(field: Field, value: object, where: str) -> Any:
    if value is None and field.default is None:
        return None
    if field.name == "match":
        return _read_struct(Match, value, where)
    try:
        return field.form.read(value)
    except Misfit as misfit:
        raise _refused(misfit, where) from None


def _refused(misfit: Misfit, where: str) -> PlanError:
    found = f"found {shown(misfit.found)}"
    told = f"{found}; did you mean {misfit.near}?" if misfit.near else f"expected {misfit.expected}, {found}"
    return PlanError(f"{where}{misfit.where}: {told}")


def _check(plan: BasePlan, where: str, operations: Collection[str]) -> None:
    """Refuse what each field allows, but not all of them together."""
    broken = plan.broken()
    if broken is not None:
        raise PlanError(f"{where}: {broken}")
    for name in plan.match.operation:
        if name not in OPERATIONS and name not in operations:
            known = (*OPERATIONS, *operations)
            raise _refused(
                Misfit(f"one of {', '.join(known)}", name, near=nearest(name, known)), f"{where}.match.operation"
            )
        if short_name(name) not in plan.operations:
            raise PlanError(f"{where}.match.operation: {plan.kind} is for {', '.join(plan.operations)}, not for {name}")
    _check_match(plan, f"{where}.match")


def _check_match(plan: BasePlan, where: str) -> None:
    match = plan.match
    if plan.at_creation and match.task is not None and match.task.startswith("task-"):
        raise PlanError(f"{where}.task: {plan.kind} strikes when a task is made, and has no id then; give its number")
    if match.after is None or match.before is None:
        return
    after, before = read_moment(match.after), read_moment(match.before)
    if after.relative is before.relative and before.at <= after.at:
        raise PlanError(f"{where}: before is not later than after")


def _write_plan(plan: Plan) -> dict[str, Any]:
    members = {"kind": plan.kind, **_write_fields(plan)}
    if "number" in members and msgspec.structs.replace(plan, number=USUAL) == plan:
        del members["number"]
    if plan.match != ANY:
        members["match"] = _write_fields(plan.match)
    return members


def _write_fields(struct: BasePlan | Match) -> dict[str, Any]:
    fields = (field for name, field in fields_of(type(struct)).items() if name != "match")
    values = ((field, getattr(struct, field.name)) for field in fields)
    return {
        field.name: field.form.write(value)
        for field, value in values
        if field.required or not (value is field.default or value == field.default)
    }
