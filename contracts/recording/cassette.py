"""A cassette of vcrpy as a record. It has no times, so nothing is said of how long the client waited."""

from typing import Any

import msgspec

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.happenings import Event
from contracts.recording.intake import RecordingError, pairs_of, take_in, unpack


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    method: str
    uri: str
    body: Any = None
    headers: dict[str, Any] = {}


class _Status(msgspec.Struct, frozen=True, kw_only=True):
    code: int


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    status: _Status
    headers: dict[str, Any] = {}
    body: Any = None


class _Interaction(msgspec.Struct, frozen=True, kw_only=True):
    request: _Request
    response: _Response


class _Cassette(msgspec.Struct, frozen=True, kw_only=True):
    interactions: tuple[_Interaction, ...]


def read_cassette(document: Any) -> ClientRecord:
    """Read a cassette, as decoded from YAML or JSON.

    Raises:
        RecordingError: It is none.
    """
    try:
        interactions = msgspec.convert(document, _Cassette).interactions
    except msgspec.ValidationError as error:
        raise RecordingError(f"it is no cassette of vcrpy: {error}") from error
    made = [_read(interaction, number) for number, interaction in enumerate(interactions, start=1)]
    gaps = (Event(kind="clock", at=each.ended_at, to=each.started_at + 1) for each in made[:-1])
    return ClientRecord(exchanges=take_in(made), events=tuple(gaps))


def _read(interaction: _Interaction, number: int) -> Exchange:
    request, response = interaction.request, interaction.response
    headers = pairs_of(response.headers)
    came = unpack(_body(response.body), headers)
    return Exchange(
        number=number,
        started_at=float(number),
        ended_at=number + 0.5,
        method=request.method,
        url=request.uri.partition("#")[0],
        request_headers=pairs_of(request.headers),
        request_body=_body(request.body),
        status=response.status.code,
        response_headers=headers,
        response_body=came or b"",
        omitted=("response",) if came is None else (),
    )


def _body(body: Any) -> bytes:
    """Return a body, whichever way it is written: as a text, as bytes, or as either within an object."""
    if isinstance(body, dict):
        body = body.get("string")
    return body if isinstance(body, bytes) else str(body or "").encode("utf-8", "surrogatepass")
