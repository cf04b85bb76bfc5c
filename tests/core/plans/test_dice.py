"""What plans leave to chance, and which dice they take for it."""

import pytest

from mock_server.core.plans import Script, read_words, strike
from mock_server.core.types import Dice
from tests.core.plans.books import opened
from tests.core.plans.conftest import dice, occasion


class Fixed:
    """Dice that show the same number, or the nearest that can be drawn."""

    def __init__(self, number: int) -> None:
        self._number = number

    def between(self, low: int, high: int) -> int:
        """Draw it."""
        return min(max(low, self._number), high)


def drawn(words: str, number: int) -> Script:
    """Return what is done with a request where all dice show one number."""
    return strike(*opened(words), occasion(dice=lambda *_: Fixed(number)))


@pytest.mark.parametrize(("number", "struck"), [(1, True), (300_000_000, True), (300_000_001, False)])
def test_which_draws_are_a_strike(number: int, *, struck: bool) -> None:
    """With a chance of 30 % the first 300 million of a billion numbers: as many as that, and not one more."""
    assert bool(drawn("answer 503 chance=30%", number).strikes) is struck


@pytest.mark.parametrize(("number", "seconds"), [(0, 1), (1, 1.000_001), (500_000, 1.5), (10**9, 1.5)])
def test_how_long_a_jitter_can_be(number: int, seconds: float) -> None:
    """From nothing to all of it, both included, to the microsecond."""
    assert drawn("delay 1 jitter=500ms", number).pauses[0].seconds == seconds


@pytest.mark.parametrize(
    ("words", "own", "expected"),
    [
        ("answer 503; delay 1; limit requests=1; reads behind=1 nth=2n each=task", "answer 503; delay 1", []),
        ("delay 1 chance=50%", "", [("plan 0", 0), ("plan 0", 1)]),
        ("delay 1; answer 503 chance=0 each=task", "", [("plan 1 task-a", 0), ("plan 1 task-a", 1)]),
        ("delay 1; delay 2 in-body jitter=1 nth=4n", "", [("jitter of plan 1", 4), ("jitter of plan 1", 8)]),
        ("delay 1 jitter=1 nth=2 each=task", "", [("jitter of plan 0 task-a", 2)]),
        ("", "answer 503 phase=after; delay 1 jitter=1", [("jitter of own plan", 2 * each) for each in range(1, 11)]),
    ],
    ids=range(6),
)
def test_which_dice_are_taken(words: str, own: str, expected: list[tuple[str, int]]) -> None:
    """None for what is certain; eight chances at once; and each under a name and a count of its own, for ever.

    A run with a seed is to be the same run in another version.
    """
    taken: list[tuple[str, int]] = []

    def asked(purpose: str, count: int) -> Dice:
        taken.append((purpose, count))
        return dice(purpose, count)

    book, state = opened(words)
    for _ in range(10):
        strike(book, state, occasion(task="task-a", dice=asked), read_words(own))
    assert taken == expected
    assert state.own == 10 * len(read_words(own))
