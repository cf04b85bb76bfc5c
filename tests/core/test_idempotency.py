import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import InvalidRequest
from mock_server.core.idempotency import LIFETIME, claim, expired
from mock_server.core.types import HOUR

pytestmark = pytest.mark.uncounted

values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=8,
)
bodies = st.dictionaries(st.text(max_size=5), values, max_size=5)


@pytest.mark.clauses("IDEM-REPLAY")
@given(body=bodies, data=st.data())
def test_bodies_that_say_the_same_are_the_same(body: dict[str, Any], data: st.DataObject) -> None:
    """Neither the order of the names nor the spacing makes another request."""
    shuffled = dict(data.draw(st.permutations(list(body.items()))))
    respaced = json.loads(json.dumps(shuffled, indent=3, ensure_ascii=data.draw(st.booleans())))
    assert claim("key", respaced) == claim("key", body)


@pytest.mark.clauses("IDEM-CONFLICT")
@given(bodies, bodies)
def test_bodies_that_differ_have_different_fingerprints(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Two fingerprints are equal only for what JSON writes alike: true is not 1, and null is not absent."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (claim("key", one).fingerprint == claim("key", other).fingerprint) is same


@pytest.mark.clauses("IDEM-KEY-FORM")
@pytest.mark.parametrize("key", ["k", "run_0123456789abcdef", "~!@#$%^&*()", "k" * 255])
def test_keys_of_visible_ascii_are_taken(key: str) -> None:
    """One to 255 visible ASCII characters are a key."""
    assert claim(key, {}).key == key


@pytest.mark.clauses("IDEM-KEY-FORM", "ERR-PARAM")
@pytest.mark.parametrize("key", ["", " ", "a b", "a\tb", "a\x7f", "\x00", "clé", "k" * 256])
def test_other_keys_are_refused(key: str) -> None:
    """An empty, too long or invisible key is refused, and named."""
    with pytest.raises(InvalidRequest, match="1 to 255 visible ASCII characters") as caught:
        claim(key, {})
    assert (caught.value.param, caught.value.clauses) == ("Idempotency-Key", ("IDEM-KEY-FORM",))


@pytest.mark.clauses("IDEM-LIFETIME")
def test_a_key_is_remembered_for_a_day() -> None:
    """A key holds for 24 hours and not one microsecond longer."""
    assert LIFETIME == 24 * HOUR
    assert not expired(7, 7)
    assert not expired(7, 7 + LIFETIME - 1)
    assert expired(7, 7 + LIFETIME)
