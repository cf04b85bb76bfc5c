"""The price of a model as a rule that a client can work out: parameters, an expression, a rate (CATALOG-RULES)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from fractions import Fraction
from typing import Any, Final

import msgspec

from mock_server.core.catalog.amounts import show_decimal, show_money
from mock_server.core.models.model import Model
from mock_server.core.tasks.billing import Factor
from mock_server.core.types import SECOND

POLICY_VERSION: Final = 1
"""The rules are the first of their models."""

FULL_ONLY: Final = ("quantity_rule", "rounding")
"""What only the full view has of a component."""

_BOOLEAN: Final = {"true", "false"}
_GENERATIONS: Final = {"video": "video_generation", "image": "image_generation", "audio": "audio_generation"}


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One value that a price depends on, as the rule shows it; `minimum` and `maximum` are decimal digits."""

    name: str
    type: str
    default: str | bool | None = None
    values: tuple[str, ...] | None = None
    minimum: str | None = None
    maximum: str | None = None


class PricingRule(msgspec.Struct, frozen=True):
    """A model with its rule: what the price depends on, which of that are seconds, and how it is shown in full."""

    model: Model
    parameters: tuple[Parameter, ...]
    seconds: tuple[str, ...]
    shown: Mapping[str, Any]

    def summary(self) -> dict[str, Any]:
        """Return the rule without what it takes to work it out."""
        parts = [{name: part[name] for name in part if name not in FULL_ONLY} for part in self.shown["components"]]
        return {**{name: self.shown[name] for name in self.shown if name != "parameters"}, "components": parts}


class Prices(msgspec.Struct, frozen=True):
    """The rules of all models by their ids, and two words: one changes with the list of models, one with the prices."""

    rules: Mapping[str, PricingRule]
    catalog_version: str
    pricing_version: str


def make_prices(models: Mapping[str, Model], schemas: Mapping[str, Mapping[str, Any]]) -> Prices:
    """Make the rules of all models; `schemas` are those of their requests, by the models' ids."""
    rules = {name: make_rule(model, schemas[name]) for name, model in models.items()}
    listed = [[model.id, model.kind, model.owned_by, model.listing.title] for model in models.values()]
    priced = [rule.shown for rule in rules.values()]
    return Prices(rules, f"cat_{digest(listed)[:24]}", f"prc_{digest(priced)[:24]}")


def make_rule(model: Model, schema: Mapping[str, Any]) -> PricingRule:
    """Make the rule of a model; `schema` is that of its requests, which has the bounds of the length."""
    seconds = () if model.price.per_call else tuple(_seconds(model, schema))
    parameters = (*seconds, *(_option(factor) for factor in model.price.factors))
    names = tuple(parameter.name for parameter in seconds)
    shown = {
        "model_id": model.id,
        "product_id": model.listing.product or model.id,
        "operation": model.listing.operation or _GENERATIONS[model.kind],
        "modality": model.kind,
        "lifecycle": "active",
        "pricing_status": "available",
        "settlement_basis": "request_only" if model.price.per_call else "request_then_actual",
        "policy_version": POLICY_VERSION,
        "policy_source": "published",
        "parameters": msgspec.to_builtins(parameters),
        "components": [_component(model, names)],
    }
    return PricingRule(model, parameters, names, {**shown, "policy_checksum": digest(shown)})


def digest(content: object) -> str:
    """Return what changes when the content does: 64 hex digits."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _seconds(model: Model, schema: Mapping[str, Any]) -> Iterable[Parameter]:
    """Return the parameters that are lengths: of the input, where that is billed, and of the output."""
    price, bounds = model.price, schema.get("properties", {}).get(model.price.output_field, {})
    if price.input_caps:
        yield Parameter("input_seconds", "decimal", default=_digits(price.input_default), minimum="0")
    yield Parameter(
        "output_seconds" if price.input_caps else "duration_seconds",
        "decimal",
        default=_digits(price.output_default),
        minimum=_bound(bounds.get("minimum")),
        maximum=_bound(bounds.get("maximum")),
    )


def _digits(length: int) -> str:
    return show_decimal(Fraction(length, SECOND))


def _bound(bound: float | None) -> str | None:
    """Return a bound of a schema in digits; none where there is none, or one below zero, which is no length."""
    return None if bound is None or bound < 0 else show_decimal(Fraction(str(bound)))


def _option(factor: Factor) -> Parameter:
    if set(factor.values) == _BOOLEAN:
        return Parameter(factor.field, "boolean", default=factor.default == "true")
    return Parameter(factor.field, "enum", default=factor.default, values=tuple(factor.values))


def _component(model: Model, seconds: tuple[str, ...]) -> dict[str, Any]:
    """Return the one part that a price has."""
    price = model.price
    name = f"{model.kind}_input_output" if price.input_caps else f"{model.kind}_output"
    unit = "request" if price.per_call else "input_plus_output_second" if price.input_caps else "output_second"
    priced_at = model.listing.priced_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return {
        "id": name,
        "role": name,
        "dimension": unit,
        "sku_id": model.listing.sku,
        "unit": unit,
        "billing_unit_size": 1,
        "display_unit_size": 1,
        "rate": show_money(price.rate),
        "minimum_charge": show_money(price.minimum),
        "billing_rule": price.rule,
        "pricing_status": "available",
        "effective_at": priced_at.replace("+00:00", "Z"),
        "quantity_rule": _quantity(seconds, price.factors),
        "rounding": {"point": "per_component_subtotal", "mode": "half_up"},
        "tiers": [],
    }


def _quantity(seconds: tuple[str, ...], factors: Iterable[Factor]) -> dict[str, Any]:
    """Return the expression for what the rate is multiplied by: the seconds, or one, times the worth of each option."""
    lengths = [{"op": "variable", "name": name} for name in seconds] or [_constant(Fraction(1))]
    return _over("multiply", [_over("add", lengths), *map(_worth, factors)])


def _worth(factor: Factor) -> dict[str, Any]:
    variable = {"op": "variable", "name": factor.field}
    if set(factor.values) == _BOOLEAN:
        return {"op": "if", "args": [variable, _constant(factor.values["true"]), _constant(factor.values["false"])]}
    return {
        "op": "lookup",
        "key": variable,
        "values": {key: show_decimal(worth) for key, worth in factor.values.items()},
    }


def _constant(number: Fraction) -> dict[str, Any]:
    return {"op": "constant", "value": show_decimal(number)}


def _over(operation: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an operation over several parts; a single one is itself."""
    return {"op": operation, "args": parts} if len(parts) > 1 else parts[0]
