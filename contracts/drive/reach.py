"""Where the clients in a process may go while the simulator stands in for the API."""

from collections.abc import Iterable
from typing import Final

from mock_server.core.http.urls import Origin, UrlError, read_url
from mock_server.hosts import API_HOSTS
from mock_server.proxy.ways import is_this_machine

ORIGINS: Final = tuple(f"https://{host}" for host in API_HOSTS)
"""Where the API is, according to its pages."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SHOWN: Final = 200


class Refused(Exception):
    """A request goes neither to the simulator nor to where it may go. The message says what to do."""


class Reach:
    """Tells which requests are for the simulator, which go where they would, and which go nowhere.

    Servers on this machine are reached as they are, as a test often starts some of its own: `localhost`, what ends in
    `.localhost`, 127.0.0.0/8 and ::1. All else is refused.

    Args:
        base_urls: Where else the API is to be, besides its own origins; of each the origin alone counts, and it comes
            before what is said of this machine.
        allow: What else is reached as it is; the origin alone counts here as well.

    Raises:
        ValueError: One of these is no URL.
    """

    def __init__(self, *, base_urls: Iterable[str] = (), allow: Iterable[str] = ()) -> None:
        self._led = frozenset(_read("base_urls", [*ORIGINS, *base_urls]))
        self._allowed = frozenset(_read("allow", allow))

    def leads(self, method: str, scheme: str, host: str, port: int | None, path: str) -> bool:
        """Tell whether a request is for the simulator; if not, it may go where it would.

        Args:
            method: Its method.
            scheme: Its scheme; that of a web socket counts as the one that it begins with, any other is left to the
                library to refuse.
            host: Its host.
            port: Its port; None for the usual one.
            path: Its path, and maybe its query, which is shown to nobody.

        Raises:
            Refused: It may go nowhere.
        """
        scheme = scheme.replace("ws", "http")
        if scheme not in _DEFAULT_PORTS:
            return False
        origin = Origin(scheme, host.lower().strip("[]"), port or _DEFAULT_PORTS[scheme])
        if origin in self._led:
            return True
        if origin in self._allowed or is_this_machine(origin.host):
            return False
        led = ", ".join(sorted(map(str, self._led)))
        raise Refused(
            f"{method} {origin}{path.partition('?')[0][:_SHOWN]} was not sent: while the simulator stands in for the "
            f"API, it answers for {led}, and nothing leaves this machine. If the API is to be there too, name "
            f"{origin} in base_urls; if it is another service that may be reached, name it in allow."
        )


def _read(name: str, urls: Iterable[str]) -> Iterable[Origin]:
    """Yield the origins of URLs."""
    for url in urls:
        try:
            yield read_url(url).origin
        except UrlError as error:
            raise ValueError(
                f"{name}: {url!r} is no URL of the web such as 'http://localhost:3000': {error}"
            ) from error
