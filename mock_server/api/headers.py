"""Headers as they come in by ASGI: names in lower case, all of it bytes."""

from collections.abc import Mapping


def header(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header's value as text, or None."""
    return text(headers.get(name))


def text(value: bytes | None) -> str | None:
    """Return as text the value of a header that may not be there."""
    return None if value is None else value.decode("latin-1")
