"""A recorder notes what happens, in order, and no keys."""

import threading
from collections.abc import Iterator
from itertools import pairwise

import httpx2
import pytest

from contracts.recording import Event, Listener, Recorder, fingerprint
from contracts.recording.masking import Mask, read_bearer

KEY = "sk-a-secret-of-mine"
BEARER = {"authorization": f"Bearer {KEY}"}


def answer(request: httpx2.Request) -> httpx2.Response:
    """Echo the key, and break off where that is asked for."""
    if request.url.path == "/broken":
        raise httpx2.ReadTimeout("nothing came", request=request)
    if request.url.path == "/cut":
        return httpx2.Response(200, stream=Cut())
    return httpx2.Response(200, json={"key": request.headers.get("authorization")}, headers={"X-Key": KEY})


class Cut(httpx2.SyncByteStream):
    """A body that ends too early."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"half"
        raise httpx2.ReadError("reset")


@pytest.fixture
def client() -> httpx2.Client:
    """A client of a server that echoes."""
    return httpx2.Client(transport=httpx2.MockTransport(answer), base_url="https://api.evolink.ai")


def test_a_call_without_its_key(client: httpx2.Client) -> None:
    """Neither the request nor the answer has it; what stands there tells accounts apart."""
    recorder = Recorder(lambda: 5.0)
    exchange = recorder.call(client, "POST", f"/v1/tasks/batch?key={KEY}", headers=BEARER, json={"task_ids": [KEY]})
    assert KEY not in repr(exchange)
    masked = f"Bearer {fingerprint(KEY)}"
    assert exchange.header("authorization") == masked
    assert exchange.answered == {"key": masked}
    assert exchange.sent == {"task_ids": [fingerprint(KEY)]}
    assert exchange.response_header("x-key") == fingerprint(KEY)
    assert (exchange.number, exchange.method, exchange.status, exchange.error) == (1, "POST", 200, None)
    assert list(recorder.record.accounts) == [fingerprint(KEY)]


def test_a_call_that_fails(client: httpx2.Client) -> None:
    """It is noted with what came, and nothing is raised."""
    recorder = Recorder(lambda: 5.0)
    broken, cut = recorder.call(client, "GET", "/broken"), recorder.call(client, "GET", "/cut")
    assert (broken.status, broken.error) == (None, "ReadTimeout: nothing came")
    assert (cut.status, cut.response_body, cut.error) == (200, b"half", "ReadError: reset")
    assert not cut.succeeded


def test_callbacks_have_no_keys_either(client: httpx2.Client) -> None:
    """Keys are learnt from requests to the server alone."""
    recorder = Recorder(lambda: 5.0)
    recorder.call(client, "GET", "/", headers=BEARER)
    begun = recorder.begin()
    came = recorder.receive(begun, method="POST", url="https://x", request_headers=[("X-Note", KEY)], status=200)
    assert came.request_headers == (("x-note", fingerprint(KEY)),)
    assert recorder.record.received == (came,)
    stranger = recorder.receive(recorder.begin(), method="POST", url="https://x", request_headers=[("a", "b-secret")])
    assert stranger.header("a") == "b-secret"


def test_times_tell_the_order(client: httpx2.Client) -> None:
    """On a clock that stands still too, and on several threads."""
    recorder = Recorder(lambda: 5.0)
    with recorder.happening("clock"):
        recorder.call(client, "GET", "/")
    threads = [threading.Thread(target=recorder.call, args=(client, "GET", "/")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record = recorder.record
    times = [each for exchange in record.asked for each in (exchange.started_at, exchange.ended_at)]
    (moved,) = record.events
    assert len(set(times)) == 10
    assert moved.at < times[0] < times[1] < moved.to < times[2]
    assert [exchange.number for exchange in record.asked] == [1, 2, 3, 4, 5]
    assert record.ended_at == max(times)
    assert all(one.started_at < other.started_at for one, other in pairwise(record.asked))


def test_what_is_done_is_noted_even_if_it_fails() -> None:
    """With the times from which and to which it was done."""
    times = iter([5.0, 65.0])
    recorder = Recorder(lambda: next(times))
    with pytest.raises(OSError, match="no"), recorder.happening("restart"):
        raise OSError("no")
    assert recorder.record.events == (Event(kind="restart", at=5.0, to=65.0),)


def test_the_frame_of_a_record() -> None:
    """What a recorder is told, its records tell."""
    listener = Listener(origin="https://hooks.example.com")
    recorder = Recorder(lambda: 5.0, listeners=[listener], pace=0, skew=1, alone=False)
    recorder.media["https://x"] = 5.0
    record = recorder.record
    assert (record.listeners, record.pace, record.skew, record.alone) == ((listener,), 0, 1, False)
    assert record.media == {"https://x": 5.0}
    recorder.media["https://y"] = 6.0
    assert record.media == {"https://x": 5.0}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Bearer sk-1", "sk-1"),
        ("bearer  sk-1 ", "sk-1"),
        ("Basic sk-1", None),
        ("Bearer", None),
        ("", None),
        (None, None),
    ],
)
def test_the_key_of_a_header(header: str | None, key: str | None) -> None:
    """Only a Bearer header has one."""
    assert read_bearer(header) == key


def test_a_short_key_is_not_looked_for() -> None:
    """It would stand by chance in many a text; its header is masked all the same."""
    mask = Mask()
    mask.learn([("authorization", "Bearer a"), ("accept", "b"), ("authorization", "Basic secret")])
    assert mask.text("banana") == "banana"
    assert mask.headers([("Authorization", "Bearer a")]) == (("authorization", f"Bearer {fingerprint('a')}"),)
    assert mask.headers([("authorization", "Basic x")]) == (("authorization", "Basic x"),)


def test_a_fingerprint_stands_for_itself() -> None:
    """So that a record can be read again."""
    assert fingerprint(fingerprint(KEY)) == fingerprint(KEY)
    assert fingerprint(KEY) != fingerprint("sk-other")
