"""How the catalogue lists a model: what a model file says of it beyond its page, its price and its times."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import msgspec

Word: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9._:-]{0,49})?$")]
"""A name as the catalogue has them; empty where it is to follow from the model."""


class Listing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model's place in the catalogue; everything can be left out.

    title: its name for people; empty for its id. product: what it belongs to; empty for its id. operation: what it
    does, in the catalogue's words, such as `text_to_video`; empty for generation of its kind. sku: the name of its
    price. priced_at: since when the price holds.
    """

    title: str = ""
    product: Word = ""
    operation: Word = ""
    sku: Word = "0"
    priced_at: Annotated[datetime, msgspec.Meta(tz=True)] = datetime(1970, 1, 1, tzinfo=UTC)
