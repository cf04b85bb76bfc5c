"""What gets a socket: every attempt to connect is seen here, and none is let through."""

import socket
import ssl
from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.http.addresses import literal_address
from mock_server.core.http.urls import read_url
from mock_server.egress.egress import Egress, EgressError, refuse_internal
from mock_server.egress.routes import read_route
from tests.egress.corpus import CASES, Case, internal_v4, v4_spellings, v6_spellings

pytestmark = pytest.mark.clauses("CB-NO-INTERNAL")

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
URL = "https://hooks.example.com/evolink"
HEADERS = {"content-type": "application/json"}


class Wire:
    """What attempts connect to, and what names they ask for. Names stand for `answers`, in turn; the last one stays."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.connected: list[tuple[str, int]] = []
        self.asked: list[str] = []
        self.answers: list[list[str]] = []
        self._portal = portal

    def attempt(self, url: str, *answers: list[str], route: str | None = None, public: bool = True) -> str:
        """Post, in public mode if nothing else is said, once for each answer of the resolver; return the last error."""
        self.connected, self.asked, self.answers = [], [], list(answers) or [[PUBLIC]]
        egress = Egress(dict([read_route(route)] if route else []), public=public, resolve=self._resolve)
        for _ in range(len(self.answers)):
            with pytest.raises(EgressError) as caught:
                self._portal.call(egress.post, url, b"{}", HEADERS)
        return str(caught.value)

    def connect(self, address: tuple[str, int]) -> None:
        """Be what sockets call to connect."""
        self.connected.append(address[:2])
        raise ConnectionRefusedError

    async def _resolve(self, host: str, _: int) -> list[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """A wire from which nothing leaves this machine, and no resolver is asked."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with start_blocking_portal("asyncio") as portal, pytest.MonkeyPatch.context() as patch:
        wire = Wire(portal)
        patch.setattr(socket.socket, "connect", wire.connect)
        patch.setattr(socket, "getaddrinfo", None)
        patch.setattr("mock_server.egress.egress.trusting", lambda _: trust)  # nobody shakes hands here
        yield wire


@pytest.mark.uncounted
@pytest.mark.parametrize("case", CASES, ids=str)
def test_by_default_nothing_gets_a_socket(wire: Wire, case: Case) -> None:
    """Over the whole table: without a route, and not in public mode, nobody is connected to and nobody is asked."""
    assert wire.attempt(case.url, public=False).startswith(("offline: no route for https://", "not a URL to send to: "))
    assert (wire.connected, wire.asked) == ([], [])


@pytest.mark.uncounted
@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_what_is_public_gets_a_socket(wire: Wire, case: Case) -> None:
    """Over the whole table: a public address is connected to as it is; nothing else ever gets a socket."""
    inside = case.verdict == "internal"
    reason = wire.attempt(case.url, ["127.0.0.1"] if inside else [PUBLIC])
    if case.verdict == "public":
        host = read_url(case.url).origin.host
        address = literal_address(host)
        assert [address for address, _ in wire.connected] == [PUBLIC if address is None else str(address)]
        assert wire.asked == ([host] if address is None else [])
        assert reason == "the connection was refused"
    else:
        assert wire.connected == []
        assert reason.startswith("refused: " if inside else "not a URL to send to: ")


@given(st.one_of(v4_spellings(internal_v4), v6_spellings(internal_v4)), st.sampled_from(["", "u@", "8.8.8.8@"]))
def test_no_spelling_gets_a_socket(wire: Wire, host: str, user: str) -> None:
    """However an internal address is spelled, nothing is connected to and nobody is asked."""
    assert wire.attempt(f"https://{user}{host}/").startswith("refused: ")
    assert (wire.connected, wire.asked) == ([], [])


@given(st.text())
def test_whatever_is_connected_to_has_been_vetted(wire: Wire, host: str) -> None:
    """Any text for a host: it is refused, or the address that is connected to is public."""
    wire.attempt(f"https://{host}/", [PUBLIC])
    for address, _ in wire.connected:
        refuse_internal(address)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["10.0.0.1", PUBLIC],
        [PUBLIC, PUBLIC_V6, "::1"],
        [PUBLIC, "::ffff:169.254.169.254"],
        [PUBLIC, "64:ff9b::7f00:1"],
        [PUBLIC_V6, "fe80::1%eth0"],
        [PUBLIC, f"{PUBLIC_V6}%eth0"],
    ],
    ids=str,
)
def test_one_internal_answer_refuses_all(wire: Wire, answers: list[str]) -> None:
    """A name with a public and an internal address is not connected to at all."""
    reason = wire.attempt(URL, answers)
    assert reason.startswith("refused: ")
    assert "is internal" in reason
    assert wire.connected == []


def test_the_next_address_is_tried(wire: Wire) -> None:
    """Of several public addresses each is tried, in order, until one can be connected to."""
    assert wire.attempt(URL, [PUBLIC_V6, PUBLIC]) == "the connection was refused"
    assert wire.connected == [(PUBLIC_V6, 443), (PUBLIC, 443)]


def test_each_attempt_asks_anew(wire: Wire) -> None:
    """A name that moves to an internal address between two attempts is refused at the second; one that moves is met."""
    assert wire.attempt(URL, [PUBLIC], ["192.168.1.1"]).startswith("refused: 192.168.1.1")
    assert wire.connected == [(PUBLIC, 443)]
    wire.attempt(URL, [PUBLIC], [PUBLIC_V6])
    assert wire.connected == [(PUBLIC, 443), (PUBLIC_V6, 443)]
    assert wire.asked == ["hooks.example.com"] * 2


def test_a_name_without_an_address_is_not_connected_to(wire: Wire) -> None:
    """No answer is no way."""
    assert wire.attempt(URL, []) == "hooks.example.com has no address"
    assert wire.connected == []


def test_a_route_is_an_explicit_grant(wire: Wire) -> None:
    """A route's target may be internal; the origin is never resolved, and other origins are vetted as before."""
    route = "https://hooks.example.com=http://127.0.0.1:3000"
    wire.attempt(URL, [PUBLIC], route=route)
    assert (wire.connected, wire.asked) == ([("127.0.0.1", 3000)], [])
    for other in ("http://hooks.example.com/", "https://hooks.example.com:8443/", "https://127.0.0.1:3000/"):
        assert wire.attempt(other, ["127.0.0.1"], route=route).startswith("refused: ")
        assert wire.connected == []


def test_the_target_of_a_route_is_resolved(wire: Wire) -> None:
    """A route may lead to a name, as that of a container."""
    wire.attempt(URL, ["172.17.0.2"], route="https://hooks.example.com=http://host.docker.internal:3000")
    assert (wire.connected, wire.asked) == ([("172.17.0.2", 3000)], ["host.docker.internal"])
