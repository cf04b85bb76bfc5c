"""How a reference is measured when a task is created: what its URL states, what it is here, or what comes of it.

In this order: a length that the URL's fragment states; a file that was uploaded here; a result of ours; and what is
fetched, by the same way out as uploads by URL, looked at and kept nowhere.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from starlette.routing import compile_path

from mock_server.calls.call import Call
from mock_server.core.files.errors import FileTooLarge
from mock_server.core.files.pictures import read_picture
from mock_server.core.files.sounds import mp3_length
from mock_server.core.files.types import SUFFIXES, media_type
from mock_server.core.http.urls import UrlError, read_url
from mock_server.core.models.references import (
    STATES_LENGTH,
    Finding,
    Measured,
    ReferenceRules,
    Sizing,
    Unread,
    broken_rules,
    join,
    path_of,
    referred_urls,
    size_up,
    size_up_unreached,
    stated_length,
)
from mock_server.egress.egress import EgressError, Unreachable
from mock_server.files.links import code_of_link, find_file
from mock_server.files.routes import DOWNLOAD, SEEN
from mock_server.links.results import LINK_LIFETIME, find_result
from mock_server.media.probe import ProbeError
from mock_server.simulator import Simulator

MEASURE_SECONDS: Final = 20.0
"""How long fetching a reference may take, in all: less than clients wait for an answer."""

FILES_ORIGINS: Final = ("https://files.evolink.ai/", "https://files-api.evolink.ai/")
"""Where files are in production; links to there are answered for here."""

OFFLINE: Final = Unread("has no route, and nothing leaves this machine without one", reached=False)
"""What is found of what the way out does not lead to."""

NOTHING: Final = Sizing()
"""What a request counts for that refers to nothing."""

_GONE: Final = Unread("leads to no file here, or to one that has expired")
_EXPIRED: Final = Unread("is a link that has expired")
_LIKE_OURS: Final = re.compile(r"https?://[^/?#]*/(?:[0-9A-Z]{18}/|api/v1/files/download/)", re.IGNORECASE)
_BMP: Final = b"BM"
_NAMES: Final = {"video": "video", "image": "picture", "audio": "sound"}
_FILES: Final = (compile_path(DOWNLOAD)[0], compile_path(SEEN)[0])


def glance(
    simulator: Simulator, call: Call, asked: Sequence[ReferenceRules], request: Mapping[str, Any]
) -> Sizing | None:
    """Return what references count for where nothing has to be looked at for that; None if something has.

    Args:
        simulator: Who serves.
        call: The request on the wire.
        asked: What the model asks of its references, kind by kind.
        request: What is asked for: a body that has been checked.
    """
    sizings: list[Sizing] = []
    for rules in asked:
        urls = referred_urls(rules, request)
        if urls and not _counts_unseen(simulator, call, urls):
            return None
        if urls:
            sizings.append(size_up_unreached(rules, len(urls), OFFLINE.reason))
    return join(sizings) if sizings else NOTHING


def _counts_unseen(simulator: Simulator, call: Call, urls: Sequence[str]) -> bool:
    """Tell whether references count without a look at them: none states a length, or leads anywhere."""
    if simulator.settings.media != "lenient":
        return False
    own, egress = _own_origins(simulator, call), simulator.egress
    for url in urls:
        if STATES_LENGTH in url or egress.leads_to(url) or _LIKE_OURS.match(url) or url.lower().startswith(own):
            return False
    return True


async def measure(
    simulator: Simulator, call: Call, asked: Sequence[ReferenceRules], request: Mapping[str, Any]
) -> Sizing:
    """Look at references, all of one kind at once and each once, and return what they count for.

    Args:
        simulator: Who serves.
        call: The request on the wire.
        asked: What the model asks of its references, kind by kind.
        request: What is asked for: a body that has been checked.

    Raises:
        InvalidRequest: One breaks a rule, or states a length that is none; or a picture or a sound cannot be read.
        VideoProbeFailed: A video cannot be read; or not be reached, where that is not allowed.
        StorageFailed: There is no room for what is fetched.
    """
    own = _own_origins(simulator, call)
    return join([await _measure(simulator, rules, referred_urls(rules, request), own) for rules in asked])


async def _measure(simulator: Simulator, rules: ReferenceRules, urls: Sequence[str], own: tuple[str, ...]) -> Sizing:
    stated = {url: _stated(rules, url, number) for number, url in enumerate(urls)}
    looks = [_find(simulator, rules, url, length, own) for url, length in stated.items()]
    found = await asyncio.gather(*looks, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    findings: Mapping[str, Finding] = dict(zip(stated, found, strict=True))  # type: ignore[arg-type] # the rest was raised
    return size_up(rules, [findings[url] for url in urls], lenient=simulator.settings.media == "lenient")


def _stated(rules: ReferenceRules, url: str, number: int) -> int | None:
    """Return the length that a URL states; pictures have none."""
    return None if rules.kind == "image" else stated_length(url, path_of(rules, number))


async def _find(
    simulator: Simulator, rules: ReferenceRules, url: str, stated: int | None, own: tuple[str, ...]
) -> Finding:
    """Return what is found of one reference, by what its URL states and by the origins that are ours."""
    if stated is not None:
        return Measured(stated)
    is_ours = url.lower().startswith(own)
    if is_ours or _LIKE_OURS.match(url):
        found = await _find_here(simulator, rules, url)
        if found is not _GONE or is_ours:
            return found
    return await _fetch(simulator, rules, url) if simulator.egress.leads_to(url) else OFFLINE


def _own_origins(simulator: Simulator, call: Call) -> tuple[str, ...]:
    """Return what links of ours begin with: where the client reached us, and where files are in production."""
    return _name_origins(call.origin, simulator.settings.public_url)


@lru_cache(maxsize=64)
def _name_origins(origin: str, public: str | None) -> tuple[str, ...]:
    return (f"{origin}/".lower(), f"{public or origin}/".lower(), *FILES_ORIGINS)


async def _find_here(simulator: Simulator, rules: ReferenceRules, url: str) -> Finding:
    """Return what is found of a link to a file or a result of ours."""
    try:
        path = unquote(read_url(url).target.partition("?")[0])
    except UrlError:
        return _GONE
    for pattern in _FILES:
        match = pattern.match(path)
        if match is not None:
            return await _find_file(simulator, rules, match.groupdict())
    return await _find_result(simulator, path)


async def _find_file(simulator: Simulator, rules: ReferenceRules, parts: Mapping[str, str]) -> Finding:
    universe = await simulator.universes.of_code(code_of_link(parts))
    file = None if universe is None else await find_file(simulator.store, universe, parts)
    if file is None:
        return _GONE
    return await _look(
        simulator, rules, file.digest, simulator.depot.path(file.digest), Measured(None, SUFFIXES[file.type], file.size)
    )


async def _find_result(simulator: Simulator, path: str) -> Finding:
    """Return what is known of a result: it is as long as its task says, and need not be rendered for that."""
    universe = await simulator.universes.of_code(path[1:])
    task = None if universe is None else await find_result(simulator.store, universe, path)
    if universe is None or task is None:
        return _GONE
    if universe.now() >= task.timeline.ends_at + LINK_LIFETIME:
        return _EXPIRED
    return Measured(task.bill.output_length, path.rpartition(".")[2])


async def _fetch(simulator: Simulator, rules: ReferenceRules, url: str) -> Finding:
    """Return what is found of what is somewhere else."""
    with simulator.depot.receive(rules.most_bytes) as incoming:
        try:
            await simulator.egress.fetch(url, incoming.write, seconds=MEASURE_SECONDS)
        except FileTooLarge:
            return Measured(size=incoming.size)
        except Unreachable as error:
            return Unread(f"cannot be reached: {error}", reached=False)
        except EgressError as error:
            return Unread(f"cannot be fetched: {error}")
        form = _format(incoming.head)
        if form is None:
            return Unread(f"is no {_NAMES[rules.kind]}")
        return await _look(simulator, rules, incoming.digest, incoming.rest(), Measured(None, form, incoming.size))


def _format(head: bytes) -> str | None:
    """Return what a file is that begins so, as files end: one that can be uploaded, or a BMP, which cannot."""
    kind = media_type(head)
    return SUFFIXES[kind] if kind else "bmp" if head.startswith(_BMP) else None


async def _look(simulator: Simulator, rules: ReferenceRules, digest: str, path: Path, known: Measured) -> Finding:
    """Return what a file says of itself; one that breaks a rule by what is known already is not looked at."""
    if any(broken_rules(rules, known, "")):
        return known
    if rules.kind != "video":
        return await asyncio.to_thread(_examine, rules, path, known)
    try:
        probe = await simulator.probes.probe(digest, path)
    except ProbeError as error:
        return Unread(str(error))
    return Measured(probe.length, probe.container, known.size)


def _examine(rules: ReferenceRules, path: Path, known: Measured) -> Finding:
    """Return what a picture or a sound says of itself; of sounds that are no MP3 the length is not known."""
    content = path.read_bytes()
    if rules.kind == "audio":
        if known.format != "mp3":
            return known
        length = mp3_length(content)
        return Unread("is no MP3 that can be read") if length is None else Measured(length, known.format, known.size)
    still = read_picture(content)
    if still is None:
        return Unread("is no picture that can be read")
    return Measured(None, still.format, known.size, still.sides, still.transparent)
