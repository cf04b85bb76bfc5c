"""The only way out: what may be connected to, checked against the very address that is connected to.

By default nothing leaves this machine. A route sends what is meant for one origin to another; it is an explicit grant,
so its target may be internal. With `public`, a host without a route is resolved, every address that comes back is
vetted, and the connection goes to a vetted address and not to the name, at every attempt anew.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Final, TypeAlias

from mock_server.core.callbacks.retry import ATTEMPT_SECONDS
from mock_server.core.http.addresses import internal_reason, literal_address
from mock_server.core.http.urls import Origin, UrlError, WebUrl, read_url
from mock_server.egress.answer import Answer, AnswerError
from mock_server.egress.fetching import FOUND, Fetching, Take
from mock_server.egress.posting import Body, Connection, Headers, Made, Tls, connect, reason_of
from mock_server.egress.trust import TrustError, read_certificates, trusting

WAY_OUT: Final = (
    "To receive callbacks on this machine, start the simulator with --callback-route"
    " https://hooks.example.com=http://127.0.0.1:3000 and give https://hooks.example.com/... as the URL"
)
"""What somebody is told whose callback cannot be sent from here."""

Resolve = Callable[[str, int], Awaitable[Iterable[str]]]
"""A host name and port to the addresses that it stands for."""

Deliver: TypeAlias = Callable[[WebUrl, Body, Headers], Awaitable[Answer]]
"""What takes a request to a URL in place of a connection, and returns what is answered; or raises `EgressError`."""


class EgressError(Exception):
    """A request was not sent, or got no answer. The message says why, in a few words."""


class Unreachable(EgressError):
    """There is no way to it: it may not be connected to, or it cannot be."""


class EgressTimeout(EgressError):
    """The time for an attempt was over before a whole answer had come (CB-TIMEOUT)."""


async def resolve_host(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Egress:
    """Sends requests out, as far as it is allowed to.

    Args:
        routes: Where what is meant for an origin goes instead. Host header, TLS name and certificate stay the origin's.
        public: Whether hosts without a route may be reached, if they are public.
        ca_file: Certificates to trust besides the system's.
        resolve: Where addresses come from.
        seconds: How long an attempt may take.

    Raises:
        EgressError: The CA file cannot be used.
    """

    def __init__(
        self,
        routes: Mapping[Origin, Origin],
        *,
        public: bool = False,
        ca_file: Path | None = None,
        resolve: Resolve = resolve_host,
        seconds: float = ATTEMPT_SECONDS,
    ) -> None:
        self.routes = dict(routes)
        self._deliveries: dict[Origin, Deliver] = {}
        self._public = public
        self._resolve = resolve
        self._seconds = seconds
        self._trusted = frozenset[str]()
        if ca_file is not None:
            self._trust_also(ca_file)

    def leads_to(self, url: str) -> bool:
        """Tell whether there may be a way to a URL: it has a route, or public addresses may be reached."""
        if self._public or not self.routes:
            return self._public
        try:
            return read_url(url).origin in self.routes
        except UrlError:
            return False

    @contextmanager
    def leading(self, origin: Origin, to: Origin | Deliver, *, ca_file: Path | None = None) -> Iterator[None]:
        """Lead what is posted to an origin elsewhere, as long as this is open: to another, or into a function.

        Several are closed in the opposite order. `ca_file` holds certificates to trust from now on.

        Raises:
            EgressError: The CA file cannot be used.
        """
        if ca_file is not None:
            self._trust_also(ca_file)
        before = self.routes, self._deliveries
        self._deliveries = {led: deliver for led, deliver in self._deliveries.items() if led != origin}
        if isinstance(to, Origin):
            self.routes = {**self.routes, origin: to}
        else:
            self._deliveries[origin] = to
        try:
            yield
        finally:
            self.routes, self._deliveries = before

    async def post(self, url: str, body: Body, headers: Headers) -> Answer:
        """Post a body, once, following nothing.

        Resolving, connecting, the TLS handshake and the last byte of the answer are all within the time of an attempt.

        Args:
            url: Where to. A user name in it is not sent.
            body: The bytes, or what makes of the head all that is sent, in pieces as they come.
            headers: What is sent besides host and connection, and besides the length of bytes.

        Raises:
            EgressTimeout: No whole answer came in time.
            EgressError: It may not be sent, or there was no whole answer.
        """
        target = _read(url)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._deliveries.get(target.origin, self.connect)(target, body, headers)
        except TimeoutError:
            raise EgressTimeout(f"no whole answer within {self._seconds:g} s") from None

    async def connect(
        self, url: WebUrl, body: Body, headers: Headers, *, make: Callable[[], Connection] = Connection
    ) -> Answer:
        """Post a body over a connection, whatever is led into a function; `make` makes the connection.

        Raises:
            EgressError: Nobody may be connected to, or can be, or there was no whole answer.
        """
        return await self._within(url.origin, make, lambda made: made.post(url, headers, body))

    async def fetch(self, url: str, take: Take, *, seconds: float) -> None:
        """Get what is at a URL, following nothing.

        Args:
            url: Where from. A user name in it is not sent.
            take: Gets it piece by piece as it comes; what it raises ends the attempt.
            seconds: How long all of it may take.

        Raises:
            EgressTimeout: It was not whole in time.
            Unreachable: It may not be fetched, or nobody can be connected to.
            EgressError: It is not there, or did not come whole.
        """
        target = _read(url)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._within(target.origin, partial(Fetching, take), lambda made: made.get(target))
        except TimeoutError:
            raise EgressTimeout(f"no whole answer within {seconds:g} s") from None
        if answer.status != FOUND:
            raise EgressError(f"the answer has the status {answer.status}")

    async def _within(
        self, origin: Origin, make: Callable[[], Made], use: Callable[[Made], Awaitable[Answer]]
    ) -> Answer:
        """Return what comes of a connection to an origin."""
        try:
            connection = await self._connect(origin, make)
        except OSError as error:
            raise Unreachable(reason_of(error)) from error
        try:
            try:
                return await use(connection)
            finally:
                await connection.close()
        except AnswerError as error:
            raise EgressError(str(error)) from error
        except OSError as error:
            raise EgressError(reason_of(error)) from error

    async def _connect(self, origin: Origin, make: Callable[[], Made]) -> Made:
        """Connect to the first address of an origin that can be connected to."""
        target = self.routes.get(origin, origin)
        tls = Tls(trusting(self._trusted), origin.host) if target.scheme == "https" else None
        addresses = await self.addresses(origin)
        for address in addresses[:-1]:
            try:
                return await connect(address, target.port, tls, make)
            except OSError:
                continue
        return await connect(addresses[-1], target.port, tls, make)

    async def addresses(self, origin: Origin) -> list[str]:
        """Return where to connect for an origin: to its route, or to its own addresses if all of them are public.

        Raises:
            Unreachable: It may not be connected to, or has no address.
            OSError: It cannot be resolved.
        """
        routed = self.routes.get(origin)
        if routed is None and not self._public:
            raise Unreachable(f"offline: no route for {origin}")
        target = routed or origin
        literal = literal_address(target.host)
        found = [str(literal)] if literal else list(await self._resolve(target.host, target.port))
        if not found:
            raise Unreachable(f"{target.host} has no address")
        if routed is None:
            for address in found:
                refuse_internal(address)
        return found

    def _trust_also(self, ca_file: Path) -> None:
        """Trust the certificates of a file; one that cannot be used is refused now, not with the first callback."""
        try:
            self._trusted |= {read_certificates(ca_file)}
        except TrustError as error:
            raise EgressError(str(error)) from error


def refuse_internal(address: str) -> None:
    """Refuse an internal address (CB-NO-INTERNAL).

    Raises:
        Unreachable: It is internal.
    """
    reason = internal_reason(ip_address(address))
    if reason is not None:
        raise Unreachable(f"refused: {address} is internal ({reason})")


def read_origin(url: str) -> Origin:
    """Return the origin of a URL.

    Raises:
        EgressError: It has none, or not that of a web address.
    """
    return _read(url).origin


def _read(url: str) -> WebUrl:
    try:
        return read_url(url)
    except UrlError as error:
        raise EgressError(f"not a URL to send to: {error}") from error
