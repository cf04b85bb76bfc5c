"""The models that are served, as data: what a page does not say of a model, read from a file beside it.

A model file is YAML (see `mock_server/models/`); `parse_layer` takes its text, and `make_model` returns exact numbers.
What a file leaves out may come from others, in layers. The request's schema, bounds and defaults are not here: they are
the page's.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

import msgspec

from mock_server.core.models.forms import SIDES, ModelForm, PriceForm, ReferencesForm
from mock_server.core.models.listing import Listing
from mock_server.core.models.references import ReferenceRules
from mock_server.core.tasks.billing import Factor, Price
from mock_server.core.tasks.timeline import Timing
from mock_server.core.types import CREDIT, SECOND

T = TypeVar("T")

_KINDS: Final = ("video", "image", "audio")
_SIZE: Final = re.compile(r"([0-9]{2,4})[xX*]([0-9]{2,4})")


class ModelFileError(ValueError):
    """A model file does not have the form of one. The message names the field and what was expected."""


class Model(msgspec.Struct, frozen=True):
    """One model: its id, the page that describes it, what its tasks are called, its price and its times.

    `kind` is what it makes: video, image or audio. `created` is in seconds since the epoch, as `GET /v1/models` shows
    it. `sizes` are the widths and heights of its results in pixels, by quality and then by aspect ratio; a model that
    does not say has none. `quality_fields` and `ratio_fields` are the fields of a request that can name them, and what
    none names is the first. `references` is what it asks of the videos, pictures and sounds that a request names,
    `listing` how the catalogue lists it, and `sources` where each part of this comes from.
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
    references: tuple[ReferenceRules, ...] = ()
    listing: Listing = Listing()
    kind: str = "video"
    quality_fields: tuple[str, ...] = ("quality",)
    ratio_fields: tuple[str, ...] = ("aspect_ratio",)
    sources: Mapping[str, str] = {}

    def size(self, request: Mapping[str, Any]) -> tuple[int, int] | None:
        """Return the width and height of the result of a request, in pixels; None of a model that has no sizes.

        A field may name the size itself, such as 1024x1536.
        """
        for field in self.ratio_fields:
            size = _read_size(request.get(field))
            if size is not None:
                return size
        ratios = _pick(self.sizes, request, self.quality_fields)
        return None if ratios is None else _pick(ratios, request, self.ratio_fields)


class Layer(msgspec.Struct, frozen=True):
    """What one source says of a model, by the names of a model file, and what to call that source."""

    source: str
    content: Mapping[str, Any]


SECTIONS: Final = ("price", "timing", "result", "references", "listing")
"""The parts of a model file of which one source may have some and another the rest."""


def parse_layer(text: bytes) -> dict[str, Any]:
    """Read a model file that may leave things out.

    Raises:
        ModelFileError: It is no YAML, or has no names and values.
    """
    try:
        return msgspec.yaml.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ModelFileError(f"not a model file: {error}") from error


def make_model(*layers: Layer) -> Model:
    """Make a model of what several sources say, the last of them first to be believed.

    A price is one source's as a whole, as the references are; of the other parts each value is the last that was said.

    Raises:
        ModelFileError: A field is missing, unknown, of another type or out of bounds; the message says which.
    """
    content: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for name, value in layer.content.items():
            merges = name != "price" and isinstance(value, dict) and isinstance(content.get(name), dict)
            content[name] = {**content[name], **value} if merges else value
            sources[name] = layer.source
    return _build(content, {name: sources[name] for name in SECTIONS if name in sources})


def _build(content: Mapping[str, Any], sources: Mapping[str, str]) -> Model:
    try:
        form = msgspec.convert(content, ModelForm, strict=False)
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
        references=tuple(map(_references, form.references)),
        listing=form.listing,
        kind=form.kind or (form.type if form.type in _KINDS else _KINDS[0]),
        quality_fields=form.result.quality_fields,
        ratio_fields=form.result.ratio_fields,
        sources=sources,
    )


def _pick(table: Mapping[str, T], request: Mapping[str, Any], fields: Iterable[str]) -> T | None:
    """Return what the first field leads to that names something of a table; the table's first where none does."""
    named = (request.get(field) for field in fields)
    found = next((name for name in named if isinstance(name, str) and name in table), next(iter(table), None))
    return None if found is None else table[found]


def _read_size(value: object) -> tuple[int, int] | None:
    """Read a size such as 1024x1536; what cannot be drawn is none."""
    said = _SIZE.fullmatch(value) if isinstance(value, str) else None
    sides = (int(said[1]), int(said[2])) if said else (0, 0)
    return sides if all(side in SIDES for side in sides) else None


def _price(form: PriceForm) -> Price:
    return Price(
        rule=form.rule or ("per_second" if form.credits_per_call is None else "per_call"),
        rate=int(form.rate * CREDIT),
        per_call=form.credits_per_call is not None,
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


def _references(form: ReferencesForm) -> ReferenceRules:
    shortest, longest = _range(form.seconds)
    return ReferenceRules(
        form.field,
        tuple(form.formats),
        shortest,
        longest,
        form.bytes,
        kind=form.kind,
        single=form.single,
        pixels=form.pixels,
        transparent=form.transparent,
    )


def _range(seconds: tuple[Decimal, Decimal]) -> tuple[int, int]:
    return _microseconds(seconds[0]), _microseconds(seconds[1])


def _microseconds(seconds: Decimal) -> int:
    return int(seconds * SECOND)
