"""What a request says, as ASGI has it: its headers, with names in lower case and all of it bytes, and its query."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.types import Scope


def header(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header's value as text, or None."""
    return text(headers.get(name))


def text(value: bytes | None) -> str | None:
    """Return as text the value of a header that may not be there."""
    return None if value is None else value.decode("latin-1")


def read_query(scope: Scope) -> dict[str, str]:
    """Return the query's names and values; of a name that stands twice, the last value."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
