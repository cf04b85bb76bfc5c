"""Which addresses are internal: the tables, and every way of writing an address that leads to one.

The tables are our own. What a language calls global changes with its version and counts multicast, tunnels to loopback
and translated addresses as public; a rule that keeps callbacks out of a network must not (CB-NO-INTERNAL).
"""

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_INTERNAL_V4: Final = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared by a carrier",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a service of the cloud that it runs in",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "documentation",
    "192.88.99.0/24": "a relay of 6to4",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "documentation",
    "203.0.113.0/24": "documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}

_INTERNAL_V6: Final = {
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::/96": "an IPv4 address in an old form",
    "64:ff9b::/96": "an IPv4 address behind NAT64",
    "64:ff9b:1::/48": "an IPv4 address behind NAT64",
    "100::/64": "discarded",
    "2001::/23": "reserved for protocols, Teredo among them",
    "2001:db8::/32": "documentation",
    "2002::/16": "an IPv4 address behind 6to4",
    "3fff::/20": "documentation",
    "5f00::/16": "for segment routing",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "site-local",
    "ff00::/8": "multicast",
}

_INTERNAL_NAMES: Final = (
    *("localhost", "localdomain", "local", "internal", "home.arpa"),
    *("corp", "home", "intranet", "lan", "private"),  # what networks call themselves (RFC 6762, appendix G)
)

_V4: Final = tuple((IPv4Network(network), reason) for network, reason in _INTERNAL_V4.items())
_V6: Final = tuple((IPv6Network(network), reason) for network, reason in _INTERNAL_V6.items())
_PUBLIC_V6: Final = IPv6Network("2000::/3")
_PART: Final = re.compile(r"0x[0-9a-f]*|[0-9]+")
_MOST_PARTS: Final = 4
_BYTE: Final = 256


def internal_reason(address: Address) -> str | None:
    """Say what kind of internal address this is; None for one of the public internet.

    An IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`) counts as itself.
    """
    if isinstance(address, IPv4Address):
        return next((reason for network, reason in _V4 if address in network), None)
    if address.ipv4_mapped is not None:
        return internal_reason(address.ipv4_mapped)
    found = next((reason for network, reason in _V6 if address in network), None)
    if found is None and address.scope_id is not None:
        return "bound to a network interface"
    return found or (None if address in _PUBLIC_V6 else "not assigned to the public internet")


def internal_name(host: str) -> str | None:
    """Say why a name, written plainly, can only lead inside; None for one that may be public."""
    if "." not in host:
        return "a name without a dot is not public"
    ending = next((ending for ending in _INTERNAL_NAMES if host == ending or host.endswith(f".{ending}")), None)
    return None if ending is None else f"names under {ending} are internal"


@lru_cache(maxsize=1_024)
def literal_address(host: str) -> Address | None:
    """Read an address in any spelling that a resolver would take for one; None for a name.

    Besides the usual form that is: one to four parts, each decimal, octal (leading 0) or hexadecimal (0x), the last one
    filling what is left (`127.1`, `2130706433`, `0x7f.1`); digits and dots of other scripts; IPv6, also in brackets.
    """
    try:
        name = plain_host(host)
        if ":" in name:
            return IPv6Address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
        return _loose_ipv4(name)
    except ValueError:
        return None


def plain_host(host: str) -> str:
    """Write a host as a resolver reads it: in ASCII, compatible characters replaced, lower case, no dot at the end.

    Raises:
        ValueError: No resolver can read it.
    """
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host).encode("idna").decode("ascii")
    return host.lower().removesuffix(".")


def ends_in_number(host: str) -> bool:
    """Tell whether a plain host's last part is a number: then it is an address or nothing, for no name ends so."""
    return _PART.fullmatch(host.rpartition(".")[2]) is not None


def _loose_ipv4(name: str) -> IPv4Address | None:
    parts = name.split(".")
    if len(parts) > _MOST_PARTS or not all(_PART.fullmatch(part) for part in parts):
        return None
    *leading, last = [_number(part) for part in parts]
    if any(number >= _BYTE for number in leading) or last >= _BYTE ** (_MOST_PARTS - len(leading)):
        return None
    return IPv4Address(sum(number << (24 - 8 * place) for place, number in enumerate(leading)) + last)


def _number(part: str) -> int:
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    return int(part, 8 if part.startswith("0") else 10)
