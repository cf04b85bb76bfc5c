"""What is wrong with a callback URL besides its form: where it leads, and what it has in it."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

_PARTS: Final = 4
_INTERNAL_NAMES: Final = ("localhost", "local", "internal", "lan", "home.arpa")


def find_fault(url: str) -> str | None:
    """Return what a callback URL must not be or have, as a predicate; None if nothing is wrong (CB-NO-INTERNAL)."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return "must be a URL that can be read"
    if parts.username is not None or parts.password is not None:
        return "must have no user in it"
    if parts.fragment:
        return "must have no fragment"
    return "must lead to a public host" if is_internal(host) else None


def is_internal(host: str) -> bool:
    """Tell whether a host is none that the internet reaches, by its address or by its name."""
    address = _read_address(host)
    if address is not None:
        return not address.is_global
    name = host.lower()
    return "." not in name or any(name == known or name.endswith(f".{known}") for known in _INTERNAL_NAMES)


def _read_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address in any form that a resolver takes for one, such as 127.1."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    numbers = [_read_number(part) for part in host.split(".")]
    if len(numbers) > _PARTS or None in numbers:
        return None
    *first, last = (number or 0 for number in numbers)
    whole = sum(number << 8 * (_PARTS - 1 - place) for place, number in enumerate(first)) + last
    return ipaddress.IPv4Address(whole % 2**32)


def _read_number(part: str) -> int | None:
    """Read a part of an address as C does: decimal, octal after a 0, hexadecimal after 0x; None if it is no number."""
    base = 16 if part[:2].lower() == "0x" else 8 if part[:1] == "0" and len(part) > 1 else 10
    try:
        return int(part, base)
    except ValueError:
        return None
