"""Secrets are put wherever a client can put them; then nothing that the server shows, or prints, has any of them."""

import base64
import gzip
import json
import socket
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import httpx2
import msgspec
import pytest

from mock_server.journal.masking import pieces, readings, unescape
from tests.journal.noting import JOURNAL
from tests.running import Program, started
from tests.serving import CREATE, bearer, example

pytestmark = pytest.mark.uncounted

MODEL = "wan2.6-reference-video-flash"
JSON = {"content-type": "application/json"}
VIDEO = "https://example.com/a.mp4"
SHOWN = (
    *(f"{JOURNAL}{query}" for query in ("", "?status=2xx", "?status=4xx", "?newest=9", "?method=POST", "?path=/v1")),
    *(f"{JOURNAL}.har", "/_mock/tasks", "/_mock/callbacks", "/_mock/accounts", "/_mock/universes", "/_mock/limits"),
    *("/_mock/clock", "/_mock/metrics"),
)

Sent = tuple[str, str, dict[str, Any]]


class Canaries:
    """Secrets of high entropy, each for one place: keys, prompts in prose, and prompts of one long word."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._noises = 0

    def key(self) -> str:
        """Return a key."""
        return self._new(f"sk-{self._noise(20)}")

    def word(self) -> str:
        """Return a prompt of one word."""
        return self._new(self._noise(20))

    def prose(self) -> str:
        """Return a prompt with everything that has to be escaped somewhere."""
        return self._new(f'{self._noise(8)} "{self._noise(8)}" 雪 é+%\n\\ {self._noise(8)} 😀 {self._noise(8)}')

    def _new(self, canary: str) -> str:
        self.all.append(canary)
        return canary

    def _noise(self, size: int) -> str:
        self._noises += 1
        return blake2b(b"%d" % self._noises, digest_size=size, salt=b"canary").hexdigest()


def encoded(text: str) -> str:
    """Return a text as base64."""
    return base64.b64encode(text.encode()).decode()


def keys_in_heads(canaries: Canaries) -> Iterator[Sent]:
    """Put keys into headers and parameters; each request has one of its own besides."""
    key, word = canaries.key, canaries.word
    for value in (key(), f"Basic {encoded(key())}", f"Bearer {word()}", f'Bearer "{key()}"', f"bearer  {key()}"):
        yield "GET", "/v1/credits", {"headers": {"authorization": value}}
    for name in ["x-api-key", "api-key", "proxy-authorization", "x-auth-token", "x-signature"]:
        yield "GET", "/v1/models", {"headers": {name: word(), "cookie": f"sid={word()}; {key()}"}}
    for name in ["user-agent", "content-type", "idempotency-key", "x-anything", "referer", "accept"]:
        yield "POST", CREATE, {"json": example(), "headers": {name: key()}}
    for name in ["key", "api_key", "token", "X-Amz-Signature", "password"]:
        yield "GET", "/v1/tasks", {"params": {name: word()}}
    for name in ["status", "page", "model", "anything"]:
        yield "GET", "/v1/tasks", {"params": {name: key()}}


def keys_in_paths_and_bodies(canaries: Canaries) -> Iterator[Sent]:
    """Put keys into paths, the caller's own in any writing, and into the fields of a body."""
    key = canaries.key
    for path in [
        "/v1/tasks/{}",
        "/v1/tasks/task-unified-{}",
        "/v1/models/{}",
        "/{}",
        "/v1/{}/x",
        "/A/videos/{}/09/06/0.mp4",
    ]:
        own = key()
        for written in (own, encoded(own), quote(own).replace("-", "%2D")):
            yield "GET", path.format(written), {"headers": bearer(own)}
    for field in ["model", "aspect_ratio", "duration", "api_key", "note", "user"]:
        yield "POST", CREATE, {"json": example(**{field: key()})}
    for url in ["https://{}@a.example.com/b", "https://a.example.com/b?token={}", "https://{}.example.com/{}"]:
        yield (
            "POST",
            CREATE,
            {"json": example(callback_url=url.format(key(), key()), video_urls=[url.format(*[key()] * 2)])},
        )
    own = key()
    everywhere = example(model_params={"note": encoded(own)}, x=[own, {own: own}])
    yield "POST", CREATE, {"json": everywhere, "headers": bearer(own)}
    for method, path in (("DELETE", CREATE), ("GET", f"/_mock/tasks/{key()}"), ("GET", f"/_mock/{key()}")):
        yield method, path, {}


def prompts_in_two_places(canaries: Canaries) -> Iterator[Sent]:
    """Put a prompt where it belongs, and somewhere else too."""
    for prompt in (canaries.prose(), canaries.word()):
        address = f"https://a.example.com/{quote(prompt)}?a={quote(prompt)}"
        for more in (
            {},
            {"note": prompt, "a": {"b": [encoded(prompt), quote(prompt)]}},
            {"model": prompt},
            {"quality": json.dumps(prompt), "duration": prompt},
            {"callback_url": address, "video_urls": [address]},
        ):
            yield "POST", CREATE, {"json": example(prompt=prompt, **more)}
        once = {**bearer(canaries.key()), "idempotency-key": quote(prompt)}
        yield "POST", CREATE, {"json": example(prompt=prompt), "headers": once}
        yield "POST", CREATE, {"json": example(prompt=prompt + " "), "headers": once}
        yield "POST", f"{CREATE}?a={quote_plus(prompt)}", {"json": example(prompt=prompt, x=quote_plus(prompt))}
        yield "POST", CREATE, {"content": json.dumps({"prompt": prompt}), "headers": {"content-type": "text/plain"}}


def prompts_in_bodies(canaries: Canaries) -> Iterator[Sent]:
    """Put prompts into fields of the wrong name or type."""
    prose, word = canaries.prose, canaries.word
    for name in ["negative_prompt", "Prompt", "promptText", "promt", "text", "description", "model", "quality"]:
        yield "POST", CREATE, {"json": example(**{name: prose()})}
    for name in ["negative_prompt", "promt", "text"]:
        yield "POST", CREATE, {"json": example(**{name: word()})}
    for value in (
        [prose()],
        {"text": prose()},
        {prose(): 1},
        f"[mock: {word()}]",
        f"[mock: fail={word()}]",
        prose() * 99,
    ):
        yield "POST", CREATE, {"json": example(prompt=value)}
    for field in ["video_urls", "duration", "generate_audio", "model_params", "callback_url"]:
        yield "POST", CREATE, {"json": example(**{field: prose()})}
        yield "POST", CREATE, {"json": example(**{field: [prose()]})}
    yield "POST", CREATE, {"json": {**example(), prose(): prose()}}
    yield "POST", "/v1/tasks/batch", {"json": {"task_ids": [prose()], "prompt": word()}}
    yield "POST", "/v1/video/generations", {"json": example(prompt=prose())}


def prompts_in_heads(canaries: Canaries) -> Iterator[Sent]:
    """Put prompts into headers, parameters and paths."""
    prose, word = canaries.prose, canaries.word
    for name in ("x-prompt", "x-description", "x-" + "d" * 20):
        yield "GET", "/v1/tasks", {"headers": {name: word()}}
        yield "GET", "/v1/tasks", {"headers": {name: quote(prose())}}
    for name in ("prompt", "text", "status"):
        yield "GET", "/v1/tasks", {"params": {name: prose()}}
    yield "GET", f"/v1/tasks?{word()}", {}
    for path in ("/v1/tasks/{}", "/v1/models/{}", "/{}", "/_mock/{}"):
        yield "GET", path.format(quote(prose(), safe="")), {}


def broken(canaries: Canaries) -> Iterator[Sent]:
    """Put keys and prompts into bodies that cannot be read, or are not."""
    for spoil in (
        lambda body: body[:-1],
        lambda body: body.replace(b'"prompt"', b'"prompt": 1, "prompt"'),
        lambda body: body.replace(b'{"', b'{"twice": 1, "twice": 2, "', 1),
        lambda body: b"\xff" + body,
        gzip.compress,
        lambda body: body + b" " * 70_000,
        lambda body: body + b" " * 1_100_000,
    ):
        body = example(prompt=canaries.prose(), note=canaries.key(), model=canaries.word())
        yield "POST", CREATE, {"content": spoil(msgspec.json.encode(body)), "headers": JSON}
    twice = canaries.word()
    yield "POST", CREATE, {"content": f'{{"{twice}": 1, "{twice}": 2}}', "headers": JSON}
    form = {"prompt": canaries.prose(), "key": canaries.key()}
    yield "POST", CREATE, {"data": form}
    yield "POST", CREATE, {"data": form, "headers": JSON}
    yield "POST", CREATE, {"files": {"prompt": canaries.prose().encode()}}
    yield "GET", "/v1/credits", {"content": canaries.prose().encode()}


def send_refused(client: httpx2.Client, canaries: Canaries) -> None:
    """Be refused for every reason that an account can have: closed, without credits, without models, too often."""
    for rule in ({"closed": True}, {"credits": 0}, {"closed_models": [MODEL]}):
        key = canaries.key()
        assert client.post("/_mock/accounts", json={"key": key, **rule}).status_code == 200
        client.post(CREATE, json=example(prompt=canaries.prose()), headers=bearer(key))
    client.put("/_mock/limits", json={"requests_per_minute": 1}, headers={"x-mock-universe": "busy"})
    busy = {**bearer(canaries.key()), "x-mock-universe": "busy"}
    for _ in range(2):
        client.post(CREATE, json=example(prompt=canaries.prose()), headers=busy)


def send_half(url: str, canaries: Canaries) -> None:
    """Go away in the middle of a request."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(
            f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {canaries.key()}\r\n"
            f'Content-Length: 999\r\n\r\n{{"prompt": "{canaries.word()}'.encode()
        )
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)


PLACES = (keys_in_heads, keys_in_paths_and_bodies, prompts_in_two_places, prompts_in_bodies, prompts_in_heads, broken)


@pytest.fixture(scope="module")
def sent() -> Iterator[tuple[Program, Canaries, dict[str, str]]]:
    """A server that has seen all of it, the canaries, and what it shows."""
    canaries = Canaries()
    with started() as program, program.client() as client:
        statuses = set()
        for method, path, more in (sending for places in PLACES for sending in places(canaries)):
            headers = {**bearer(canaries.key()), **more.pop("headers", {})}
            statuses.add(client.request(method, path, headers=headers, **more).status_code)
        send_refused(client, canaries)
        send_half(program.url, canaries)
        assert statuses == {200, 400, 401, 404, 405, 409, 413, 415}
        shown = {"advance": client.post("/_mock/clock", json={"advance": 600}).text}
        for universe in ("default", "busy"):
            for path in SHOWN:
                answer = client.get(path, headers={"x-mock-universe": universe})
                assert answer.status_code in {200, 404, 501}, path
                shown[f"{universe} {path}"] = answer.text
        assert program.stop() == 0
        yield program, canaries, {**shown, "output": program.output, "errors": program.errors}


def test_no_canary_is_shown(sent: tuple[Program, Canaries, dict[str, str]]) -> None:
    """No twelve characters of any of them, as they are or as JSON, in percent or in base64."""
    _, canaries, shown = sent
    secret = {piece for canary in canaries.all for writing in writings(canary) for piece in pieces(writing)}
    for place, text in shown.items():
        for reading in (text, unescape(text), unescape(unescape(text)), *readings(text, depth=1)):
            assert sorted(secret & set(pieces(reading))) == [], place


def test_the_canaries_were_sung(sent: tuple[Program, Canaries, dict[str, str]]) -> None:
    """What was sent did arrive: every kind of answer is in the journal, and all of it is marked."""
    program, canaries, shown = sent
    entries = json.loads(shown[f"default {JOURNAL}"])["entries"]
    assert {entry["status"] for entry in entries} == {None, 200, 400, 401, 402, 403, 404, 405, 409, 413, 415}
    assert {entry["status"] for entry in json.loads(shown[f"busy {JOURNAL}"])["entries"]} == {200, 429}
    assert len(canaries.all) > 200
    assert len(entries) > 120
    assert all("(redacted)" in dict(entry["request"]["headers"])["authorization"] for entry in entries)
    assert "(redacted)" in program.output
    assert program.errors == ""
    assert json.loads(shown["advance"])["callbacks"]
    assert all(callback["attempts"] for callback in json.loads(shown["default /_mock/callbacks"])["callbacks"])


def writings(text: str) -> Iterator[str]:
    """Return the ways in which a text may be written."""
    yield from (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote(text), quote_plus(text))
    for before in range(3):
        yield base64.b64encode(b"\0" * before + text.encode()).decode()[4:-4]
        yield base64.urlsafe_b64encode(b"\0" * before + text.encode()).decode()[4:-4]
