"""Forms, and the pieces in which they may come."""

from collections.abc import Sequence
from typing import Final

from hypothesis import strategies as st

BOUNDARY: Final = "frontier"

TYPE: Final = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, *, head: str = "", file_name: str | None = None) -> bytes:
    """Write one part of a form."""
    named = "" if file_name is None else f'; filename="{file_name}"'
    line = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{head}\r\n'
    return line.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """Write a form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def cut(text: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut a text at some places, wherever they are."""
    ends = sorted(place % (len(text) + 1) for place in places)
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


PLACES = st.lists(st.integers(0, 10_000), max_size=8)
