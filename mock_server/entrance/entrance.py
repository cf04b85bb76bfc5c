"""HTTPS and the proxy, beside the API's own port: for clients that have the API's address written in themselves.

What they are to trust lies in a folder that only this user can open and that goes with the server. There it also says
where it is, for `evolink-mock env`.
"""

from asyncio import AbstractServer
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import msgspec
import uvicorn

from mock_server.core.http.urls import UrlError
from mock_server.entrance.authority import Authority, MissingExtraError
from mock_server.entrance.distrust import tell_of_distrust
from mock_server.entrance.ready import NOTICE, Ready, private_folder, write_ready_file
from mock_server.hosts import API_HOSTS, LOCAL_HOSTS
from mock_server.http.listening import ServerError, address, listen, serve_https
from mock_server.settings import Settings

if TYPE_CHECKING:
    from mock_server.proxy.proxy import Proxy

_LOOPBACK: Final = "127.0.0.1"


class Entrance:
    """The ways in beside the API's own port.

    Args:
        authority: Gives the certificate, and has the files by which it is trusted.
        https: Where HTTPS is listened for.
        proxy: The proxy, and where it listens; None if there is none.
        allowed: The hosts that it lets out.
    """

    def __init__(
        self,
        authority: Authority,
        https: socket,
        proxy: "tuple[Proxy, socket] | None" = None,
        allowed: tuple[str, ...] = (),
    ) -> None:
        self._authority = authority
        self._https = https
        self._proxy = proxy
        self._allowed = allowed
        self._listener: AbstractServer | None = None

    async def open(self, server: uvicorn.Server) -> None:
        """Let a server that has started be reached by them."""
        context = tell_of_distrust(self._authority.context(), self._authority.ca_file)
        await serve_https(server, self._https, context)
        if self._proxy is not None:
            proxy, listening = self._proxy
            self._listener = await proxy.serve(listening)

    def shut(self) -> None:
        """Let nobody in any more."""
        if self._listener is not None:
            self._listener.close()

    def clear(self) -> None:
        """Hang up on who is still connected by the proxy."""
        if self._proxy is not None:
            self._proxy[0].stop()

    def tell(self, ready: Ready) -> Ready:
        """Return what the ready file says, with where these ways are; it is told in the authority's folder too.

        Raises:
            ServerError: That cannot be written.
        """
        trust = self._authority.trust
        told = msgspec.structs.replace(
            ready,
            https=address(self._https, scheme="https"),
            proxy=None if self._proxy is None else address(self._proxy[1]),
            ca_file=str(trust.ca_file),
            bundle_file=str(trust.bundle_file),
            trust_store=str(trust.trust_store),
            allowed=self._allowed,
        )
        write_ready_file(trust.ca_file.with_name(NOTICE), told)
        return told


@contextmanager
def opened(settings: Settings, http: socket) -> Iterator[Entrance | None]:
    """Yield the ways in that the settings ask for beside the API's own socket; close them in the end.

    Raises:
        ServerError: A port cannot be had, a library is missing, or the settings are at odds.
    """
    if not (settings.tls or settings.proxy):
        if settings.allowed_hosts_out:
            raise ServerError("--allow-host-out is for a proxy; start it with --proxy")
        yield None
        return
    with ExitStack() as stack:
        https = stack.enter_context(closing(listen(settings.host, 0, option="--tls")))
        folder = stack.enter_context(TemporaryDirectory(dir=private_folder()))
        try:
            authority = Authority(Path(folder, "ca.pem"), *LOCAL_HOSTS, *API_HOSTS)
        except MissingExtraError as error:
            raise ServerError(str(error)) from error
        if settings.proxy:
            proxied = stack.enter_context(closing(listen(_LOOPBACK, 0, option="--proxy")))
            yield _with_proxy(settings, authority, http=http, https=https, proxied=proxied)
        else:
            yield Entrance(authority, https)


def _with_proxy(settings: Settings, authority: Authority, *, http: socket, https: socket, proxied: socket) -> Entrance:
    from mock_server.proxy.proxy import Proxy  # noqa: PLC0415 - takes h11, which comes with the extra
    from mock_server.proxy.ways import Ways, place_of, read_hosts  # noqa: PLC0415 - the same

    if settings.files_port is not None:
        raise ServerError("--proxy leads the API's hosts to one port, so leave --files-port out")
    try:
        allowed = read_hosts(settings.allowed_hosts_out)
    except UrlError as error:
        raise ServerError(f"--allow-host-out: {error}") from error
    places = {443: place_of(address(https)), 80: place_of(address(http))}
    return Entrance(authority, https, (Proxy(Ways(places, allowed=allowed)), proxied), allowed)
