"""Where the proxy leads."""

import pytest

from mock_server.core.http.urls import Origin, UrlError
from mock_server.egress.egress import Egress, Unreachable
from mock_server.proxy.ways import Way, Ways, place_of, read_hosts

PLACES = {443: ("127.0.0.1", 2), 80: ("127.0.0.1", 1)}


async def resolve(host: str, _port: int) -> list[str]:
    """Resolve two hosts, one of which leads inward."""
    return {"other.example.org": ["93.184.216.34", "2606:2800:220:1::1"], "rebound.example.org": ["10.0.0.1"]}[host]


def ways(*allowed: str) -> Ways:
    """Return ways with some hosts that are let out."""
    return Ways(PLACES, allowed=allowed, egress=Egress({}, public=True, resolve=resolve))


@pytest.mark.parametrize(
    ("host", "port", "way"),
    [
        ("api.evolink.ai", 443, "led"),
        ("files-api.evolink.ai", 80, "led"),
        ("files.evolink.ai", 443, "led"),
        ("api.evolink.ai", 8443, "refused"),
        ("www.evolink.ai", 443, "refused"),
        ("api.evolink.ai.example.com", 443, "refused"),
        ("localhost", 3000, "allowed"),
        ("app.localhost", 80, "allowed"),
        ("127.0.0.1", 22, "allowed"),
        ("127.8.8.8", 80, "allowed"),
        ("::1", 80, "allowed"),
        ("::ffff:127.0.0.1", 80, "refused"),
        ("10.0.0.1", 80, "refused"),
        ("169.254.169.254", 80, "refused"),
        ("0.0.0.0", 80, "refused"),  # noqa: S104 - the case itself
        ("other.example.org", 443, "allowed"),
        ("other.example.org", 80, "allowed"),
        ("x.other.example.org", 443, "refused"),
    ],
)
def test_choices(host: str, port: int, way: Way) -> None:
    """The API's hosts are led, this machine and what was allowed are let go, and nothing else."""
    assert ways("other.example.org").choose(Origin("https", host, port)) == way


@pytest.mark.parametrize(
    ("host", "places"),
    [
        ("api.evolink.ai", [("127.0.0.1", 2)]),
        ("other.example.org", [("93.184.216.34", 443), ("2606:2800:220:1::1", 443)]),
        ("localhost", [("127.0.0.1", 443), ("::1", 443)]),
        ("any.localhost", [("127.0.0.1", 443), ("::1", 443)]),
        ("127.8.8.8", [("127.8.8.8", 443)]),
    ],
)
@pytest.mark.anyio
async def test_addresses(host: str, places: list[tuple[str, int]]) -> None:
    """A name of this machine is never resolved: a resolver may know another one by it."""
    assert await ways("other.example.org").addresses(Origin("https", host, 443)) == places


@pytest.mark.anyio
async def test_what_is_allowed_but_internal() -> None:
    """A host that is let out leads nowhere but to the public internet."""
    with pytest.raises(Unreachable, match=r"10\.0\.0\.1 is internal"):
        await ways("rebound.example.org").addresses(Origin("https", "rebound.example.org", 443))


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("example.com", "example.com:8443 was not connected to: this proxy leads api.evolink.ai, files-api.evolink.ai"),
        ("example.com", "--allow-host-out example.com lets this host out"),
        ("api.evolink.ai", "api.evolink.ai is led to the simulator at port 443 and 80, and not at 8443"),
    ],
)
def test_refusals(host: str, said: str) -> None:
    """It is said what was wanted, and what to do."""
    assert said in ways().refusal(Origin("https", host, 8443))


def test_hosts_that_are_let_out() -> None:
    """They are written plainly."""
    assert read_hosts(["Other.example.org.", "[2606:2800:220:1::1]"]) == ("other.example.org", "2606:2800:220:1::1")


@pytest.mark.parametrize("text", ["https://example.com", "a/b", "", "example.com:443", "example.com:8443", "*.com"])
def test_what_is_no_host(text: str) -> None:
    """It is refused when the proxy is made."""
    with pytest.raises(UrlError):
        read_hosts([text])


def test_places() -> None:
    """A server's URL is where it is."""
    assert place_of("http://[::1]:80") == ("::1", 80)
