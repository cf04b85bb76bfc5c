"""What an HTTP Archive must be, as JSON Schema: the objects of HAR 1.2 with what each must have."""

from typing import Any, Final

_TEXT: Final = {"type": "string"}
_SIZE: Final = {"type": "integer", "minimum": -1}
_TIME: Final = {"type": "number", "minimum": -1}


def _object(**properties: Any) -> dict[str, Any]:
    """Describe an object. A property is required unless it ends with `_`; those that begin with it may be there."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    required = [name for name in properties if not name.endswith("_")]
    return {
        "type": "object",
        "required": required,
        "properties": {**named, "comment": _TEXT},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_PAIR: Final = _object(name=_TEXT, value=_TEXT)
_COOKIE: Final = _object(name=_TEXT, value=_TEXT, path_=_TEXT, domain_=_TEXT, expires_=_TEXT, httpOnly_={}, secure_={})
_REQUEST: Final = _object(
    method=_TEXT,
    url={"type": "string", "format": "uri"},
    httpVersion=_TEXT,
    cookies=_list(_COOKIE),
    headers=_list(_PAIR),
    queryString=_list(_PAIR),
    postData_=_object(mimeType=_TEXT, params=_list(_PAIR), text=_TEXT),
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_RESPONSE: Final = _object(
    status={"type": "integer", "minimum": 0, "maximum": 599},
    statusText=_TEXT,
    httpVersion=_TEXT,
    cookies=_list(_COOKIE),
    headers=_list(_PAIR),
    content=_object(size=_SIZE, compression_=_SIZE, mimeType=_TEXT, text_=_TEXT, encoding_=_TEXT),
    redirectURL=_TEXT,
    headersSize=_SIZE,
    bodySize=_SIZE,
)
_ENTRY: Final = _object(
    pageref_=_TEXT,
    startedDateTime={
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$",
    },
    time={"type": "number", "minimum": 0},
    request=_REQUEST,
    response=_RESPONSE,
    cache=_object(beforeRequest_={}, afterRequest_={}),
    timings=_object(blocked_=_TIME, dns_=_TIME, connect_=_TIME, send=_TIME, wait=_TIME, receive=_TIME, ssl_=_TIME),
    serverIPAddress_=_TEXT,
    connection_=_TEXT,
)
HAR: Final = _object(
    log=_object(
        version={"const": "1.2"},
        creator=_object(name=_TEXT, version=_TEXT),
        browser_=_object(name=_TEXT, version=_TEXT),
        pages_=_list({}),
        entries=_list(_ENTRY),
    )
)
"""The whole of it. Dates are ISO 8601 with milliseconds and a time zone."""
