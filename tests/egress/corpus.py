"""Callback URLs with what is to be said of each, and every way to spell an address."""

import string
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

import msgspec
import yaml
from hypothesis import strategies as st

from mock_server.core.http.addresses import Address

Verdict = Literal["public", "internal", "malformed"]
_ESCAPING: Final = dict.fromkeys(map(ord, "%\\"))


class Case(msgspec.Struct, frozen=True, array_like=True):
    """One line of callback_urls.yaml."""

    url: str
    verdict: Verdict
    reason: str

    def __str__(self) -> str:
        """Write the URL such that a test can be named after it on a command line."""
        return quote(self.url, safe=string.punctuation.translate(_ESCAPING))


CASES: Final = msgspec.convert(
    yaml.safe_load(Path(__file__).with_name("callback_urls.yaml").read_text("utf-8")), tuple[Case, ...]
)

_DIGITS: Final = ("０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "⁰¹²³⁴⁵⁶⁷⁸⁹")  # noqa: RUF001 - that is the point
_DOTS: Final = (".", "。", "．", "｡", "․")  # noqa: RUF001 - the same
_NOTHING: Final = ("", "", "\u00ad", "\u200b", "\u2060")

_INTERNAL_V4: Final = ("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0")  # noqa: S104 - not bound

internal_v4: Final[st.SearchStrategy[Address]] = st.sampled_from([IPv4Address(address) for address in _INTERNAL_V4])


@st.composite
def v4_spellings(draw: st.DrawFn, addresses: st.SearchStrategy[Address]) -> str:
    """Spell an IPv4 address in one to four parts of any base, in digits and dots of any script."""
    rest, parts = int(draw(addresses)), []
    for place in range(draw(st.integers(0, 3))):
        parts.append(rest >> (24 - 8 * place))
        rest &= (1 << (24 - 8 * place)) - 1
    spelled = "".join(draw(st.sampled_from(_DOTS)) + _part(draw, part) for part in (*parts, rest))[1:]
    disguised = "".join(_disguise(draw, character) for character in spelled)
    return disguised + draw(st.sampled_from(["", "."]))


def v6_spellings(addresses: st.SearchStrategy[Address]) -> st.SearchStrategy[str]:
    """Spell IPv6 addresses that lead to an IPv4 address, in brackets."""
    return st.builds(
        lambda address, form: f"[{form(int(address))}]",
        addresses,
        st.sampled_from(
            [
                lambda number: f"::ffff:{IPv4Address(number)}",
                lambda number: IPv6Address((0xFFFF << 32) + number).exploded.upper(),
                lambda number: f"::{IPv4Address(number)}",
                lambda number: f"64:ff9b::{IPv4Address(number)}",
                lambda number: IPv6Address((0x64FF9B0001 << 88) + number).compressed,
                lambda number: IPv6Address((0x2002 << 112) + (number << 80)).compressed,
                lambda number: IPv6Address((0x20010000 << 96) + (number ^ 0xFFFFFFFF)).compressed,
            ]
        ),
    )


def _part(draw: st.DrawFn, number: int) -> str:
    base = draw(st.sampled_from(["d", "o", "x", "X"]))
    zeros = "0" * draw(st.integers(0, 5))
    return str(number) if base == "d" else f"0{zeros}{number:o}" if base == "o" else f"0{base}{zeros}{number:x}"


def _disguise(draw: st.DrawFn, character: str) -> str:
    if not character.isdigit() or draw(st.integers(0, 3)):
        return character
    return draw(st.sampled_from(_DIGITS))[int(character)] + draw(st.sampled_from(_NOTHING))
