"""What a faulty answer does to its connection, to the requests that follow on it, and to others: nothing more."""

import re

import pytest

from mock_server.core.plans.wire import FRAMING_FAULTS
from tests.serving import CREATE
from tests.wire.conftest import Universe

OK = b"HTTP/1.1 200 OK"


def request(universe: Universe, operation: str, *headers: str, version: str = "1.1") -> bytes:
    """Return the bytes of a request."""
    method, path, body = universe.requests[operation]
    length = () if body is None else (f"content-length: {len(body)}",)
    key = f"authorization: {universe.headers['authorization']}"
    head = "\r\n".join((f"{method} {path} HTTP/{version}", "host: localhost", key, *length, *headers, "", ""))
    return head.encode() + (body or b"")


@pytest.mark.parametrize(
    "words",
    [
        "answer 503",
        "answer 204",
        "answer 304",
        "head status=500",
        "body truncated",
        "framing chunked",
        "framing provisional",
        "delay 0.001 in-body",
        "delay 0 before-head",
    ],
)
def test_a_connection_goes_on(universe: Universe, words: str) -> None:
    """After an answer that HTTP can say, however wrong it is, ten more come by the same connection."""
    universe.plan(f"{words} on=credits")
    with universe.live.connect() as client:
        for _ in range(5):
            universe.send(client, "credits")
            client.read_answer()
            universe.send(client, "list")
            assert client.read_answer().start == OK


@pytest.mark.parametrize("fault", FRAMING_FAULTS)
def test_others_are_left_alone(universe: Universe, fault: str) -> None:
    """While one connection has its fault, and afterwards, another that was open before serves on."""
    universe.plan(f"framing {fault} on=credits", "stall in-body on=list")
    with universe.live.connect() as other, universe.live.connect() as stalled:
        universe.send(other, "query")
        assert other.read_answer().start == OK
        universe.send(stalled, "list")
        assert stalled.read_to_end().end == "silence"
        with universe.live.connect() as faulty:
            universe.send(faulty, "credits")
            faulty.read_some()
            universe.send(other, "query")
            assert other.read_answer().start == OK


def test_requests_in_a_row(universe: Universe) -> None:
    """Requests that are sent before the first is answered are answered in order, each with its own fault."""
    universe.plan("answer 503 on=credits", "framing provisional:1 on=list", "framing trailer on=query")
    row = [request(universe, operation) for operation in ("credits", "create", "list", "models", "query", "credits")]
    with universe.live.connect() as client:
        client.socket.sendall(b"".join(row))
        seen = client.read_to_end()
    assert re.findall(rb"HTTP/1\.1 [^\r]*", seen.raw) == [
        b"HTTP/1.1 503 Service Unavailable",
        OK,
        b"HTTP/1.1 102 Processing",
        OK,
        OK,
        OK,
    ]
    assert seen.raw.count(b"\r\ndate: ") == seen.raw.count(b"\r\nx-request-id: ") == 5
    assert seen.raw.endswith(b"0\r\nX-Mock-Trailer: 1\r\n\r\n")
    assert seen.end == "FIN"


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("disconnect in-body", "FIN"),
        ("disconnect in-body reset", "RST"),
        ("stall in-body", "silence"),
        ("disconnect in-body half-close", "half-closed"),
        ("delay 0 in-head", "FIN"),
    ],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_what_follows_an_answer_that_ends_the_connection(universe: Universe, words: str, end: str, rows: int) -> None:
    """It is not carried out, whether it came in the same piece or comes later; and the end comes all the same."""
    tasks = universe.tasks()
    universe.plan(f"{words} on=credits")
    with universe.live.connect() as client:
        client.socket.sendall(request(universe, "credits") + request(universe, "create") * rows)
        seen = client.read_to_end()
        assert seen.end == end
        assert seen.raw.count(b"HTTP/1.1") == 1
        if end == "silence":
            client.socket.sendall(request(universe, "create") * rows)
        client.leave()
        universe.live.quiet.wait_for_end(client.port)
    assert universe.tasks() == tasks


@pytest.mark.parametrize("words", ["delay 86400 before-head", "delay 86400 in-body pieces=2", "delay 86400 in-head"])
def test_a_client_that_leaves_with_requests_in_a_row(universe: Universe, words: str) -> None:
    """The server notices though another request waits, and so the first is over."""
    universe.plan(f"{words} on=credits")
    with universe.live.connect() as client:
        client.socket.sendall(request(universe, "credits") + request(universe, "create"))
        if "in-" in words:
            client.read_some()
        else:
            universe.call("GET", "/v1/tasks")
    assert [entry["operation"] for entry in universe.exchanges()][-1] == "getCredits"


@pytest.mark.parametrize("status", [100, 101, 102, 103, 199])
@pytest.mark.parametrize("words", ["answer {}", "head status={}"])
def test_a_provisional_status_that_nothing_follows(universe: Universe, words: str, status: int) -> None:
    """A head without a length is sent, no body, and the connection is closed: a client waits for nothing."""
    universe.plan(f"{words.format(status)} on=query")
    seen = universe.ask("query")
    assert seen.start.startswith(b"HTTP/1.1 %d" % status)
    assert (seen.end, seen.body) == ("FIN", b"")
    assert not seen.headers.keys() & {"content-length", "transfer-encoding"}


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("words", ["answer {}", 'answer {} json={{"a":1}}', "head status={}"])
@pytest.mark.parametrize("more", ["", "; disconnect after-response", "; framing chunked"])
def test_a_status_without_a_body(universe: Universe, words: str, status: int, more: str) -> None:
    """No body and no length go with it, even where there would be a body."""
    universe.plan(f"{words.format(status)} on=query{more}")
    seen = universe.ask("query", to_end="disconnect" in more)
    assert seen.start.startswith(b"HTTP/1.1 %d" % status)
    assert (seen.body, "content-length" in seen.headers) == (b"", False)


@pytest.mark.parametrize(
    ("words", "pairs", "end"),
    [
        ("headers.date=date-3600", [("date", "Sat, 06 Sep 2025 13:42:23 GMT")], "open"),
        ("headers.date=now,later", [("date", "now"), ("date", "later")], "open"),
        ("without=date", [], "open"),
        ("without=x-request-id,content-type", [], "open"),
        ("headers.x-request-id=mine", [("x-request-id", "mine")], "open"),
        ("headers.content-length=5", [("content-length", "5")], "FIN"),
        ("headers.content-length=many", [("content-length", "many")], "FIN"),
        ("without=Content-Length", [], "FIN"),
        ("headers.transfer-encoding=gzip", [("content-length", "true"), ("transfer-encoding", "gzip")], "FIN"),
        ("headers.connection=close", [("connection", "close")], "FIN"),
        ("headers.x-empty=", [("x-empty", "")], "open"),
        ("headers.x-latin=é", [("x-latin", "é")], "open"),
    ],
)
@pytest.mark.parametrize("more", ["", "; delay 0 in-head"])
def test_what_plans_do_to_the_head(
    universe: Universe, words: str, pairs: list[tuple[str, str]], end: str, more: str
) -> None:
    """What the server says itself, the date and the id too, is there to be changed or left out like the rest."""
    true = universe.ask("query", to_end=False)
    universe.plan(f"head {words} on=query{more}")
    seen = universe.ask("query", to_end=bool(more) or end == "FIN")
    names = {name for part in words.split() for name in part.replace("headers.", "").lower().split("=")[:1]}
    if "without" in names:
        names = set(words.lower().partition("=")[2].split(","))
    expected = [(name, str(len(true.body)) if value == "true" else value) for name, value in pairs]
    looked_at = names | {name for name, _ in pairs}
    assert sorted(pair for pair in seen.pairs if pair[0] in looked_at) == sorted(expected)
    others = {"content-type", "date", "x-request-id", "content-length"} - looked_at
    assert others <= seen.headers.keys()
    assert seen.body == true.body


@pytest.mark.parametrize(
    "words", ["answer 503", "framing chunked", "framing trailer", "disconnect in-body", "limit tasks=9"]
)
@pytest.mark.parametrize("headers", [(), ("connection: keep-alive",)])
def test_http_1_0(universe: Universe, words: str, headers: tuple[str, ...]) -> None:
    """A client of the old version gets the same, and the connection is closed."""
    universe.plan(f"{words} on=create")
    with universe.live.connect() as client:
        client.socket.sendall(request(universe, "create", *headers, version="1.0"))
        seen = client.read_to_end()
    assert seen.end == "FIN"
    assert seen.start.startswith(b"HTTP/1.1 503" if "503" in words else OK)
    assert seen.body


@pytest.mark.parametrize(
    ("words", "end"),
    [("answer 503", "open"), ("framing garbage", "FIN"), ("stall before-response phase=before", "silence")],
)
def test_a_client_that_asks_before_it_sends_its_body(universe: Universe, words: str, end: str) -> None:
    """It is told to go on, once, and then gets its fault."""
    universe.plan(f"{words} on=create")
    head, _, body = request(universe, "create", "expect: 100-continue").partition(b"\r\n\r\n")
    with universe.live.connect() as client:
        client.socket.sendall(head + b"\r\n\r\n")
        client.read_until(b"100 Continue\r\n\r\n")
        client.socket.sendall(body)
        seen = client.read_answer() if end == "open" else client.read_to_end()
        client.leave()
    assert seen.end == end
    assert client.raw.count(b"100 Continue") == 1


@pytest.mark.parametrize("how", ["half-close", "silence"])
def test_a_body_that_is_not_wanted(universe: Universe, how: str) -> None:
    """Where the body would be too large, nobody is told to send it: not after the end either."""
    universe.plan(f"disconnect after-response {how} on=create")
    with universe.live.connect() as client:
        client.send("POST", CREATE, {**universe.headers, "expect": "100-continue", "content-length": "999999999"})
        seen = client.read_to_end()
        client.leave()
    assert seen.start.startswith(b"HTTP/1.1 413")
    assert b"Continue" not in client.raw


def test_a_client_that_closes_its_side(universe: Universe) -> None:
    """A server that is told that nothing more comes closes too; what is planned after that is not sent."""
    universe.plan("stall in-body on=query")
    with universe.live.connect() as client:
        universe.send(client, "query")
        seen = client.read_to_end()
        client.leave()
        assert client.raw == seen.raw
        universe.live.quiet.wait_for_end(client.port)
