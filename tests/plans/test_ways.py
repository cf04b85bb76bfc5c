"""One plan has one effect, to the last byte, whichever way it was set."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import msgspec
import pytest

from contracts.drive.live import LiveServer
from mock_server import Control, Settings, create_app
from mock_server.core.keys import MAGIC_KEYS
from mock_server.core.plans import HEADER, Plans, read_words, write_plans
from mock_server.store import SqliteStore
from tests.plans.driving import LONGEST_TASK
from tests.running import PATIENCE, started
from tests.serving import CREATE, KEY, START, Wall, example

pytestmark = pytest.mark.uncounted

WORDS: Final = (
    "answer 503 retry-after=2",
    'answer 429 json={"error":"slow"} headers.x-trace=1 phase=after',
    "head status=202 without=content-type; body set.progress=50",
    "body truncated:30",
    "body too-long",
    "framing no-last-chunk",
    "framing two-lengths; delay 0.001",
    "disconnect in-body percent=20",
    "disconnect in-head offset=30 reset",
    "fail=content_policy_violation at=30% shows.model=other",
    "task slower=0.5 results=empty",
)
"""What is done with a creation, in words that each way can say: without a match."""

_DATE: Final = re.compile(rb"date: [^\r\n]*", re.IGNORECASE)


class Way(NamedTuple):
    """A server that has plans, or is given them with each create: its URL, and what a create has besides."""

    url: str
    headers: Mapping[str, str] = {}
    prompt: str = ""


Opened: TypeAlias = AbstractContextManager[Way]


def matched(words: str) -> tuple[str, ...]:
    """Return the same plans for creations alone, in words."""
    return tuple(f"{part} on=create" for part in words.split("; "))


def structs(words: str) -> Plans:
    """Return the same plans for creations alone."""
    return read_words("; ".join(matched(words)))


@contextmanager
def live(*given: str | dict[str, Any], plans: Plans = ()) -> Iterator[Way]:
    """Serve on a socket, with plans among the settings, or as structs."""
    app = create_app(Settings(speed=0, plans=given), store=SqliteStore(), plans=plans, wall=Wall())
    with LiveServer(app).running() as url:
        yield begun(url)


@contextmanager
def live_and_told(plans: Any) -> Iterator[Way]:
    """Serve on a socket, and set plans by the control API."""
    with live() as way, Control(way.url) as control:
        control.add_plans(plans=plans)
        yield way


@contextmanager
def with_each(**brought: Any) -> Iterator[Way]:
    """Serve on a socket without plans; each create brings them."""
    with live() as way:
        yield way._replace(**brought)


@contextmanager
def the_program(folder: Path, plans: Any) -> Iterator[Way]:
    """Start the real program with a settings file."""
    config = folder / "settings.yaml"
    config.write_bytes(msgspec.yaml.encode({"plans": plans, "speed": 0}))
    with started("--config", str(config)) as program:
        yield begun(program.url)


WAYS: Final[Mapping[str, Callable[[str, Path], Opened]]] = {
    "settings, in words": lambda words, _: live(*matched(words)),
    "settings, as objects": lambda words, _: live(*write_plans(structs(words))),
    "control API, in words": lambda words, _: live_and_told(list(matched(words))),
    "control API, as structs": lambda words, _: live_and_told(structs(words)),
    "header, in words": lambda words, _: with_each(headers={HEADER: words}),
    "header, as JSON": lambda words, _: with_each(headers={HEADER: json.dumps(write_plans(read_words(words)))}),
    "prompt": lambda words, _: with_each(prompt=f" [mock: {words}]"),
    "file, in words and as objects": lambda words, folder: the_program(
        folder, [*matched(words)[:-1], *write_plans(read_words(matched(words)[-1]))]
    ),
}
"""The ways besides structs in Python, with which they are compared."""


def begun(url: str) -> Way:
    """Begin the universe of a server as it begins in each here, with its own plans."""
    with Control(url) as control:
        control.reset_universe(seed="one", start=START / 1_000_000, mode="frozen")
    return Way(url)


def heard(url: str, method: str, path: str, *, key: str = KEY, **more: Any) -> bytes:
    """Send a request that ends its connection, and return what came and how that ended."""
    body = json.dumps(more["json"]).encode() if "json" in more else b""
    headers = {
        "host": "127.0.0.1",
        "authorization": f"Bearer {key}",
        "content-length": str(len(body)),
        "connection": "close",
        **more.get("headers", {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    place, came = urlsplit(url), b""
    with socket.create_connection((place.hostname, place.port), timeout=PATIENCE) as client:
        client.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        try:
            while piece := client.recv(65_536):
                came += piece
        except ConnectionResetError:
            came += b"<reset>"
    return _DATE.sub(b"date: ...", came)


def all_heard(way: Way) -> list[bytes]:
    """Create two tasks, let them end, query one; and ask for what no plan is for."""
    with Control(way.url) as control:
        request = example(prompt=f"A cat dances.{way.prompt}")
        came = [heard(way.url, "POST", CREATE, json=request, headers=way.headers) for _ in range(2)]
        control.change_clock(advance=LONGEST_TASK)
        came += [heard(way.url, "GET", f"/v1/tasks/{task.id}") for task in control.list_tasks().tasks[:1]]
        return [*came, heard(way.url, "GET", "/v1/models"), heard(way.url, "GET", "/v1/credits")]


@pytest.fixture(scope="module")
def expected() -> Callable[[str], list[bytes]]:
    """What is heard where plans were set as structs."""
    known: dict[str, list[bytes]] = {}

    def hear(words: str) -> list[bytes]:
        if words not in known:
            with live(plans=structs(words)) as way:
                known[words] = all_heard(way)
        return known[words]

    return hear


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", WORDS)
def test_each_way_has_the_same_effect(
    words: str, way: str, tmp_path: Path, expected: Callable[[str], list[bytes]]
) -> None:
    """The bytes of all answers are the same, and so is how each connection ends."""
    with WAYS[way](words, tmp_path) as opened:
        assert all_heard(opened) == expected(words)


@pytest.mark.parametrize("words", WORDS)
def test_each_plan_has_an_effect(words: str, expected: Callable[[str], list[bytes]]) -> None:
    """What is heard of creations and of their tasks is not what is heard without it."""
    with live() as way:
        assert all_heard(way)[:3] != expected(words)[:3]


@pytest.mark.parametrize("key", [key for key, profile in MAGIC_KEYS.items() if profile.plans])
def test_a_magic_key_is_its_plans(key: str) -> None:
    """A request with the key gets the bytes that another key gets where the same is planned."""
    with live() as faithful, live(plans=MAGIC_KEYS[key].plans) as planned:
        for path in ("/v1/models", "/v1/tasks", "/v1/credits"):
            by_key, by_plan = heard(faithful.url, "GET", path, key=key), heard(planned.url, "GET", path)
            assert by_key == by_plan
        by_key, by_plan = (
            heard(url, "POST", CREATE, key=sent, json=example())
            for url, sent in ((faithful.url, key), (planned.url, KEY))
        )
        assert by_key == by_plan
