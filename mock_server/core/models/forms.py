"""The form of a model file, as it is written: what may stand in it, and what cannot be."""

from decimal import Decimal
from typing import Final, Literal

import msgspec

from mock_server.core.models.listing import Listing
from mock_server.core.models.references import Kind

SIDES: Final = range(64, 4_097, 2)
"""The widths and heights that can be drawn, in pixels: even numbers."""


class FactorForm(msgspec.Struct, forbid_unknown_fields=True):
    """A field that makes a task dearer or cheaper: its values, and the one that it has when left out."""

    default: str
    values: dict[str, Decimal]

    def __post_init__(self) -> None:
        _refuse_below_zero(*self.values.values())
        if self.default not in self.values:
            raise ValueError(f"default {self.default!r} is none of the values")


class InputForm(msgspec.Struct, forbid_unknown_fields=True):
    """How references are counted: the seconds of each by their number, and what counts where none was measured."""

    caps: list[Decimal]
    default: Decimal

    def __post_init__(self) -> None:
        _refuse_below_zero(self.default, *self.caps)


class OutputForm(msgspec.Struct, forbid_unknown_fields=True):
    """Which field asks for a length, and the seconds that are meant when it is left out."""

    field: str
    default: Decimal

    def __post_init__(self) -> None:
        _refuse_below_zero(self.default)


class PriceForm(msgspec.Struct, forbid_unknown_fields=True):
    """What a task costs."""

    rule: str | None = None
    credits_per_second: Decimal | None = None
    credits_per_call: Decimal | None = None
    minimum_credits: Decimal = Decimal(0)
    output: OutputForm = msgspec.field(default_factory=lambda: OutputForm("duration", Decimal(5)))
    input: InputForm | None = None
    factors: dict[str, FactorForm] = {}

    def __post_init__(self) -> None:
        if (self.credits_per_second is None) == (self.credits_per_call is None):
            raise ValueError("price must have one of credits_per_second and credits_per_call")
        _refuse_below_zero(self.rate, self.minimum_credits)

    @property
    def rate(self) -> Decimal:
        """The credits for a second, or for a call."""
        return self.credits_per_second or self.credits_per_call or Decimal(0)


class TimingForm(msgspec.Struct, forbid_unknown_fields=True):
    """How long tasks wait and run, from and to, and what is announced."""

    queue_seconds: tuple[Decimal, Decimal]
    run_seconds: tuple[Decimal, Decimal]
    estimate_seconds: int

    def __post_init__(self) -> None:
        _refuse_below_zero(*self.queue_seconds, *self.run_seconds, Decimal(self.estimate_seconds))
        for name, (shortest, longest) in (("queue_seconds", self.queue_seconds), ("run_seconds", self.run_seconds)):
            if shortest > longest:
                raise ValueError(f"{name} must be the shortest and then the longest time")


class ResultForm(msgspec.Struct, forbid_unknown_fields=True):
    """What results are: their folder and suffix, and their sizes by quality and then by aspect ratio."""

    folder: str
    suffix: Literal["mp4", "png", "mp3"]
    sizes: dict[str, dict[str, tuple[int, int]]] = {}
    quality_fields: tuple[str, ...] = ("quality",)
    ratio_fields: tuple[str, ...] = ("aspect_ratio",)

    def __post_init__(self) -> None:
        sides = [side for ratios in self.sizes.values() for size in ratios.values() for side in size]
        if any(side not in SIDES for side in sides):
            raise ValueError(f"sizes must be even numbers of pixels from {SIDES[0]} to {SIDES[-1]}")


class ReferencesForm(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked of the files of one field."""

    field: str
    formats: list[str]
    bytes: int
    seconds: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    kind: Kind = "video"
    single: bool = False
    pixels: tuple[int, int] | None = None
    transparent: bool = True

    def __post_init__(self) -> None:
        shortest, longest = self.seconds
        _refuse_below_zero(shortest, longest, Decimal(self.bytes))
        if self.kind != "image" and not longest:
            raise ValueError("seconds are missing, which tell how long it may be")
        if shortest > longest:
            raise ValueError("seconds must be the shortest and then the longest length")


class ModelForm(msgspec.Struct, forbid_unknown_fields=True):
    """A model file as a whole."""

    id: str
    page: str
    object: str
    type: str
    created: int
    owned_by: str
    result: ResultForm
    price: PriceForm
    timing: TimingForm
    references: list[ReferencesForm] = []
    listing: Listing = Listing()
    kind: Literal["video", "image", "audio"] | None = None


def _refuse_below_zero(*numbers: Decimal) -> None:
    if not all(number.is_finite() and number >= 0 for number in numbers):
        raise ValueError("numbers must be finite and not below zero")
