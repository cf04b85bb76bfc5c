"""What a client asks the proxy for, read from bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.http.urls import Origin
from mock_server.proxy.heads import LONGEST_HEAD, HeadError, HeadReader, Wanted
from tests.proxy.conftest import ESTABLISHED

API = Origin("https", "api.evolink.ai", 443)


def read(data: bytes) -> Wanted | None:
    """Read what came at once."""
    return HeadReader().feed(data)


@pytest.mark.parametrize(
    ("head", "origin", "first"),
    [
        (b"CONNECT api.evolink.ai:443 HTTP/1.1\r\nHost: api.evolink.ai:443\r\n\r\n", API, b""),
        (b"CONNECT api.evolink.ai:443 HTTP/1.0\r\n\r\n", API, b""),
        (b"CONNECT API.Evolink.AI.:443 HTTP/1.1\r\nHost: x\r\n\r\n", API, b""),
        (b"CONNECT api.evolink.ai:443 HTTP/1.1\r\nHost: x\r\n\r\n\x16\x03\x01", API, b"\x16\x03\x01"),
        (b"CONNECT [::1]:80 HTTP/1.1\r\nHost: x\r\n\r\n", Origin("https", "::1", 80), b""),
        (b"CONNECT 0x7f.1:80 HTTP/1.1\r\nHost: x\r\n\r\n", Origin("https", "127.0.0.1", 80), b""),
    ],
)
def test_a_tunnel(head: bytes, origin: Origin, first: bytes) -> None:
    """The host is written plainly, and what the client has already sent goes first."""
    assert read(head) == Wanted(origin, first, ESTABLISHED)


def test_a_request() -> None:
    """It goes on as the other side wants it: by its path, to its own host, and as the last of its connection."""
    wanted = read(
        b"POST http://api.evolink.ai/v1/x?a=b HTTP/1.1\r\nHost: other.example.com\r\nX-Own: 1\r\nKeep-Alive: 5\r\n"
        b"Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic c2VjcmV0\r\nConnection: close, X-Own\r\n"
        b"X-Twice: a\r\nX-Twice: b\r\nContent-Length: 5\r\n\r\nhel"
    )
    assert wanted == Wanted(
        Origin("http", "api.evolink.ai", 80),
        b"POST /v1/x?a=b HTTP/1.1\r\nHost: api.evolink.ai\r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 5\r\n"
        b"Connection: close\r\n\r\nhel",
        b"",
    )


def test_a_request_of_an_old_client() -> None:
    """Its version stays what it is, or else it would be answered in pieces that it cannot read."""
    wanted = read(b"GET http://localhost:3000 HTTP/1.0\r\n\r\n")
    assert wanted is not None
    assert wanted.first == b"GET / HTTP/1.0\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("at", range(1, 60, 7))
def test_pieces(at: int) -> None:
    """However it comes, it is read as one."""
    head = b"CONNECT api.evolink.ai:443 HTTP/1.1\r\nHost: api.evolink.ai:443\r\n\r\n"
    reader = HeadReader()
    assert reader.feed(head[:at]) is None
    assert reader.feed(head[at:]) == Wanted(API, b"", ESTABLISHED)


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "not a request to a proxy: "),
        (b"GET / HTTP/1.1\r\nHost: api.evolink.ai\r\n\r\n", 400, "'/' names no place to connect to: "),
        (b"GET https://api.evolink.ai/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "https goes through this proxy by CONNECT"),
        (b"GET ftp://api.evolink.ai/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "it is no http or https URL"),
        (b"CONNECT a@api.evolink.ai:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "names no place to connect to"),
        (b"CONNECT api.evolink.ai:0 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "there is no port 0"),
        (b"CONNECT /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 400, "names no place to connect to"),
        (b"CONNECT x\r\n\r\n", 400, "not a request to a proxy: "),
        (b"GET http://a.example/ HTTP/1.1\r\n\r\n", 400, "not a request to a proxy: "),
        (b"GET http://a.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "not a"),
        (b"GET http://a.example/ HTTP/1.1\r\nHost: a\r\nX: " + b"x" * LONGEST_HEAD, 431, "not a request to a proxy: "),
    ],
)
def test_what_is_not_understood(data: bytes, status: int, reason: str) -> None:
    """It is told why."""
    with pytest.raises(HeadError) as caught:
        read(data)
    assert reason in str(caught.value)
    assert caught.value.status == status


@given(st.binary() | st.binary().map(lambda target: b"CONNECT " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n"))
def test_anything(data: bytes) -> None:
    """Whatever comes is a wish, a part of one, or refused."""
    with suppress(HeadError):
        wanted = read(data)
        assert wanted is None or wanted.origin.host
