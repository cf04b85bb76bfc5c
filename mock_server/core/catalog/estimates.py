"""What a generation would set aside, by the rule of its model and the values of its parameters (ESTIMATE-AMOUNT)."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.core.catalog.amounts import show_decimal, show_money
from mock_server.core.catalog.pricing_rules import Parameter, PricingRule
from mock_server.core.errors import UnsupportedParameters
from mock_server.core.tasks.billing import amount
from mock_server.core.types import SECOND, Microcredits
from mock_server.core.wording import shown_value

Given: TypeAlias = Mapping[str, str | float | bool]
"""Values of parameters as a request has them."""

_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?")


class Estimate(msgspec.Struct, frozen=True):
    """What a generation would set aside: how much is billed of what the rate is for, the price, what was assumed."""

    quantity: Fraction
    amount: Microcredits
    is_least: bool
    assumptions: tuple[str, ...]


def estimate(rule: PricingRule, given: Given) -> Estimate:
    """Work out what a generation with these values would set aside; what is left out has its default.

    Raises:
        UnsupportedParameters: A name is none of the rule's, or a value is not one that the parameter can have.
    """
    known = {parameter.name: parameter for parameter in rule.parameters}
    for name in given:
        if name not in known:
            names = ", ".join(known) or "nothing"
            raise _refusal(f"parameters.{name}", f"parameters may have {names}, got {shown_value(name)}")
    values = {name: _read(parameter, given.get(name, parameter.default)) for name, parameter in known.items()}
    seconds = sum((Fraction(values[name]) for name in rule.seconds), Fraction(0)) if rule.seconds else Fraction(1)
    options = {name: value for name, value in values.items() if name not in rule.seconds}
    price = rule.model.price
    cost = amount(price, options, length=seconds * SECOND)
    quantity = seconds * _worth(rule, options)
    left_out = [f"{name} is {shown_value(known[name].default)}, its default" for name in known if name not in given]
    return Estimate(quantity, cost, quantity * price.rate < price.minimum, tuple(left_out))


def show_estimate(rule: PricingRule, found: Estimate) -> dict[str, Any]:
    """Return the part of an answer that follows from the rule and the estimate."""
    shown, part = rule.shown, rule.shown["components"][0]
    amounts, price = show_money(found.amount), rule.model.price
    component = {
        **{name: part[name] for name in ("id", "role", "dimension", "sku_id", "unit", "billing_rule")},
        "quantity": show_decimal(found.quantity),
        "billed_quantity": show_decimal(found.quantity),
        "unit_price": part["rate"]["usd"],
        "subtotal": amounts["usd"],
        "unit_price_amounts": part["rate"],
        "subtotal_amounts": amounts,
        "minimum_charge_amounts": show_money(price.minimum),
        "tier_multiplier": "1",
        "minimum_charge_applied": found.is_least,
        "applied_rules": [],
    }
    names = ("policy_version", "policy_checksum", "model_id", "product_id", "operation", "settlement_basis")
    return {
        **{name: shown[name] for name in names},
        "currency": "USD",
        "amount": amounts["usd"],
        "amounts": amounts,
        "components": [component],
        "assumptions": list(found.assumptions),
    }


def _refusal(path: str, told: str) -> UnsupportedParameters:
    return UnsupportedParameters(told, param=path, clauses=("ESTIMATE-REFUSED",))


def _worth(rule: PricingRule, options: Mapping[str, Any]) -> Fraction:
    """Return what the options multiply the seconds by."""
    worth = Fraction(1)
    for factor in rule.model.price.factors:
        value = options[factor.field]
        worth *= factor.values[str(value).lower() if isinstance(value, bool) else value]
    return worth


def _read(parameter: Parameter, value: object) -> Any:
    """Return a value as the price needs it: a Fraction, a boolean, or one of the texts that there are."""
    fits, rule = _FORMS[parameter.type](parameter, value)
    if not fits:
        path = f"parameters.{parameter.name}"
        raise _refusal(path, f"{path} must be {rule}, got {shown_value(value)}")
    return Fraction(str(value)) if parameter.type == "decimal" else value


def _check_decimal(parameter: Parameter, value: object) -> tuple[bool, str]:
    """Tell whether a value is a number, or its digits, within the bounds; and what it must be."""
    least, most = parameter.minimum or "0", parameter.maximum
    rule = f"a number from {least} to {most}" if most else f"a number, {least} or more"
    if not isinstance(value, int | float | str) or not _DECIMAL.fullmatch(str(value)):
        return False, rule
    number = Fraction(str(value))
    return Fraction(least) <= number and (most is None or number <= Fraction(most)), rule


def _check_boolean(_parameter: Parameter, value: object) -> tuple[bool, str]:
    return isinstance(value, bool), "true or false"


def _check_enum(parameter: Parameter, value: object) -> tuple[bool, str]:
    values = parameter.values or ()
    return value in values, f"one of {', '.join(values)}"


_FORMS: Final = {"decimal": _check_decimal, "boolean": _check_boolean, "enum": _check_enum}
