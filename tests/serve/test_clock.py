import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.types import SECOND
from mock_server.universes.clock import FASTEST, LATEST, Clock, wall_clock

pytestmark = pytest.mark.uncounted

START = 1_800_000_000 * SECOND


class Wall:
    """Real time that a test moves."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> int:
        """Return it."""
        return self.time


rates = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, FASTEST))
steps = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 10**12)),
    st.tuples(st.just("run"), rates),
    st.tuples(st.just("advance"), st.floats(0, 1e9)),
    st.tuples(st.just("restart"), st.integers(-(10**12), 10**12)),
)


def taken(clock: Clock, wall: Wall, step: tuple[str, float]) -> Clock:
    """Do one step of a clock's life; returns the clock that goes on."""
    what, amount = step
    if what == "wait":
        wall.time += int(amount)
    elif what == "run":
        clock.run(amount)
    elif what == "advance":
        clock.advance(amount)
    else:
        dumped = clock.dump()
        wall.time += int(amount)
        return Clock.load(dumped, wall=wall)
    return clock


@given(rates, st.lists(steps, max_size=30))
def test_time_never_goes_backwards(rate: float, life: list[tuple[str, float]]) -> None:
    """However it is run, moved and waited for, a clock stands still at worst, and never passes the end of time.

    A restart goes on from the last change of the clock, so nothing is compared across one.
    """
    wall = Wall()
    clock = Clock(rate=rate, wall=wall)
    for step in life:
        before = clock.now()
        clock = taken(clock, wall, step)
        after = clock.now()
        assert after <= LATEST
        assert after >= before or step[0] == "restart"


@given(rates, st.integers(0, 10**10), st.integers(0, 10**9))
def test_a_restart_loses_no_time(rate: float, before: int, down: int) -> None:
    """What `load` goes on with is where the clock would be without the restart."""
    wall = Wall()
    clock = Clock(rate=rate, wall=wall)
    wall.time += before
    dumped = clock.dump()
    wall.time += down
    loaded = Clock.load(dumped, wall=wall)
    assert (loaded.now(), loaded.rate, loaded.mode) == (clock.now(), clock.rate, clock.mode)


@given(rates, st.integers(1, 10**12))
def test_a_machine_whose_clock_was_set_back(rate: float, back: int) -> None:
    """Real time that went backwards between two runs counts as none."""
    wall = Wall()
    dumped = Clock(rate=rate, wall=wall).dump()
    wall.time -= back
    loaded = Clock.load(dumped, wall=wall)
    assert loaded.now() == START
    wall.time += SECOND
    assert loaded.now() == min(LATEST, START + int(SECOND * rate))


@pytest.mark.parametrize(("rate", "mode"), [(0.0, "frozen"), (1.0, "real"), (20.0, "scaled"), (0.5, "scaled")])
def test_modes(rate: float, mode: str) -> None:
    """The rate says how a clock runs."""
    clock = Clock(rate=rate, wall=Wall())
    assert (clock.mode, clock.rate) == (mode, rate)


def test_scaled_time() -> None:
    """Two real seconds at twenty times are forty."""
    wall = Wall()
    clock = Clock(rate=20, wall=wall)
    wall.time += 2 * SECOND
    assert clock.now() == START + 40 * SECOND


def test_a_change_of_rate_starts_from_now() -> None:
    """What passed at the old rate stays; only what comes runs at the new one."""
    wall = Wall()
    clock = Clock(rate=10, wall=wall)
    wall.time += SECOND
    clock.run(0)
    wall.time += 100 * SECOND
    assert clock.now() == START + 10 * SECOND
    clock.run(1)
    wall.time += SECOND
    assert clock.now() == START + 11 * SECOND


@pytest.mark.parametrize("rate", [0.0, 1.0, 20.0])
def test_advance_works_in_every_mode(rate: float) -> None:
    """A step of 12.5 seconds is 12.5 seconds of the universe, whatever the rate."""
    clock = Clock(rate=rate, wall=Wall())
    clock.advance(12.5)
    assert clock.now() == START + 12_500_000


def test_a_clock_can_start_anywhere() -> None:
    """A start of its own does not depend on real time."""
    assert Clock(rate=0, wall=Wall(), start=5).now() == 5


def test_time_ends_with_the_ids() -> None:
    """The last second is the last that ten digits can write."""
    clock = Clock(rate=0, wall=Wall())
    clock.advance(1e12)
    assert clock.now() // SECOND == 9_999_999_999
    clock.advance(1)
    assert clock.now() == LATEST


def test_real_time_is_the_machines() -> None:
    """Microseconds since the epoch, and it does not step back."""
    first, second = wall_clock(), wall_clock()
    assert 1_700_000_000 * SECOND < first <= second < LATEST
