"""A web URL as everything here reads it: what is checked is what is connected to.

Readers of URLs differ in what they forgive: a backslash, a second @, an escape in a host, a port that is none. Whatever
can be read in two ways is not read at all.
"""

import re
import string
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import msgspec

from mock_server.core.http.addresses import ends_in_number, literal_address, plain_host

_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\<>\"{}|^`\ud800-\udfff]")
_URL: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://"
    r"(?:[^/?#@\[\]]*@)?"
    r"(?P<host>\[[^/?#@\[\]]*\]|[^:/?#@\[\]]*)"
    r"(?::(?P<port>[0-9]{0,99}))?"
    r"(?P<path>/[^?#]*)?(?P<query>\?[^#]*)?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_BESIDE_HOST: Final = re.compile(r"[/?#@]")
_NAME: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_LONGEST_NAME: Final = 253
_LAST_PORT: Final = 65_535
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class UrlError(ValueError):
    """Not a URL of the web, or one that can be read in two ways. The message says why."""


class Origin(msgspec.Struct, frozen=True):
    """Scheme, host and port of a URL; the host in ASCII, an address in its usual form and without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them, the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        """Write the origin as a URL."""
        return f"{self.scheme}://{self.authority}"


class WebUrl(msgspec.Struct, frozen=True):
    """Where a request goes: an origin, and the target that its first line names. User and fragment are left out."""

    origin: Origin
    target: str


@lru_cache(maxsize=1_024)
def read_authority(scheme: str, text: str) -> Origin:
    """Read a Host header: a host, and a port where it is not the usual one of the scheme.

    Raises:
        UrlError: It is none.
    """
    if _BESIDE_HOST.search(text):
        raise UrlError(f"{text[:60]!r} is no host")
    return read_url(f"{scheme}://{text}").origin


@lru_cache(maxsize=1_024)
def read_url(url: str) -> WebUrl:
    """Read a URL of the web; the same few are read at each attempt.

    Raises:
        UrlError: It is none.
    """
    found = _FORBIDDEN.search(url)
    if found:
        raise UrlError(f"it contains {found[0]!r}")
    parts = _URL.fullmatch(url)
    if parts is None or parts["scheme"].lower() not in _DEFAULT_PORTS:
        raise UrlError("it is no http or https URL")
    scheme = parts["scheme"].lower()
    port = int(parts["port"] or _DEFAULT_PORTS[scheme])
    if not 0 < port <= _LAST_PORT:
        raise UrlError(f"there is no port {parts['port'][:20]}")
    target = (parts["path"] or "/") + (parts["query"] or "")
    return WebUrl(Origin(scheme, _read_host(parts["host"]), port), quote(target, safe=string.punctuation))


def _read_host(text: str) -> str:
    address = literal_address(text)
    if address is not None and text.startswith("[") == (address.version == 6):  # noqa: PLR2004 - of the protocol
        return str(address)
    try:
        host = plain_host(text)
    except ValueError:
        host = ""
    if len(host) > _LONGEST_NAME or not _NAME.fullmatch(host) or ends_in_number(host):
        raise UrlError(f"{text[:60]!r} is no host")
    return host
