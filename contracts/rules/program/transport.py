"""What a client does with connections, and whom it talks to besides the API (J1, J2, J4)."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.marks import is_redacted
from contracts.recording.origins import origin_of, redirect_of
from contracts.recording.replies import NEVER_SENT
from contracts.verdict import Examination, Ground, Level, Rule, breach

_PATIENCE: Final = 120.0
"""For how many seconds a client waits at most while nothing comes."""

_STALL: Final = 1.0
"""From how many seconds on it is silence rather than a connection that was lost."""

_IDLE: Final = 4.0
"""For how many seconds a connection surely stays open that nobody uses: common servers close it after five."""

_AT_ONCE: Final = 0.001
"""What begins so few seconds after another request's end may have begun before it, where answers take no time."""

_MANY: Final = 20
"""One new connection is fine for so many requests that could have used an old one."""

_TELLING: Final = 12
"""From how many characters on a prompt is known wherever it stands."""


def check_timeouts(record: ClientRecord) -> Examination:
    """J1: yield for each request that got nothing but silence."""
    for exchange in record.api:
        lasted = exchange.ended_at - exchange.started_at
        if _is_silent(exchange) and lasted >= _STALL and not record.disturbed(exchange.started_at, exchange.ended_at):
            fine = lasted <= _PATIENCE
            expected = f"no more than {_PATIENCE:g} s of silence waited out"
            yield None if fine else breach(exchange.place, expected, f"{lasted:.0f} s", exchange)


def _is_silent(exchange: Exchange) -> bool:
    """Tell whether nothing came: no status, or nothing after the head of the answer."""
    waited = exchange.error is not None and exchange.error != NEVER_SENT
    return waited and not exchange.response_body and "response" not in exchange.omitted


def check_connections(record: ClientRecord) -> Examination:
    """J2: yield for each origin of the API of which enough requests could have used a connection that was there."""
    if "connections" not in record.view.sees:
        return
    asked: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in record.api:
        if exchange.connection is not None:
            asked[origin_of(exchange.url)].append(exchange)
    for origin, exchanges in asked.items():
        chances, wasted = _count_chances(exchanges)
        if chances >= _MANY:
            expected = f"at most one new connection for {_MANY} requests that could use an old one"
            fine = len(wasted) * _MANY <= chances
            yield None if fine else breach(origin, expected, f"{len(wasted)} for {chances}", *wasted[:_MANY])


def _count_chances(exchanges: list[Exchange]) -> tuple[int, list[Exchange]]:
    """Count the requests that began while a connection was free, and find those that opened another."""
    free: dict[str, float] = {}
    known: set[str] = set()
    chances, wasted = 0, list[Exchange]()
    for exchange in exchanges:
        name, start = exchange.connection or "", exchange.started_at
        chance = name in known or any(_AT_ONCE <= start - since <= _IDLE for since in free.values())
        chances += chance
        if chance and name not in known:
            wasted.append(exchange)
        known.add(name)
        # What was free for too long is let go of: a long record of new connections would be searched again and again.
        free = {each: since for each, since in free.items() if start - since <= _IDLE and each != name}
        if not _closes(exchange):
            free[name] = exchange.ended_at
    return chances, wasted


def _closes(exchange: Exchange) -> bool:
    """Tell whether nothing can be asked on a connection after an exchange."""
    told = (exchange.header("connection"), exchange.response_header("connection"))
    return exchange.error is not None or any("close" in (value or "").lower() for value in told)


def check_strangers(record: ClientRecord) -> Examination:
    """J4: yield for each prompt, if the record shows whomever the client talks to."""
    if "hosts" not in record.view.sees:
        return
    known = _known_origins(record)
    strangers = [exchange for exchange in record.elsewhere if _is_stranger(exchange, known)]
    told = [(exchange, unquote(exchange.url.replace("+", " ")) + "\n" + _texts(exchange)) for exchange in strangers]
    for first, prompt in _prompts(record):
        leaks = [exchange for exchange, text in told if prompt in text]
        hosts = ", ".join(dict.fromkeys(origin_of(exchange.url) for exchange in leaks))
        leak = breach(hosts, "a prompt sent to the API alone", f"the same prompt sent to {hosts}", first, *leaks)
        yield leak if leaks else None


def _prompts(record: ClientRecord) -> Iterator[tuple[Exchange, str]]:
    """Find the prompts that are long enough to be known again, each with the first request that has it."""
    found: dict[str, Exchange] = {}
    for call in record.creates:
        prompt = call.body.get("prompt")
        if isinstance(prompt, str) and len(prompt) >= _TELLING and not is_redacted(prompt):
            found.setdefault(prompt, call.first)
    for prompt, first in found.items():
        yield first, prompt


def _known_origins(record: ClientRecord) -> frozenset[str]:
    """Return the origins that have a part in the work: the API, where it redirects to, and what the client named."""
    own = {origin_of(url) for call in record.creates for url in _own_urls(call.body)}
    sent_to = {origin_of(target) for target in map(redirect_of, record.asked) if target is not None}
    return record.origins | own | sent_to


def _is_stranger(exchange: Exchange, known: frozenset[str]) -> bool:
    origin = origin_of(exchange.url)
    return origin not in known and not _is_loopback(urlsplit(origin).hostname or "")


def _own_urls(body: dict[str, Any]) -> Iterator[str]:
    videos = body.get("video_urls")
    for url in (body.get("callback_url"), *(videos if isinstance(videos, list) else ())):
        if isinstance(url, str):
            yield url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _texts(exchange: Exchange) -> str:
    """Return a body as text, JSON without its escapes."""
    if isinstance(exchange.sent, dict | list):
        return "\n".join(_strings(exchange.sent))
    return unquote(exchange.request_body.decode("utf-8", "replace").replace("+", " "))


def _strings(value: Any) -> Iterator[str]:
    """Find the texts in a JSON value."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict | list):
            parts.extend(part.values() if isinstance(part, dict) else part)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="J1",
        title="A request that gets nothing but silence is given up within two minutes.",
        check=check_timeouts,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="A request to the API got no answer, or no more than the head of one, for a second or longer.",
        advice="Set timeouts for connecting and for reading, 10 and 60 s for instance; many libraries have none.",
    ),
    Rule(
        id="J2",
        title="Connections are used again: one new one at most for twenty requests that could have used an old one.",
        check=check_connections,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="Twenty requests began while a connection to the API was free, and the record shows connections.",
        advice="Keep one client (a session, an agent) for all requests, in place of one for each.",
    ),
    Rule(
        id="J4",
        title="What is asked of the API is told to nobody else.",
        check=check_strangers,
        level=Level.SHOULD,
        ground=Ground.SEC,
        exposure="A task with a prompt of 12 characters or more was created, and the record shows all hosts.",
        advice="Leave prompts out of telemetry and error reports, or count their characters instead.",
    ),
)
"""The rules on transport."""
