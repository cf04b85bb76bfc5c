"""Pricing rules and estimates of models of other kinds than those that come with the package."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec
import pytest

from mock_server.core.catalog import Model, parse_model
from mock_server.core.errors import UnsupportedParameters
from mock_server.core.estimates import estimate, show_estimate
from mock_server.core.money import show_decimal, show_money
from mock_server.core.pricing_rules import PricingRule, make_prices, make_rule

ONE = {"op": "constant", "value": "1"}


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
        assert made.shown["components"][0]["quantity_rule"] == {"op": "variable", "name": "duration_seconds"}
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
    assert versions() != versions(cheap)


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
