"""A dump of mitmproxy (`mitmdump -w FILE`) as a record. It is read as it lies there, without mitmproxy."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contracts.recording.client import TRAFFIC, ClientRecord, View
from contracts.recording.exchange import Exchange, Pair, omit
from contracts.recording.intake import RecordingError, take_in, text_of, unpack
from contracts.recording.tnetstring import MalformedError, read_value


class _Request(msgspec.Struct, frozen=True, kw_only=True):
    method: Any
    scheme: Any
    host: Any
    port: int
    path: Any
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes | None = None
    timestamp_start: float


class _Response(msgspec.Struct, frozen=True, kw_only=True):
    status_code: int
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes | None = None
    timestamp_start: float
    timestamp_end: float | None = None


class _Error(msgspec.Struct, frozen=True, kw_only=True):
    msg: str = "the connection was lost"
    timestamp: float | None = None


class _Connection(msgspec.Struct, frozen=True, kw_only=True):
    id: str | None = None
    timestamp_end: float | None = None


class _Flow(msgspec.Struct, frozen=True, kw_only=True):
    request: _Request
    response: _Response | None = None
    error: _Error | None = None
    client_conn: _Connection = _Connection()


def read_dump(data: bytes) -> ClientRecord:
    """Read a dump: the flows that are HTTP.

    Raises:
        RecordingError: It is none.
    """
    try:
        flows = [msgspec.convert(value, _Flow) for value in _read_http(data)]
    except MalformedError as error:
        raise RecordingError(f"it is no dump of mitmproxy that can be read: {error}") from error
    except msgspec.ValidationError as error:
        raise RecordingError(f"it is a dump of a version of mitmproxy that is not known here: {error}") from error
    flows.sort(key=lambda flow: flow.request.timestamp_start)
    made = (_read(flow, number) for number, flow in enumerate(flows, start=1))
    ends = [flow.client_conn.timestamp_end for flow in flows if flow.client_conn.timestamp_end is not None]
    return ClientRecord(
        exchanges=take_in(made),
        view=View(sees=TRAFFIC),
        until=max(ends, default=None),
    )


def _read_http(data: bytes) -> Iterator[Any]:
    place, whole = 0, memoryview(data)
    while place < len(data):
        value, place = read_value(whole, place)
        named = {text_of(name): part for name, part in value.items()} if isinstance(value, dict) else {}
        if text_of(named.get("type", "")) == "http":
            yield {name: _named(part) for name, part in named.items()}


def _named(part: Any) -> Any:
    """Return an object with texts as names; older dumps have bytes."""
    return {text_of(name): value for name, value in part.items()} if isinstance(part, dict) else part


def _read(flow: _Flow, number: int) -> Exchange:
    request, response = flow.request, flow.response
    asked = _pairs(request.headers)
    told = _pairs(response.headers) if response is not None else ()
    sent = unpack(request.content or b"", asked)
    came = unpack((response.content if response is not None else None) or b"", told)
    return Exchange(
        number=number,
        started_at=request.timestamp_start,
        ended_at=_end(flow),
        method=text_of(request.method),
        url=_url(request, asked),
        request_headers=asked,
        request_body=sent or b"",
        status=None if response is None else response.status_code,
        response_headers=told,
        response_body=came or b"",
        error=_find_error(flow),
        connection=flow.client_conn.id,
        omitted=omit(
            request=sent is None or request.content is None,
            response=came is None or (response is not None and response.content is None),
        ),
    )


def _find_error(flow: _Flow) -> str | None:
    if flow.error is not None:
        return flow.error.msg
    return "no answer came" if flow.response is None else None


def _end(flow: _Flow) -> float:
    """Return when a flow was over: at the end of its answer, or when it was given up."""
    ends = (
        *((flow.response.timestamp_end, flow.response.timestamp_start) if flow.response is not None else ()),
        *((flow.error.timestamp,) if flow.error is not None else ()),
    )
    return next((end for end in ends if end is not None), flow.request.timestamp_start)


def _url(request: _Request, headers: tuple[Pair, ...]) -> str:
    """Return the URL by the name that the client used, as a proxy may only know the address."""
    scheme = text_of(request.scheme)
    host = next((value for name, value in headers if name.lower() in {"host", ":authority"}), "")
    usual = request.port == {"http": 80, "https": 443}.get(scheme)
    place = host or text_of(request.host) + ("" if usual else f":{request.port}")
    return f"{scheme}://{place}{text_of(request.path)}"


def _pairs(headers: tuple[tuple[bytes, bytes], ...]) -> tuple[Pair, ...]:
    return tuple((text_of(name).lower(), text_of(value)) for name, value in headers)
