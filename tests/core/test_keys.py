import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest, Unauthorized
from mock_server.core.ids import account_id
from mock_server.core.keys import MAGIC_KEYS, PLAIN, Caller, anyone, read_key, read_universe
from mock_server.core.plans import read_words

key_tails = st.text("abcXYZ019_.-", min_size=1, max_size=40)


@pytest.mark.clauses("AUTH-BEARER")
@pytest.mark.parametrize(
    ("authorization", "header", "universe", "key"),
    [
        ("Bearer sk-anything", None, "default", "sk-anything"),
        ("bearer sk-anything", None, "default", "sk-anything"),
        ("Bearer   sk-anything \n", None, "default", "sk-anything"),
        ("Bearer sk-mock-blue", None, "blue", "sk-mock-blue"),
        ("Bearer sk-mock-Blue", None, "default", "sk-mock-Blue"),
        ("Bearer sk-mock--x", None, "default", "sk-mock--x"),
        (f"Bearer sk-mock-{'u' * 64}", None, "u" * 64, f"sk-mock-{'u' * 64}"),
        (f"Bearer sk-mock-{'u' * 65}", None, "default", f"sk-mock-{'u' * 65}"),
        ("Bearer sk-mock-blue", "red.2", "red.2", "sk-mock-blue"),
        ("Bearer sk-anything", "0", "0", "sk-anything"),
    ],
)
def test_a_key_opens_an_account_in_a_universe(authorization: str, header: str | None, universe: str, key: str) -> None:
    """A key names its universe, the header overrides it, and every other key lives in the default one."""
    assert read_key(authorization, header) == Caller(universe, account_id(universe, key), PLAIN)
    assert read_universe(authorization, header) == universe


@pytest.mark.clauses("AUTH-401", "ERR-401")
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "sk-anything",
        "Basic sk-anything",
        "Bearer anything",
        "Bearer sk-",
        "Bearer sk-a b",
        "Bearer sk-ä",
        f"Bearer sk-{'a' * 254}",
    ],
)
def test_what_is_no_key_is_refused(authorization: str | None) -> None:
    """Without a bearer key that looks like one there is no caller."""
    with pytest.raises(Unauthorized):
        read_key(authorization, None)


@pytest.mark.parametrize(
    ("authorization", "header", "universe"),
    [
        (None, None, "default"),
        ("", None, "default"),
        (None, "red", "red"),
        ("Bearer sk-mock-blue", None, "blue"),
        ("Bearer  sk-mock-blue ", None, "blue"),
        ("Bearer x sk-mock-blue", None, "default"),
        ("Bearer sk-mock-blue", "red", "red"),
        ("Bearer sk-mock-broken", None, "default"),
        ("sk-mock-blue", None, "default"),
    ],
)
def test_where_no_key_is_needed_one_still_names_its_universe(
    authorization: str | None, header: str | None, universe: str
) -> None:
    """Who calls is nobody in particular, with an account that no key opens."""
    assert read_universe(authorization, header) == universe
    assert anyone(authorization, header) == Caller(universe, account_id(universe, ""), PLAIN)


@pytest.mark.parametrize("header", ["", "A", "-a", ".a", "a b", "ä", "a/b", "a\n", "u" * 65])
def test_a_header_must_name_a_possible_universe(header: str) -> None:
    """A header that can be no universe's name is the request's fault, and is named."""
    for read in (read_key, read_universe, anyone):
        with pytest.raises(InvalidRequest, match="X-Mock-Universe must be") as caught:
            read("Bearer sk-anything", header)
        assert caught.value.param == "X-Mock-Universe"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sk-mock-unauthorized", "answer 401 headers.www-authenticate=Bearer"),
        ("sk-mock-rate-limited", "answer 429 retry-after=30"),
        ("sk-mock-broken", "answer 500"),
        ("sk-mock-no-access", "limit closed-models"),
        ("sk-mock-no-credit", ""),
        ("sk-mock-other", ""),
    ],
)
def test_a_magic_key_brings_its_plans(key: str, words: str) -> None:
    """A magic key stands for plans, which its requests bring with them; any other key brings none."""
    assert read_key(f"Bearer {key}", None).profile.plans == read_words(words)


@pytest.mark.clauses("ERR-402")
def test_a_magic_key_marks_its_account() -> None:
    """The magic keys are callers of the default universe; the one without credit opens its account with none."""
    assert read_key("Bearer sk-mock-no-credit", None).profile.opening_credits == 0
    assert {read_universe(f"Bearer {key}", None) for key in MAGIC_KEYS} == {"default"}
    assert read_key("Bearer sk-mock-no-credit", "blue").universe == "blue"


def test_a_control_request_needs_no_key() -> None:
    """Where no key is needed its absence means the default universe."""
    assert read_universe(None, None) == "default"
    assert read_universe(None, "blue") == "blue"


@given(key_tails, key_tails)
def test_two_keys_open_two_accounts(one: str, other: str) -> None:
    """A key always opens the same account, and different keys different ones."""
    first, second = (read_key(f"Bearer sk-{tail}", "shared").account for tail in (one, other))
    assert (first == second) is (one == other)
