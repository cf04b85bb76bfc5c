"""Pricing rules and estimates of models of other kinds than those that come with the package."""

import re
from collections.abc import Mapping
from fractions import Fraction

import msgspec
import pytest

from mock_server.core.catalog.amounts import show_decimal, show_money
from mock_server.core.catalog.estimates import estimate, show_estimate
from mock_server.core.catalog.pricing_rules import PricingRule, make_prices, make_rule
from mock_server.core.errors import UnsupportedParameters
from mock_server.core.models.model import Model
from tests.core.model_files import parse_model

ONE = {"op": "constant", "value": "1"}
BOUNDS = {"properties": {"duration": {"minimum": 2, "maximum": 10}}}
PART = {
    "id": "video_input_output",
    "role": "video_input_output",
    "dimension": "input_plus_output_second",
    "sku_id": "1332",
    "unit": "input_plus_output_second",
    "billing_unit_size": 1,
    "display_unit_size": 1,
    "rate": {"uc": "23800", "credits": "2.38", "cny": "0.238", "usd": "0.035"},
    "minimum_charge": {"uc": "90000", "credits": "9", "cny": "0.9", "usd": "0.13235294"},
    "billing_rule": "per_second",
    "pricing_status": "available",
    "effective_at": "2026-10-08T20:40:06.504Z",
    "tiers": [],
}
WORTH = {
    "op": "multiply",
    "args": [
        {
            "op": "add",
            "args": [{"op": "variable", "name": "input_seconds"}, {"op": "variable", "name": "output_seconds"}],
        },
        {
            "op": "lookup",
            "key": {"op": "variable", "name": "quality"},
            "values": {"720p": "1", "1080p": "1.67"},
        },
        {
            "op": "if",
            "args": [
                {"op": "variable", "name": "generate_audio"},
                {"op": "constant", "value": "1"},
                {"op": "constant", "value": "0.5"},
            ],
        },
    ],
}
SHOWN = {
    "model_id": "wan2.6-reference-video-flash",
    "product_id": "wan-2-6-flash",
    "operation": "reference_to_video",
    "modality": "video",
    "lifecycle": "active",
    "pricing_status": "available",
    "settlement_basis": "request_then_actual",
    "policy_version": 1,
    "policy_source": "published",
}


def sketch(price: Mapping[str, object]) -> Model:
    """Return a model that makes pictures, at this price."""
    form = {
        "id": "sketch-1",
        "page": "sketch-1",
        "object": "image.generation.task",
        "type": "image",
        "kind": "image",
        "created": 1_772_496_000,
        "owned_by": "nobody",
        "result": {"folder": "images", "suffix": "png"},
        "price": price,
        "timing": {"queue_seconds": [0, 1], "run_seconds": [1, 1], "estimate_seconds": 0},
    }
    return parse_model(msgspec.json.encode(form))


def rule(**price: object) -> PricingRule:
    """Return the rule of a model that makes pictures, at this price."""
    return make_rule(sketch(price), {})


@pytest.mark.clauses("CATALOG-RULES", "CATALOG-VIEW", "CATALOG-EXACT")
def test_the_rule_of_a_price_by_the_second(flash: Model) -> None:
    """What it depends on, by which expression, at which rate, and the least; in short without what works it out."""
    made = make_rule(flash, BOUNDS)
    checksum = made.shown["policy_checksum"]
    assert made.seconds == ("input_seconds", "output_seconds")
    assert msgspec.json.decode(msgspec.json.encode(made.shown)) == {
        **SHOWN,
        "policy_checksum": checksum,
        "parameters": [
            {"name": "input_seconds", "type": "decimal", "default": "5", "minimum": "0"},
            {"name": "output_seconds", "type": "decimal", "default": "5", "minimum": "2", "maximum": "10"},
            {"name": "quality", "type": "enum", "default": "720p", "values": ["720p", "1080p"]},
            {"name": "generate_audio", "type": "boolean", "default": True},
        ],
        "components": [
            {**PART, "quantity_rule": WORTH, "rounding": {"point": "per_component_subtotal", "mode": "half_up"}}
        ],
    }
    assert made.summary() == {**SHOWN, "policy_checksum": checksum, "components": [PART]}


@pytest.mark.clauses("ESTIMATE-AMOUNT", "CATALOG-EXACT")
def test_an_estimate_is_shown_part_by_part(flash: Model) -> None:
    """The one part has its quantity, its rate and what it comes to; the whole is the same in four units."""
    made = make_rule(flash, BOUNDS)
    found = estimate(made, {"quality": "1080p", "input_seconds": "5", "output_seconds": 5.0})
    assert found.assumptions == ("generate_audio is true, its default",)
    amounts = {"uc": "397460", "credits": "39.746", "cny": "3.9746", "usd": "0.5845"}
    kept = ("policy_version", "model_id", "product_id", "operation", "settlement_basis")
    assert show_estimate(made, found) == {
        **{name: SHOWN[name] for name in kept},
        "policy_checksum": made.shown["policy_checksum"],
        "currency": "USD",
        "amount": "0.5845",
        "amounts": amounts,
        "components": [
            {
                **{name: PART[name] for name in ("id", "role", "dimension", "sku_id", "unit", "billing_rule")},
                "quantity": "16.7",
                "billed_quantity": "16.7",
                "unit_price": "0.035",
                "subtotal": "0.5845",
                "unit_price_amounts": PART["rate"],
                "subtotal_amounts": amounts,
                "minimum_charge_amounts": PART["minimum_charge"],
                "tier_multiplier": "1",
                "minimum_charge_applied": False,
                "applied_rules": [],
            }
        ],
        "assumptions": ["generate_audio is true, its default"],
    }


@pytest.mark.clauses("ESTIMATE-AMOUNT", "BILL-PARTS")
@pytest.mark.parametrize(
    ("given", "credits_", "quantity", "is_least"),
    [
        ({}, "23.8", 10, False),
        ({"output_seconds": 2}, "16.66", 7, False),
        ({"output_seconds": "10"}, "35.7", 15, False),
        ({"output_seconds": 2.1}, "16.898", Fraction(71, 10), False),
        ({"input_seconds": 0}, "11.9", 5, False),
        ({"input_seconds": "0.000000000000000000000000000001"}, "11.9", Fraction(5) + Fraction(1, 10**30), False),
        ({"generate_audio": False}, "11.9", 5, False),
        ({"generate_audio": False, "output_seconds": 2}, "9", Fraction(7, 2), True),
        ({"quality": "1080p", "generate_audio": False, "input_seconds": 0}, "9.9365", Fraction(167, 40), False),
    ],
)
def test_what_a_generation_would_set_aside(
    flash: Model, given: Mapping[str, str | float | bool], credits_: str, quantity: Fraction, *, is_least: bool
) -> None:
    """The seconds times the worth of the options times the rate, and not below the least."""
    found = estimate(make_rule(flash, BOUNDS), given)
    assert Fraction(found.amount, 10_000) == Fraction(credits_)
    assert (found.quantity, found.is_least) == (quantity, is_least)


@pytest.mark.clauses("ESTIMATE-REFUSED")
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("output_seconds", 1.99, "must be a number from 2 to 10, got 1.99"),
        ("output_seconds", "10.1", 'must be a number from 2 to 10, got "10.1"'),
        ("output_seconds", True, "must be a number from 2 to 10, got true"),
        ("input_seconds", True, "must be a number, 0 or more, got true"),
        ("output_seconds", "05", 'must be a number from 2 to 10, got "05"'),
        ("input_seconds", -1, "must be a number, 0 or more, got -1"),
        ("quality", "4k", 'must be one of 720p, 1080p, got "4k"'),
        ("generate_audio", "true", 'must be true or false, got "true"'),
        ("generate_audio", 1, "must be true or false, got 1"),
    ],
)
def test_values_without_a_price(flash: Model, name: str, value: str | float, told: str) -> None:
    """What a parameter cannot be is refused by its name, with what it can be."""
    with pytest.raises(UnsupportedParameters) as caught:
        estimate(make_rule(flash, BOUNDS), {name: value})
    assert str(caught.value) == f"parameters.{name} {told}"
    assert (caught.value.param, caught.value.clauses) == (f"parameters.{name}", ("ESTIMATE-REFUSED",))


@pytest.mark.clauses("ESTIMATE-REFUSED")
def test_parameters_that_a_rule_does_not_have(flash: Model) -> None:
    """A name that is none of the rule's is refused with those that are."""
    with pytest.raises(UnsupportedParameters) as caught:
        estimate(make_rule(flash, BOUNDS), {"length": 5})
    names = "input_seconds, output_seconds, quality, generate_audio"
    assert str(caught.value) == f'parameters may have {names}, got "length"'
    assert (caught.value.param, caught.value.clauses) == ("parameters.length", ("ESTIMATE-REFUSED",))


def test_a_price_for_each_call() -> None:
    """There is nothing to be measured: what is billed is one request."""
    made = rule(rule="per_call", credits_per_call=1.5)
    part = made.shown["components"][0]
    assert (made.parameters, made.shown["settlement_basis"]) == ((), "request_only")
    assert (part["unit"], part["quantity_rule"], part["rate"]["credits"]) == ("request", ONE, "1.5")
    assert (made.shown["operation"], made.shown["product_id"]) == ("image_generation", "sketch-1")
    found = estimate(made, {})
    assert (found.amount, found.quantity, found.assumptions) == (15_000, Fraction(1), ())
    assert show_estimate(made, found)["amounts"]["credits"] == "1.5"
    with pytest.raises(UnsupportedParameters, match="parameters may have nothing"):
        estimate(made, {"seconds": 5})


def test_a_length_without_bounds() -> None:
    """A page that does not bound the length, or lets it be left open by a number below zero, bounds no parameter."""
    price = {"rule": "per_second", "credits_per_second": 1, "output": {"field": "seconds", "default": 2.5}}
    for bounds in ({}, {"properties": {"seconds": {"minimum": -1}}}):
        made = make_rule(sketch(price), bounds)
        (length,) = made.parameters
        assert (length.default, length.minimum, length.maximum) == ("2.5", None, None)
        (part,) = made.shown["components"]
        assert part["quantity_rule"] == {"op": "variable", "name": "duration_seconds"}
        assert (part["id"], part["unit"]) == ("image_output", "output_second")
        assert estimate(made, {"duration_seconds": 1e2}).amount == 1_000_000
        with pytest.raises(UnsupportedParameters, match="must be a number, 0 or more"):
            estimate(made, {"duration_seconds": "1/2"})


def test_what_changes_with_what() -> None:
    """The list's version follows the models, the prices' version the prices."""

    def versions(*models: Model) -> tuple[str, str]:
        prices = make_prices({model.id: model for model in models}, {model.id: {} for model in models})
        return prices.catalog_version, prices.pricing_version

    cheap, dear = (sketch({"rule": "per_call", "credits_per_call": credits_}) for credits_ in (1, 2))
    assert versions(cheap) == versions(cheap)
    assert versions(cheap)[0] == versions(dear)[0]
    assert versions(cheap)[1] != versions(dear)[1]
    assert len({make_rule(model, {}).shown["policy_checksum"] for model in (cheap, dear)}) == 2
    assert versions()[0] != versions(cheap)[0]
    assert versions()[1] != versions(cheap)[1]
    for version, kind in zip(versions(cheap), ("cat", "prc"), strict=True):
        assert re.fullmatch(rf"{kind}_[0-9a-f]{{24}}", version)


def test_every_model_has_its_rule(flash: Model) -> None:
    """With the bounds of its own form."""
    pictures = sketch({"rule": "per_call", "credits_per_call": 1})
    prices = make_prices({flash.id: flash, pictures.id: pictures}, {flash.id: BOUNDS, pictures.id: {}})
    assert prices.rules == {flash.id: make_rule(flash, BOUNDS), pictures.id: make_rule(pictures, {})}


@pytest.mark.clauses("CATALOG-EXACT")
@pytest.mark.parametrize(
    ("amount", "usd", "credits_"),
    [
        (0, "0", "0"),
        (1, "0.00000147", "0.0001"),
        (680_000, "1", "68"),
        (60_000, "0.08823529", "6"),
        (10**13, "14705882.35294118", "1000000000"),
    ],
)
def test_money(amount: int, usd: str, credits_: str) -> None:
    """Digits without an exponent and without zeros at the end; dollars to eight places."""
    shown = show_money(amount)
    assert (shown["uc"], shown["usd"], shown["credits"]) == (str(amount), usd, credits_)
    assert Fraction(shown["cny"]) == Fraction(amount, 100_000)


@pytest.mark.parametrize(
    ("number", "places", "shown"), [("5/2", 0, "3"), ("1/2", 1, "0.5"), ("1/8", 2, "0.13"), ("100", 0, "100")]
)
def test_decimals(number: str, places: int, shown: str) -> None:
    """They are rounded half up."""
    assert show_decimal(Fraction(number), places=places) == shown
