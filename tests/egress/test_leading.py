"""What is posted to an origin led elsewhere for a while."""

import asyncio
from pathlib import Path

import pytest

from contracts.drive.receiver import Receiver
from mock_server.core.http.urls import WebUrl
from mock_server.egress.answer import Answer
from mock_server.egress.egress import Egress, EgressError, EgressTimeout, read_origin
from mock_server.egress.posting import Body, Headers

pytestmark = pytest.mark.anyio

HOOK = "https://hooks.example.com/evolink"
ORIGIN = read_origin(HOOK)


async def deliver(url: WebUrl, body: Body, headers: Headers) -> Answer:
    """Take a request."""
    assert (str(url.origin), url.target, body, dict(headers)) == (
        "https://hooks.example.com",
        "/evolink",
        b"x",
        {"a": "b"},
    )
    return Answer(299, 7)


async def posted(egress: Egress) -> int | str:
    """Return what comes of a post."""
    try:
        return (await egress.post(HOOK, b"x", {"a": "b"})).status
    except EgressError as error:
        return str(error)


@pytest.mark.clauses("CB-SUCCESS")
async def test_places() -> None:
    """The last one counts while it is open: an origin, by TLS that is trusted for it, or a function; then what was."""
    offline = "offline: no route for https://hooks.example.com"
    egress = Egress({})
    with Receiver() as receiver:
        place = read_origin(receiver.address)
        with egress.leading(ORIGIN, deliver):
            assert await posted(egress) == 299
            with egress.leading(ORIGIN, place, ca_file=receiver.ca_file):
                assert await posted(egress) == 200
                with egress.leading(ORIGIN, deliver):
                    assert await posted(egress) == 299
                assert await posted(egress) == 200
            assert await posted(egress) == 299
        assert await posted(egress) == offline
        with egress.leading(read_origin("https://other.example.com"), deliver):
            assert await posted(egress) == offline
    assert len(receiver.received) == 2


async def test_certificates_may_come_after_the_first_callback() -> None:
    """Each place has a CA of its own, which is trusted once it leads there."""
    egress = Egress({})
    with Receiver() as first, Receiver() as second:
        for receiver in (first, second):
            with egress.leading(ORIGIN, read_origin(receiver.address), ca_file=receiver.ca_file):
                assert await posted(egress) == 200


@pytest.mark.clauses("CB-TIMEOUT")
async def test_a_function_that_takes_too_long() -> None:
    """It has as much time as a connection."""

    async def hang(_url: WebUrl, _body: Body, _headers: Headers) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    egress = Egress({}, seconds=0.01)
    with egress.leading(ORIGIN, hang), pytest.raises(EgressTimeout, match=r"no whole answer within 0\.01 s"):
        await egress.post(HOOK, b"x", {})


async def test_certificates_that_are_none(tmp_path: Path) -> None:
    """The file is named, and nothing is led."""
    empty = tmp_path / "ca.pem"
    empty.write_text("nothing")
    egress = Egress({})
    with (
        pytest.raises(EgressError, match=r"the CA file .*ca\.pem cannot be used: it holds no certificates"),
        egress.leading(ORIGIN, ORIGIN, ca_file=empty),
    ):
        raise AssertionError
    assert egress.routes == {}
