"""A reader of pricing rules, written apart from what makes them: what a part of a price comes to."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor, prod
from typing import Any


def work_out(part: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Return what a part costs in `uc`: its quantity times its rate, rounded half up, and not below its least."""
    exact: Fraction = Fraction(part["rate"]["uc"]) * _value(part["quantity_rule"], values)
    return max(floor(exact + Fraction(1, 2)), int(part["minimum_charge"]["uc"]))


def _value(node: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    match node["op"]:
        case "constant":
            return Fraction(node["value"])
        case "variable":
            value = values[node["name"]]
            return value if isinstance(value, bool) or not value[0].isdigit() or value[-1] == "p" else Fraction(value)
        case "lookup":
            return Fraction(node["values"][_value(node["key"], values)])
        case "if":
            return _value(node["args"][1 if _value(node["args"][0], values) else 2], values)
        case "add":
            return sum(_value(each, values) for each in node["args"])
        case operation:
            assert operation == "multiply"
            return prod(_value(each, values) for each in node["args"])
