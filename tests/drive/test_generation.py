"""What every library's client can do without a socket: all that it can do with one."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from contracts.drive.in_process import InProcess
from tests.drive.callers import Call, Open
from tests.serving import CREATE, bearer, example

pytestmark = pytest.mark.uncounted

API: Final = "https://api.evolink.ai"
CONTROL: Final = "http://localhost/_mock"
HEADERS: Final = {**bearer(), "content-type": "application/json"}
CLIP_BRAND: Final = b"ftyp"


def ask(call: Call, method: str, url: str, body: object = None) -> Any:
    """Make a request that succeeds, and return what its answer says."""
    status, _, content = call(method, url, headers=HEADERS, content=b"" if body is None else json.dumps(body).encode())
    assert status == 200, content
    return json.loads(content)


def connections(call: Call) -> list[tuple[str, int]]:
    """Return by which connections requests of the API came so far, and as which on them."""
    entries = ask(call, "GET", f"{CONTROL}/journal")["entries"]
    return [(entry["connection"], entry["turn"]) for entry in entries]


@pytest.mark.clauses("OP-CREATE", "OP-ASYNC", "TASK-READ", "TASK-RESULTS", "OP-LINK-24H")
def test_from_request_to_video(simulator: InProcess, open_client: Open) -> None:
    """Create, let time pass, poll and download, each under the name that the URL has."""
    with open_client(simulator) as call:
        task = ask(call, "POST", API + CREATE, example())
        ask(call, "POST", f"{CONTROL}/clock", {"advance": 3600})
        task = ask(call, "GET", f"{API}/v1/tasks/{task['id']}")
        status, headers, video = call("GET", task["results"][0], headers={})
    assert task["status"] == "completed"
    assert task["results"][0].startswith("https://files.evolink.ai/")
    assert (status, dict(headers)["content-type"], video[4:8]) == (200, "video/mp4", CLIP_BRAND)


def test_connections_are_kept(simulator: InProcess, open_client: Open) -> None:
    """One client's requests come by one connection, as the journal shows; another client has another."""
    with open_client(simulator) as first, open_client(simulator) as second:
        for call in (first, first, first, second):
            ask(call, "GET", f"{API}/v1/credits")
        assert connections(first) == [("1", 1), ("1", 2), ("1", 3), ("2", 1)]


def test_a_connection_that_has_ended_is_not_used_again(simulator: InProcess, open_client: Open) -> None:
    """After an answer with which the connection ends, the next request comes by another."""
    with open_client(simulator) as call:
        call("GET", f"{API}/v1/credits", headers={**HEADERS, "x-mock-plan": "disconnect after-response"})
        ask(call, "GET", f"{API}/v1/credits")
        assert connections(call) == [("1", 1), ("2", 1)]


def test_head(simulator: InProcess, open_client: Open) -> None:
    """To HEAD come the headers of GET and no body, and the connection goes on."""
    with open_client(simulator) as call:
        _, headers, body = call("GET", f"{API}/v1/credits", headers=HEADERS)
        status, head_headers, nothing = call("HEAD", f"{API}/v1/credits", headers=HEADERS)
        assert connections(call) == [("1", 1), ("1", 2)]
    assert (status, nothing) == (200, b"")
    assert dict(head_headers)["content-length"] == dict(headers)["content-length"] == str(len(body))


def test_large_bodies(simulator: InProcess, open_client: Open) -> None:
    """An answer of 20 MB comes whole, and a request of 500 kB arrives whole."""
    wordy = json.dumps(example(prompt="x" * 500_000)).encode()
    with open_client(simulator) as call:
        padded = {**HEADERS, "x-mock-plan": "body padded number=20000000"}
        answer = call("GET", f"{API}/v1/credits", headers=padded)
        refused = call("POST", API + CREATE, headers=HEADERS, content=wordy)
        sizes = [entry["request"]["size"] for entry in ask(call, "GET", f"{CONTROL}/journal")["entries"]]
    assert len(answer[2]) > 20_000_000
    assert refused[0] == 400
    assert sizes == [0, len(wordy)]


def test_many_at_once(simulator: InProcess, open_client: Open) -> None:
    """Eight clients at once create forty tasks, each its own."""

    def create_five() -> list[str]:
        with open_client(simulator) as call:
            return [str(ask(call, "POST", API + CREATE, example())["id"]) for _ in range(5)]

    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(create_five) for _ in range(8)]
        created = [task for each in running for task in each.result()]
    assert len(set(created)) == 40
