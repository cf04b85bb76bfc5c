"""Exchanges as others recorded them, made into those of a record: keys masked, bodies unpacked, times put in order."""

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from contracts.recording.exchange import Exchange, Pair
from contracts.recording.masking import Mask, fingerprint, read_bearer

TICK: Final = 1e-6
"""By how many seconds what follows at the same time is told apart from what went before."""

_BLOT: Final = re.compile(
    r"(?:bearer\s+)?[\W_]*(?:redacted|removed|hidden|filtered|masked|dummy|x{3,})[\W_]*|\*+", re.IGNORECASE
)
_PACKED: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_UNPACKED: Final = (b"", b"{", b"[")
_LARGEST: Final = 64 * 2**20
"""How many bytes of a packed body are unpacked."""


class RecordingError(ValueError):
    """A recording cannot be used. The message says in one sentence what is wrong with it."""


def take_in(exchanges: Iterable[Exchange]) -> tuple[Exchange, ...]:
    """Return exchanges with the names of headers in small letters, and with fingerprints in the place of keys.

    Keys are learnt from all of them first, so that one is also found where it stands before it was first used. An
    Authorization header that whoever recorded it has blotted out is left out: it says nothing.
    """
    mask = Mask()
    lowered = [_lower(exchange) for exchange in exchanges]
    for exchange in lowered:
        mask.learn(exchange.request_headers)
    return tuple(_mask(exchange, mask) for exchange in lowered)


def _lower(exchange: Exchange) -> Exchange:
    return msgspec.structs.replace(
        exchange,
        method=exchange.method.upper(),
        request_headers=_plain(exchange.request_headers),
        response_headers=_plain(exchange.response_headers),
    )


def _plain(headers: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return headers without what HTTP/2 has in the place of a request line, and without blots."""
    lowered = ((name.lower(), value) for name, value in headers if not name.startswith(":"))
    return tuple((name, value) for name, value in lowered if name != "authorization" or not _BLOT.fullmatch(value))


def _mask(exchange: Exchange, mask: Mask) -> Exchange:
    return msgspec.structs.replace(
        exchange,
        url=mask.text(exchange.url),
        request_headers=tuple((name, _mask_header(name, value, mask)) for name, value in exchange.request_headers),
        request_body=mask.body(exchange.request_body),
        response_headers=tuple((name, mask.text(value)) for name, value in exchange.response_headers),
        response_body=mask.body(exchange.response_body),
    )


def _mask_header(name: str, value: str, mask: Mask) -> str:
    """Return a header without keys; how a key is written otherwise, with two spaces say, stays."""
    key = read_bearer(value) if name == "authorization" else None
    return mask.text(value) if key is None else value.replace(key, fingerprint(key))


def unpack(body: bytes, headers: Iterable[Pair]) -> bytes | None:
    """Return a body as it was before it was packed for the way (Content-Encoding); None if it cannot be unpacked.

    Some recorders unpack bodies and leave the header as it was, so JSON counts as unpacked whatever the header says.
    """
    coding = next((value.strip().lower() for name, value in headers if name.lower() == "content-encoding"), "identity")
    if coding in {"identity", ""} or body[:1] in _UNPACKED:
        return body
    if coding not in _PACKED:
        return None
    unpacker = zlib.decompressobj(_PACKED[coding])
    try:
        return unpacker.decompress(body, _LARGEST)
    except zlib.error:
        return None


def pairs_of(headers: Mapping[str, object]) -> tuple[Pair, ...]:
    """Return headers that are written as a mapping, of names to a value or to several."""
    return tuple(
        (str(name), text_of(value))
        for name, values in headers.items()
        for value in (values if isinstance(values, list | tuple) else (values,))
    )


def text_of(value: object) -> str:
    """Return a text; one that is written as bytes has a character for each."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def find_cut(exchange: Exchange, size: int) -> str | None:
    """Tell why an answer of which so many bytes came is not whole; None if nothing speaks against it."""
    lengths = {value for name, value in exchange.response_headers if name.lower() == "content-length"}
    if exchange.method == "HEAD" or any(name.lower() == "content-encoding" for name, _ in exchange.response_headers):
        return None
    if len(lengths) > 1:
        return f"it says that {' and '.join(sorted(lengths))} bytes come"
    told = next(iter(lengths), "")
    return f"only {size} of {told} bytes came" if told.isascii() and told.isdecimal() and size < int(told) else None
