"""Which hosts are the API, and which requests fetch results."""

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from contracts.recording.exchange import Exchange, split_url
from contracts.recording.operations import operation_of
from contracts.recording.pages import is_bundled
from contracts.recording.replies import created_task
from contracts.recording.sights import Sight

_DOCUMENTED: Final = ("https://api.evolink.ai", "https://files-api.evolink.ai")
"""Where the pages say that the API is (OP-SERVER)."""

_DOCUMENTED_HOSTS: Final = frozenset(urlsplit(origin).hostname for origin in _DOCUMENTED)
_USUAL_PORTS: Final = {"http": 80, "https": 443}
_PREFIX: Final = "task-unified-"
_READS: Final = frozenset({"GET", "HEAD"})


@lru_cache(maxsize=16_384)
def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL, in small letters, the port only where it is not the usual one."""
    parts = split_url(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = port is None or port == _USUAL_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def find_apis(exchanges: Iterable[Exchange]) -> frozenset[str]:
    """Find the origins of the API: the documented hosts, and whoever is asked for what only the API has.

    Whoever the client was only sent to by a redirect is not one, whatever it was asked for there.
    """
    found: set[str] = set()
    sent_to: set[str] = set()
    for exchange in exchanges:
        origin = origin_of(exchange.url)
        if split_url(origin).hostname in _DOCUMENTED_HOSTS or (origin not in sent_to and _is_ours(exchange)):
            found.add(origin)
        target = redirect_of(exchange)
        if target is not None and origin_of(target) not in found:
            sent_to.add(origin_of(target))
    return frozenset(found)


def _is_ours(exchange: Exchange) -> bool:
    """Tell whether an exchange is of an operation that only the API has: other APIs create images and sounds, too."""
    if not operation_of(exchange):
        return False
    return is_bundled(exchange.method, exchange.path) or (created_task(exchange) or "").startswith(_PREFIX)


def redirect_of(exchange: Exchange) -> str | None:
    """Return the URL that an answer sends the client to; None if it sends it nowhere that can be."""
    place = exchange.response_header("location") if 300 <= (exchange.status or 0) < 400 else None  # noqa: PLR2004 - 3xx
    try:
        return None if place is None else urljoin(exchange.url, place)
    except ValueError:
        return None


def find_links(sights: Iterable[Sight]) -> dict[str, str]:
    """Find the links of results that the client was shown, each with the task whose result it is."""
    telling = (sight for sight in sights if "results" in sight.body or "result_data" in sight.body)
    return {link: sight.task for sight in telling for link in _links(sight) if isinstance(link, str)}


def _links(sight: Sight) -> Iterator[Any]:
    yield from sight.links
    data = sight.body.get("result_data")
    for each in data if isinstance(data, list) else ():
        yield each.get("url") if isinstance(each, dict) else None


def find_downloads(exchanges: Iterable[Exchange], links: dict[str, str], apis: Collection[str]) -> dict[int, str]:
    """Find the requests that fetch a result, by number, each with the task whose result it is.

    Where a link redirects to is part of the way; an operation of the API never is.
    """
    known, found = dict(links), {}
    for exchange in exchanges:
        task = known.get(exchange.url.partition("#")[0]) if exchange.method in _READS else None
        if task is None or (operation_of(exchange) and origin_of(exchange.url) in apis):
            continue
        found[exchange.number] = task
        target = redirect_of(exchange)
        if target is not None:
            known.setdefault(target, task)
    return found
