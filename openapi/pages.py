"""The compiled documents, one for each page of the documentation."""

import functools
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import msgspec

Document: TypeAlias = dict[str, Any]
"""An OpenAPI 3.1 document. One that was loaded is shared: copy it before changing it."""

View: TypeAlias = Literal["published", "strict"]
"""`published` says what the pages say; `strict` adds what the overlay makes checkable."""


@functools.cache
def load_pages(view: View = "strict") -> Mapping[str, Document]:
    """Return the documents of one view by the name of their page, such as `get-task-detail`.

    Pages that today's documentation does not list have `info.x-source: observed`; the others `published`.
    """
    text = resources.files(__package__).joinpath("compiled", f"{view}.json").read_bytes()
    return MappingProxyType(msgspec.json.decode(text, type=dict[str, Document]))
