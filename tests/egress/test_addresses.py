import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.http.addresses import Address, internal_name, internal_reason, literal_address, plain_host
from mock_server.core.http.urls import UrlError, read_url
from tests.egress.corpus import CASES, internal_v4, v4_spellings, v6_spellings

pytestmark = [pytest.mark.clauses("CB-NO-INTERNAL"), pytest.mark.uncounted]


def hosts() -> list[str]:
    """Return what stands where the host does in the URLs of the table, without brackets, whether it is one or not."""
    authorities = [case.url.partition("://")[2].partition("/")[0].rpartition("@")[2] for case in CASES]
    return list(dict.fromkeys(authority.strip("[]") for authority in authorities))


def resolved(host: str) -> Address | None:
    """Return what this machine's resolver takes a spelling for, without asking anybody; None for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, ValueError):
        return None
    return ip_address(str(found[0][4][0]).partition("%")[0])


def unscoped(address: Address | None) -> Address | None:
    """Return an address without its network interface."""
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address


@pytest.mark.parametrize("host", hosts())
def test_whatever_a_resolver_takes_for_an_address_is_one(host: str) -> None:
    """Over the whole table: where the resolver of this machine sees an address, the same one is read."""
    seen = resolved(host)
    assert seen is None or unscoped(literal_address(host)) == seen


@given(
    st.one_of(
        v4_spellings(st.ip_addresses(v=4)),
        st.ip_addresses(v=6).map(str),
        st.text("0123456789abcdefxX.:%①｡１", max_size=20),  # noqa: RUF001 - that is the point
    )
)
@example("0x.0x.0x.0x")
@example("127.0.0.1.")
@example("⒈⒈⒈⒈")
def test_no_spelling_is_an_address_to_a_resolver_only(host: str) -> None:
    """Whatever is made of digits, dots and colons: where the resolver sees an address, the same one is read."""
    seen = resolved(host)
    assert seen is None or unscoped(literal_address(host)) == seen


@given(st.data(), st.ip_addresses(v=4))
def test_every_spelling_is_read(data: st.DataObject, address: IPv4Address) -> None:
    """An address is itself however it is spelled, and a URL with it has it in its usual form."""
    spelling = data.draw(v4_spellings(st.just(address)))
    assert literal_address(spelling) == address
    assert read_url(f"https://{spelling}/").origin.host == str(address)


@given(st.one_of(v4_spellings(internal_v4), v6_spellings(internal_v4)))
def test_every_spelling_of_an_internal_address_is_internal(spelling: str) -> None:
    """No base, no script and no tunnel makes an internal address a public one."""
    address = literal_address(spelling)
    assert address is not None
    assert internal_reason(address) is not None


@given(st.ip_addresses())
def test_what_python_calls_private_is_internal(address: Address) -> None:
    """Our tables leave out nothing that the standard library's of any version has; a mapped address is itself."""
    address = getattr(address, "ipv4_mapped", None) or address
    private = address.is_private or address.is_loopback or address.is_link_local or address.is_reserved
    assert internal_reason(address) is not None or not (private or address.is_multicast or address.is_unspecified)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("hooks.example.com", None),
        ("localhost.example.com", None),
        ("notlocal", "a name without a dot is not public"),
        ("printer.local", "names under local are internal"),
        ("home.arpa", "names under home.arpa are internal"),
        ("in-addr.arpa", None),
    ],
)
def test_names_of_networks_are_internal(host: str, reason: str | None) -> None:
    """A name is internal by its ending, which is a part of its own."""
    assert internal_name(host) == reason


@given(st.text(st.characters(exclude_characters="/?#@:")))
def test_a_host_is_plain_or_none(host: str) -> None:
    """Any text is made plain, and then stays as it is, or no resolver can read it."""
    try:
        plain = plain_host(host)
    except ValueError:
        assert literal_address(host) is None
        with pytest.raises(UrlError):
            read_url(f"https://{host}/")
    else:
        assert plain.isascii()
        assert plain == plain.lower()
