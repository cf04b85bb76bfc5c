"""The models that are served, as data: what a page does not say of a model, read from a file beside it.

A model file is YAML (see `mock_server/models/`); `parse_model` takes its text and returns exact numbers. The request's
schema, bounds and defaults are not here: they are the page's.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

import msgspec

from mock_server.core.billing import Factor, Price
from mock_server.core.references import ReferenceRules
from mock_server.core.timeline import Timing
from mock_server.core.types import CREDIT, SECOND

_SIDES: Final = range(64, 4_097, 2)


class ModelFileError(ValueError):
    """A model file does not have the form of one. The message names the field and what was expected."""


class Model(msgspec.Struct, frozen=True):
    """One model: its id, the page that describes it, what its tasks are called, its price and its times.

    `created` is in seconds since the epoch, as `GET /v1/models` shows it. `sizes` are the widths and heights of its
    results in pixels, by quality and then by aspect ratio; a model that does not say has none. `references` is what it
    asks of reference videos; None if it takes none.
    """

    id: str
    page: str
    object: str
    type: str
    created: int
    owned_by: str
    folder: str
    suffix: str
    price: Price
    timing: Timing
    sizes: Mapping[str, Mapping[str, tuple[int, int]]] = {}
    references: ReferenceRules | None = None


class _FactorForm(msgspec.Struct, forbid_unknown_fields=True):
    default: str
    values: dict[str, Decimal]

    def __post_init__(self) -> None:
        _refuse_below_zero(*self.values.values())
        if self.default not in self.values:
            raise ValueError(f"default {self.default!r} is none of the values")


class _InputForm(msgspec.Struct, forbid_unknown_fields=True):
    caps: list[Decimal]
    default: Decimal

    def __post_init__(self) -> None:
        _refuse_below_zero(self.default, *self.caps)


class _OutputForm(msgspec.Struct, forbid_unknown_fields=True):
    field: str
    default: Decimal

    def __post_init__(self) -> None:
        _refuse_below_zero(self.default)


class _PriceForm(msgspec.Struct, forbid_unknown_fields=True):
    rule: str
    credits_per_second: Decimal
    minimum_credits: Decimal
    output: _OutputForm
    input: _InputForm | None = None
    factors: dict[str, _FactorForm] = {}

    def __post_init__(self) -> None:
        _refuse_below_zero(self.credits_per_second, self.minimum_credits)


class _TimingForm(msgspec.Struct, forbid_unknown_fields=True):
    queue_seconds: tuple[Decimal, Decimal]
    run_seconds: tuple[Decimal, Decimal]
    estimate_seconds: int

    def __post_init__(self) -> None:
        _refuse_below_zero(*self.queue_seconds, *self.run_seconds, Decimal(self.estimate_seconds))
        for name, (shortest, longest) in (("queue_seconds", self.queue_seconds), ("run_seconds", self.run_seconds)):
            if shortest > longest:
                raise ValueError(f"{name} must be the shortest and then the longest time")


class _ResultForm(msgspec.Struct, forbid_unknown_fields=True):
    folder: str
    suffix: str
    sizes: dict[str, dict[str, tuple[int, int]]] = {}

    def __post_init__(self) -> None:
        sides = [side for ratios in self.sizes.values() for size in ratios.values() for side in size]
        if any(side not in _SIDES for side in sides):
            raise ValueError(f"sizes must be even numbers of pixels from {_SIDES[0]} to {_SIDES[-1]}")


class _ReferencesForm(msgspec.Struct, forbid_unknown_fields=True):
    field: str
    formats: list[str]
    seconds: tuple[Decimal, Decimal]
    bytes: int

    def __post_init__(self) -> None:
        shortest, longest = self.seconds
        _refuse_below_zero(shortest, longest, Decimal(self.bytes))
        if shortest > longest:
            raise ValueError("seconds must be the shortest and then the longest length")


class _ModelForm(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    page: str
    object: str
    type: str
    created: int
    owned_by: str
    result: _ResultForm
    price: _PriceForm
    timing: _TimingForm
    references: _ReferencesForm | None = None


def parse_model(text: bytes) -> Model:
    """Read a model file.

    Raises:
        ModelFileError: A field is missing, unknown, of another type or out of bounds; the message says which.
    """
    try:
        form = msgspec.yaml.decode(text, type=_ModelForm, strict=False)
    except msgspec.MsgspecError as error:
        raise ModelFileError(f"not a model file: {error}") from error
    return Model(
        id=form.id,
        page=form.page,
        object=form.object,
        type=form.type,
        created=form.created,
        owned_by=form.owned_by,
        folder=form.result.folder,
        suffix=form.result.suffix,
        price=_price(form.price),
        timing=Timing(
            queue=_range(form.timing.queue_seconds),
            run=_range(form.timing.run_seconds),
            estimate=form.timing.estimate_seconds,
        ),
        sizes=form.result.sizes,
        references=_references(form.references) if form.references else None,
    )


def by_id(models: tuple[Model, ...]) -> Mapping[str, Model]:
    """Index models by their ids, in the order given."""
    return {model.id: model for model in models}


def _refuse_below_zero(*numbers: Decimal) -> None:
    if not all(number.is_finite() and number >= 0 for number in numbers):
        raise ValueError("numbers must be finite and not below zero")


def _price(form: _PriceForm) -> Price:
    return Price(
        rule=form.rule,
        rate=int(form.credits_per_second * CREDIT),
        minimum=int(form.minimum_credits * CREDIT),
        factors=tuple(
            Factor(field, factor.default, {key: Fraction(value) for key, value in factor.values.items()})
            for field, factor in form.factors.items()
        ),
        input_caps=tuple(_microseconds(cap) for cap in form.input.caps) if form.input else (),
        input_default=_microseconds(form.input.default) if form.input else 0,
        output_field=form.output.field,
        output_default=_microseconds(form.output.default),
    )


def _references(form: _ReferencesForm) -> ReferenceRules:
    shortest, longest = _range(form.seconds)
    return ReferenceRules(form.field, tuple(form.formats), shortest, longest, form.bytes)


def _range(seconds: tuple[Decimal, Decimal]) -> tuple[int, int]:
    return _microseconds(seconds[0]), _microseconds(seconds[1])


def _microseconds(seconds: Decimal) -> int:
    return int(seconds * SECOND)
