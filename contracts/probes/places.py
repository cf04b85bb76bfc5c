"""What a user says of where things are: servers, receivers, and keys. What cannot be is told in one sentence."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from contracts.probes.targets import TargetError

KEY: Final = "EVOLINK_API_KEY"
"""The environment variable that has the key."""

OTHER_KEY: Final = "EVOLINK_API_KEY_2"
"""The environment variable that has the key of another account."""

_VISIBLE: Final = re.compile(r"[!-~]+")
_HOST: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
_LISTEN: Final = re.compile(r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_PORTS: Final = 65_536


def read_origin(text: str, name: str, *, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """Read where something is: scheme, host and maybe port.

    Raises:
        TargetError: It is something else; the message has its name.
    """
    try:
        parts = urlsplit(text)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        parts, port = urlsplit(""), ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    rest = (parts.path.strip("/"), parts.query, parts.fragment, parts.username)
    if parts.scheme not in schemes or not _HOST.fullmatch(host or "") or any(rest):
        kinds = " or ".join(f"{scheme}://" for scheme in schemes)
        raise TargetError(f"{name} must be {kinds}, a host and maybe a port, without a path; it is {_plain(text)!r}")
    return f"{parts.scheme}://{host}{port}"


def _plain(text: str) -> str:
    """Return a URL as it can be shown: without user and password."""
    return re.sub(r"//[^/@]*@", "//...@", text)[:200]


def read_listen(text: str) -> tuple[str, int]:
    """Read where to listen, HOST:PORT.

    Raises:
        TargetError: It is something else.
    """
    found = _LISTEN.fullmatch(text)
    if found is None or int(found[2]) >= _PORTS:
        raise TargetError(f"--listen must be an address and a port, such as 127.0.0.1:9000; it is {text!r}")
    return found[1].strip("[]"), int(found[2])


def read_keys(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Read the keys: none, one, or those of two accounts. None of them is shown in a message.

    Raises:
        TargetError: One of them can be no key, or both are the same.
    """
    found = {name: environment.get(name, "").strip() for name in (KEY, OTHER_KEY)}
    for name, key in found.items():
        if key and not _VISIBLE.fullmatch(key):
            raise TargetError(f"{name} has characters that no key can have")
    if found[OTHER_KEY] and not found[KEY]:
        raise TargetError(f"{OTHER_KEY} is set, and {KEY} is not")
    if found[KEY] and found[KEY] == found[OTHER_KEY]:
        raise TargetError(f"{OTHER_KEY} must be the key of another account than {KEY}; they are the same")
    return tuple(key for key in found.values() if key)
