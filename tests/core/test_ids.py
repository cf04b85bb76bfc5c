import string
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.ids import (
    TASK_PREFIX,
    CountedDice,
    account_id,
    base36,
    result_name,
    task_id,
    task_of_result,
    universe_code,
)
from mock_server.core.types import SECOND

pytestmark = pytest.mark.uncounted

DRAWN = "task-unified-1757169743-7cvnl5zw"

seeds = st.binary(max_size=80)
secrets = st.binary(min_size=1, max_size=64)
task_ids = st.builds(
    lambda second, tail: f"{TASK_PREFIX}{second:010d}-{base36(tail, 8)}",
    st.integers(0, 10**10 - 1),
    st.integers(0, 36**8 - 1),
)


@given(st.integers(0, 10**17), st.integers(1, 12))
def test_base36_says_the_number(number: int, width: int) -> None:
    """A number in base 36 is read back, up to what its width holds, and fills its width."""
    written = base36(number, width)
    assert len(written) == width
    assert int(written, 36) == number % 36**width
    assert written == written.lower()


@given(seeds, st.text(st.characters(codec="utf-8"), max_size=8), st.integers(0, 10**9))
def test_dice_follow_from_seed_purpose_and_count(seed: bytes, purpose: str, count: int) -> None:
    """The same dice roll the same numbers; those of another purpose or count roll others."""
    rolls = [
        [dice.between(0, 2**40) for _ in range(20)]
        for dice in (
            CountedDice(seed, purpose, count),
            CountedDice(seed, purpose, count),
            CountedDice(seed, purpose, count + 1),
            CountedDice(seed, purpose + "'", count),
            CountedDice(b"'" + seed[:60], purpose, count),
        )
    ]
    assert rolls[0] == rolls[1]
    assert len({tuple(roll) for roll in rolls}) == 4


@given(seeds, st.integers(-(10**6), 10**6), st.integers(0, 10**6))
def test_dice_stay_in_range(seed: bytes, low: int, more: int) -> None:
    """Every draw lies between its bounds, the bounds included, also after the dice were filled up again."""
    dice = CountedDice(seed, "range", 1)
    assert all(low <= dice.between(low, low + more) <= low + more for _ in range(20))
    assert {dice.between(low, low) for _ in range(20)} == {low}


def test_dice_are_fair() -> None:
    """Six thousand rolls of one seed are spread evenly: chi-square below the 99.9 % point of 5 degrees (20.5)."""
    dice = CountedDice(b"fair", "six", 0)
    rolls = [dice.between(1, 6) for _ in range(6_000)]
    assert sum((rolls.count(face) - 1_000) ** 2 / 1_000 for face in range(1, 7)) < 20.5


def test_dice_of_following_counts_are_independent() -> None:
    """The first rolls of six thousand dice in a row are spread as evenly as those of one."""
    rolls = [CountedDice(b"fair", "six", count).between(1, 6) for count in range(6_000)]
    assert sum((rolls.count(face) - 1_000) ** 2 / 1_000 for face in range(1, 7)) < 20.5


@pytest.mark.clauses("RES-ID", "TASK-ID-FORM")
@given(st.integers(0, 9_999_999_999), seeds)
def test_a_task_id_looks_like_the_platforms(second: int, seed: bytes) -> None:
    """A task id is the prefix, the second of its creation in ten digits, and eight of a-z and 0-9."""
    prefix, digits, tail = task_id(second * SECOND + 999_999, CountedDice(seed, "id", 1)).rsplit("-", 2)
    assert (prefix, digits) == ("task-unified", f"{second:010d}")
    assert len(tail) == 8
    assert set(tail) <= set(string.ascii_lowercase + string.digits)


def test_many_task_ids_of_one_second_differ() -> None:
    """Ten thousand tasks of one second have ten thousand ids."""
    assert len({task_id(0, CountedDice(b"", "id", count)) for count in range(10_000)}) == 10_000


@given(st.text(max_size=20), st.text(max_size=20))
def test_an_account_id_tells_its_universe_and_no_more(universe: str, key: str) -> None:
    """An account id is 18 upper-case letters and digits that start with its universe's code."""
    account = account_id(universe, key)
    assert len(account) == 18
    assert set(account) <= set(string.ascii_uppercase + string.digits)
    assert account.startswith(universe_code(universe))
    assert account != account_id(universe, key + "x")


@given(st.text(), st.text(), st.text())
def test_an_account_moves_with_its_key(one: str, other: str, key: str) -> None:
    """The same key has the same account in each universe but for the code, and so has the key named after it."""
    foreign = key not in {f"sk-mock-{one}", f"sk-mock-{other}"}
    assert not foreign or account_id(one, key)[7:] == account_id(other, key)[7:]
    assert account_id(one, f"sk-mock-{one}")[7:] == account_id(other, f"sk-mock-{other}")[7:]


@given(task_ids, secrets)
def test_a_result_name_leads_back_to_its_task(task: str, secret: bytes) -> None:
    """A result's name is 32 hex characters, from which only the secret leads back to the task."""
    name = result_name(task, secret)
    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")
    assert task_of_result(name, secret) == task
    assert task_of_result(name, b"'" + secret[:60]) is None


def test_a_result_name_with_one_digit_changed_is_refused() -> None:
    """Whichever hex digit of a name is changed, and into whichever other, the name no longer holds."""
    name = result_name(DRAWN, b"secret")
    for place, digit in product(range(32), "0123456789abcdef"):
        changed = name[:place] + digit + name[place + 1 :]
        assert task_of_result(changed, b"secret") == (DRAWN if changed == name else None)


@given(st.one_of(st.text(), st.text("0123456789abcdef", min_size=30, max_size=34)))
def test_garbage_is_no_result_name(garbage: str) -> None:
    """What was never signed names nothing."""
    assert task_of_result(garbage, b"secret") is None


def test_a_result_has_one_name() -> None:
    """Upper case and spaces, which also read as hex, make it another name, and that names nothing."""
    name = result_name(DRAWN, b"secret")
    for other in (name.upper(), f" {name}", f"{name}\n", f"{name[:16]} {name[16:]}", name[:-2], f"{name}00"):
        assert task_of_result(other, b"secret") is None


def test_what_was_named_once_keeps_its_name() -> None:
    """Accounts and links of an earlier run, or an earlier version, hold: the same key and secret give the same name."""
    assert account_id("default", "sk-anything") == "1IP4RI1F38BKPY1JEI"
    assert account_id("blue", "sk-mock-blue") == account_id("blue", "") == "0DFK5XL6DM3Y68B5X0"
    assert result_name(DRAWN, b"secret") == "6a978c858e0b92e542230e2456bc4551"
