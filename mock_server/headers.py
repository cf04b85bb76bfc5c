"""Headers as they come in by ASGI: names in lower case, all of it bytes."""

from collections.abc import Mapping


def header(headers: Mapping[bytes, bytes], name: bytes) -> str | None:
    """Return a header's value as text, or None."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
