"""What a task must cost, worked out from the price list by the judge itself (BILL-PARTS to BILL-IN-CAP).

Exact fractions all the way; a price is rounded half up to 0.0001 credit in the end.
"""

import functools
import math
from collections.abc import Mapping
from fractions import Fraction
from importlib import resources
from typing import Any, Final

import msgspec
import yaml

_GRAIN: Final = Fraction(1, 10_000)
"""The smallest amount of credits."""

NEAR: Final = 0.00051
"""By how much two amounts of credits may differ that are the same: five grains, and what floats do to them."""


class Factor(msgspec.Struct, frozen=True):
    """What a field of the request multiplies the price by: its values, and the one that it has when left out."""

    default: str | bool
    values: dict[str | bool, Fraction]


class Price(msgspec.Struct, frozen=True):
    """The price of a model, in credits and seconds; `inputs` is the field whose videos are billed, if there is one."""

    credits_per_second: Fraction
    least: Fraction
    output: str
    output_default: Fraction
    factors: dict[str, Factor]
    inputs: str | None = None
    input_default: Fraction = Fraction(0)
    input_caps: tuple[Fraction, ...] = (Fraction(0),)


class Order(msgspec.Struct, frozen=True):
    """What a request asks for, as far as it is billed: of which model, for what price, how long, by which inputs."""

    model: str
    price: Price
    seconds: Fraction
    factor: Fraction
    inputs: tuple[str, ...]

    @property
    def most_input(self) -> Fraction:
        """The most seconds that the inputs can count."""
        return max(self._cap * len(self.inputs), self.price.input_default)

    @property
    def _cap(self) -> Fraction:
        return self.price.input_caps[min(len(self.inputs), len(self.price.input_caps)) - 1]

    def count_input(self, lengths: Mapping[str, float]) -> Fraction | None:
        """Return how many seconds the inputs count if they have these lengths; None if one is not known."""
        known = [lengths[url] for url in self.inputs if url in lengths]
        if len(known) < len(self.inputs):
            return None
        return sum((min(_fraction(length), self._cap) for length in known), Fraction(0))

    def cost(self, input_seconds: Fraction, output_seconds: Fraction | None = None) -> float:
        """Return the credits for so many seconds of input; and of output, if that is not what was asked for."""
        seconds = input_seconds + (self.seconds if output_seconds is None else output_seconds)
        exact = max(self.price.least, seconds * self.price.credits_per_second * self.factor)
        return float(math.floor(exact / _GRAIN + Fraction(1, 2)) * _GRAIN)

    def find_input(self, cost: float) -> Fraction | None:
        """Return for how many seconds of input the cost stands; None if it is the least, which stands for many."""
        if cost <= float(self.price.least) + NEAR:
            return None
        return _fraction(cost) / self.price.credits_per_second / self.factor - self.seconds


@functools.cache
def load_prices() -> Mapping[str, Price]:
    """Return the price of each model that is known, by the model's id."""
    text = resources.files(__package__).joinpath("prices.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), dict[str, Price], dec_hook=_read_fraction)


def read_order(body: Mapping[str, Any]) -> Order | None:
    """Read what a request asks for; None if its price is not known, or cannot be: it breaks the contract."""
    model = body.get("model")
    price = load_prices().get(model) if isinstance(model, str) else None
    if not isinstance(model, str) or price is None:
        return None
    inputs: Any = [] if price.inputs is None else body.get(price.inputs)
    seconds = body.get(price.output, price.output_default)
    factor = _factor(price, body)
    whole = isinstance(seconds, int | Fraction) and not isinstance(seconds, bool)
    named = isinstance(inputs, list) and (bool(inputs) or price.inputs is None)
    if factor is None or not whole or not named:
        return None
    return Order(model, price, Fraction(seconds), factor, tuple(map(str, inputs)))


def _factor(price: Price, body: Mapping[str, Any]) -> Fraction | None:
    """Return what the request's fields multiply the price by; None if one of them has no known value."""
    product = Fraction(1)
    for name, factor in price.factors.items():
        asked = body.get(name, factor.default)
        if not isinstance(asked, type(factor.default)) or asked not in factor.values:
            return None
        product *= factor.values[asked]
    return product


def _fraction(number: float) -> Fraction:
    return Fraction(repr(number))


def _read_fraction(kind: type, value: object) -> Fraction:
    assert kind is Fraction  # noqa: S101 - there is no other type to be read
    return Fraction(str(value))
