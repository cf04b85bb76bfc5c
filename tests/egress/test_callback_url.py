import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.callbacks.url import check_callback_url
from mock_server.core.errors import InvalidRequest
from mock_server.core.http.urls import Origin, UrlError, WebUrl, read_url
from mock_server.egress.egress import WAY_OUT
from tests.egress.corpus import CASES, Case, internal_v4, v4_spellings, v6_spellings

pytestmark = pytest.mark.clauses("CB-NO-INTERNAL", "CB-URI")

CLAUSES = {"internal": "CB-NO-INTERNAL", "malformed": "CB-URI"}


def refusal(url: str) -> InvalidRequest | None:
    """Return how a callback URL is refused; None if it is not."""
    try:
        check_callback_url(url, way_out=WAY_OUT)
    except InvalidRequest as error:
        return error
    return None


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_url_of_the_table(case: Case) -> None:
    """Each is accepted or refused as the table says, by the clause and for the reason that it gives."""
    refused = refusal(case.url)
    if case.verdict == "public":
        assert refused is None
    else:
        assert refused is not None
        assert (refused.status, refused.param, refused.clauses) == (400, "callback_url", (CLAUSES[case.verdict],))
        assert case.reason in str(refused)


def test_the_table_is_long_and_says_nothing_twice() -> None:
    """There are more than 150 lines, of all verdicts."""
    assert len({case.url for case in CASES}) == len(CASES) > 150
    assert {case.verdict for case in CASES} == {"public", "internal", "malformed"}


def test_a_refusal_names_the_clause_and_the_way_out() -> None:
    """Somebody who wants callbacks on their own machine is told how to get them."""
    refused = str(refusal("https://localhost:3000/evolink"))
    assert refused.startswith("callback_url (CB-NO-INTERNAL) must not lead to an internal address: localhost: ")
    assert "--callback-route https://hooks.example.com=http://127.0.0.1:3000" in refused


@given(st.one_of(v4_spellings(internal_v4), v6_spellings(internal_v4)), st.sampled_from(["", "u@", "a:b@"]))
def test_no_spelling_gets_past(host: str, user: str) -> None:
    """An internal address is refused in every spelling, with a user and a port too."""
    refused = refusal(f"https://{user}{host}:443/evolink")
    assert refused is not None
    assert refused.clauses == ("CB-NO-INTERNAL",)


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.from_regex(r"https://[^/]{1,20}(/.{0,20})?")))
def test_no_text_is_too_strange(url: str) -> None:
    """Any text is read or refused; what is read can be read again, and is safe in the first line of a request."""
    try:
        read = read_url(url)
    except UrlError:
        assert refusal(url) is not None
    else:
        assert read_url(f"{read.origin}{read.target}") == read
        assert f"{read.origin}{read.target}".isprintable()
        assert f"{read.origin}{read.target}".isascii()
        assert " " not in f"{read.origin}{read.target}"


@pytest.mark.parametrize(
    ("url", "written", "target"),
    [
        ("https://hooks.example.com", "https://hooks.example.com", "/"),
        ("HTTPS://Hooks.Example.COM:443/A?b=%20#c", "https://hooks.example.com", "/A?b=%20"),
        ("http://u:p@127.0.0.1:80/", "http://127.0.0.1", "/"),
        ("http://localhost:08080/", "http://localhost:8080", "/"),
        ("https://[0:0::1]:8443?x", "https://[::1]:8443", "/?x"),
        ("https://bücher.example.com./käse", "https://xn--bcher-kva.example.com", "/k%C3%A4se"),
        ("https://0x8080808/", "https://8.8.8.8", "/"),
    ],
)
def test_what_is_read_of_a_url(url: str, written: str, target: str) -> None:
    """Scheme, host and port in their usual form, and a target; no user and no fragment."""
    read = read_url(url)
    assert (str(read.origin), read.target) == (written, target)


def test_a_url_is_an_origin_and_a_target() -> None:
    """An address has no brackets as a host, and has them in a Host header."""
    read = read_url("https://[2606:4700::1111]:8443/evolink")
    assert read == WebUrl(Origin("https", "2606:4700::1111", 8443), "/evolink")
    assert read.origin.authority == "[2606:4700::1111]:8443"


@pytest.mark.parametrize(("length", "valid"), [(253, True), (254, False)])
def test_a_name_has_at_most_253_characters(length: int, valid: bool) -> None:  # noqa: FBT001 - a column of the table
    """The longest name that DNS can hold is a host, the next is not."""
    name = ("a" * 49 + ".") * 5
    name += "a" * (length - len(name))
    assert len(name) == length
    assert (refusal(f"https://{name}/") is None) is valid


@pytest.mark.parametrize("port", ["9" * 99, "9" * 5_000, "0" * 5_000 + "1"])
def test_a_port_of_many_digits_is_none(port: str) -> None:
    """Numbers of any length are refused, not computed."""
    assert refusal(f"https://hooks.example.com:{port}/") is not None
