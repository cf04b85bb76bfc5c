"""Where a client's key goes: with every call of the API, in one header, and nowhere else (A1 to A3)."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import operation_of
from contracts.recording.origins import origin_of
from contracts.verdict import Examination, Ground, Rule, breach

_BEARER: Final = re.compile(r"bearer \S+", re.IGNORECASE)
_NAMES: Final = r"(?:api|access|auth|bearer)?[-_]?(?:key|token)|authorization"
_QUERY: Final = re.compile(rf"(?:^|[?&])(?:{_NAMES})=\(redacted", re.IGNORECASE)
_FIELD: Final = re.compile(rf'"(?:{_NAMES})"\s*:\s*"(?:Bearer )?\(redacted', re.IGNORECASE)
_WANTED: Final = 'one header "Authorization: Bearer <key>", with one space'


def check_bearer(record: ClientRecord) -> Examination:
    """A1: yield for each call of an operation, unless the recording leaves keys out."""
    if not record.accounts and "keys" not in record.view.sees:
        return
    for exchange in record.api:
        if operation_of(exchange):
            wrong = _find_fault(exchange)
            yield None if wrong is None else breach(exchange.place, _WANTED, wrong, exchange)


def _find_fault(exchange: Exchange) -> str | None:
    """Return what is wrong with how a request carries its key, without the key."""
    values = [value for name, value in exchange.request_headers if name == "authorization"]
    if len(values) != 1:
        return f"{len(values) or 'no'} Authorization header{'s' if values else ''}"
    if _BEARER.fullmatch(values[0]):
        return None
    scheme, *rest = values[0].split(" ")
    form = scheme if rest and scheme.isalpha() else "no scheme"
    return f"an Authorization header with {form!r} and {len(rest)} spaces" if rest else "an Authorization header alone"


def check_other_hosts(record: ClientRecord) -> Examination:
    """A2: yield for each request to a host that is not the API."""
    for exchange in record.elsewhere:
        origin = origin_of(exchange.url)
        if origin not in record.origins:
            places = tuple(_places(exchange, record.accounts))
            expected = f"no key in a request to {origin}, which is not the API"
            yield breach(exchange.place, expected, f"the key in {' and '.join(places)}", exchange) if places else None


def _places(exchange: Exchange, keys: frozenset[str]) -> Iterator[str]:
    for name, value in exchange.request_headers:
        if _holds(value, keys):
            yield f"the header {name}"
    yield from _open_places(exchange, keys)


def check_open_places(record: ClientRecord) -> Examination:
    """A3: yield for each request to the API."""
    for exchange in record.api:
        places = tuple(_open_places(exchange, record.accounts))
        expected = "the key in the Authorization header, and nowhere else"
        yield breach(exchange.place, expected, f"the key in {' and '.join(places)}", exchange) if places else None


def _open_places(exchange: Exchange, keys: frozenset[str]) -> Iterator[str]:
    """Find where else than in a header a request has a key: where logs, proxies and histories show it."""
    url = unquote(exchange.url)
    if _holds(url, keys) or _QUERY.search(unquote(exchange.parts.query)):
        yield "the URL"
    body = exchange.request_body.decode("utf-8", "replace")
    if _holds(body, keys) or _FIELD.search(body):
        yield "the body"


def _holds(text: str, keys: frozenset[str]) -> bool:
    return any(key in text for key in keys)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="A1",
        title="Every call of the API carries the key in one Authorization header, as Bearer.",
        check=check_bearer,
        clauses=("AUTH-BEARER",),
        exposure="An operation was called, and the recording shows keys.",
        advice='Set "Authorization: Bearer <key>" once, where the client is made, and not for each call.',
    ),
    Rule(
        id="A2",
        title="The key is sent to no host but the API's: not where results lie, not where a redirect leads.",
        check=check_other_hosts,
        ground=Ground.SEC,
        clauses=("AUTH-BEARER", "OP-SERVER"),
        exposure="A request went to another host, such as that of a result.",
        advice="Fetch results with a client that has no key, and drop the header where a redirect leaves the API.",
    ),
    Rule(
        id="A3",
        title="The key stands in no URL and in no body.",
        check=check_open_places,
        ground=Ground.SEC,
        clauses=("AUTH-BEARER",),
        exposure="The API was called.",
        advice="Send the key in the Authorization header: URLs and bodies end up in logs.",
    ),
)
"""The rules on the key."""
