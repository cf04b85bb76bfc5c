"""Where the proxy leads: the API's hosts here, what is allowed where it would go anyway, and the rest nowhere."""

import ipaddress
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import Final, Literal, TypeAlias

import msgspec

from mock_server.core.http.urls import Origin, UrlError, read_authority, read_url
from mock_server.core.types import Instant
from mock_server.egress.egress import Egress
from mock_server.hosts import API_HOSTS

Way: TypeAlias = Literal["led", "allowed", "refused"]
"""What became of a passage: led here, let go where it would, or refused."""

Places: TypeAlias = Mapping[int, tuple[str, int]]
"""The address and port of the simulator that stand for each port of the API's hosts: 443 (by TLS), and 80."""

_HTTPS: Final = 443
_HERE: Final = ("127.0.0.1", "::1")
_LOOPBACK: Final = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1"))


class Passage(msgspec.Struct, frozen=True):
    """What a client wanted of the proxy: a connection to a host and port, `at` so many microseconds of real time."""

    at: Instant
    host: str
    port: int
    way: Way


class Ways:
    """Tells where a connection goes that a client wants.

    Args:
        places: Where the API's hosts are led.
        allowed: The hosts that may be connected to besides, if their addresses are public (`read_hosts`).
        egress: Vets their addresses; one that lets public ones pass if not given.
    """

    def __init__(self, places: Places, *, allowed: Collection[str] = (), egress: Egress | None = None) -> None:
        self._places = places
        self._allowed = frozenset(allowed)
        self._egress = egress or Egress({}, public=True)

    def choose(self, origin: Origin) -> Way:
        """Return what becomes of a passage."""
        if origin.host in API_HOSTS:
            return "led" if origin.port in self._places else "refused"
        return "allowed" if origin.host in self._allowed or is_this_machine(origin.host) else "refused"

    async def addresses(self, origin: Origin) -> Collection[tuple[str, int]]:
        """Return where to connect for a passage that is not refused; in turn, until one can be.

        Raises:
            Unreachable: A host that is allowed has an address that is internal, or none.
            OSError: It cannot be resolved.
        """
        if origin.host in API_HOSTS:
            return [self._places[origin.port]]
        if origin.host in self._allowed:
            found: Collection[str] = await self._egress.addresses(origin)
        else:
            found = _HERE if _literal(origin.host) is None else [origin.host]
        return [(address, origin.port) for address in found]

    def refusal(self, origin: Origin) -> str:
        """Say why a passage is refused, and what to do about it."""
        if origin.host in API_HOSTS:
            ports = " and ".join(str(port) for port in self._places)
            return f"{origin.host} is led to the simulator at port {ports}, and not at {origin.port}"
        return (
            f"{origin.host}:{origin.port} was not connected to: this proxy leads {', '.join(API_HOSTS)} to the "
            f"simulator and lets nothing else out; --allow-host-out {origin.host} lets this host out"
        )


def read_hosts(texts: Iterable[str]) -> tuple[str, ...]:
    """Read hosts that are to be let out: names, or public addresses, without a port.

    Raises:
        UrlError: One is none.
    """
    return tuple(map(_read_host, texts))


def _read_host(text: str) -> str:
    origin = read_authority("https", text)
    if origin.port != _HTTPS or text.endswith(f":{_HTTPS}"):
        raise UrlError(f"{text[:60]!r} has a port; a host is let out at all of its ports")
    return origin.host


def place_of(url: str) -> tuple[str, int]:
    """Return the address and port of a server's URL."""
    origin = read_url(url).origin
    return origin.host, origin.port


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine, by its name alone: `localhost`, what ends so, 127.0.0.0/8, ::1."""
    address = _literal(host)
    if address is not None:
        return any(address in network for network in _LOOPBACK)
    return host == "localhost" or host.endswith(".localhost")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with suppress(ValueError):
        return ipaddress.ip_address(host)
    return None
