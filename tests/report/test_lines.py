"""The time line as text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report.history import History
from contracts.report.lines import fold, write_timeline
from contracts.report.timeline import happenings
from tests.report.facts import attempt, creation, delivery, entry, move, record, task


def test_nothing() -> None:
    """It is said that nothing happened."""
    assert write_timeline(record()) == "  nothing happened: no request reached the simulator"


def test_columns() -> None:
    """Times are relative to the first thing and said once for an instant; columns are aligned."""
    made = record(
        entries=(creation(1, at=2), entry(2, at=62)),
        tasks=(task(at=2, starts=5, ends=60),),
        callbacks=(delivery(attempt(60, 500)),),
    )
    assert write_timeline(made).splitlines() == [
        "    +0 s  client    POST /v1/videos/generations                     200",
        "          task      task-unified-1757169743-7cvnl5zw                pending",
        "          money     task-unified-1757169743-7cvnl5zw                reserve 5.1 credits",
        "    +3 s  task      task-unified-1757169743-7cvnl5zw                processing",
        "   +58 s  task      task-unified-1757169743-7cvnl5zw                completed",
        "          money     task-unified-1757169743-7cvnl5zw                charge 5.1 credits",
        "          callback  POST https://hooks.example.com/evolink          500                  attempt 1",
        "  +1 min  client    GET /v1/tasks/task-unified-1757169743-7cvnl5zw  200",
    ]


def test_repetitions() -> None:
    """Polls between sleeps are two lines, with their number and the last time; two of a kind stay as they are."""
    polls = tuple(entry(number, at=10.0 * number) for number in range(1, 31))
    sleeps = tuple(move(10.0 * number, 10.0 * number + 10) for number in range(1, 31))
    written = write_timeline(record(entries=polls, moves=sleeps)).splitlines()
    assert len(written) == 2
    assert "30 times, until +4 min 50 s" in written[0]
    assert "30 times, until +5 min" in written[1]
    assert len(write_timeline(record(entries=polls[:2])).splitlines()) == 2


def test_what_changes_is_not_folded() -> None:
    """Another answer is another thing."""
    entries = (entry(1), entry(2, status=500), entry(3), entry(4), entry(5), entry(6))
    assert [run.times for run in fold(happenings(record(entries=entries)))] == [1, 1, 4]


@given(st.lists(st.sampled_from([200, 429, 500, None]), max_size=60))
def test_folding_loses_nothing(statuses: list[int | None]) -> None:
    """The runs have as many things as there were, and say the same of the first of each."""
    made = record(entries=tuple(entry(number, at=number, status=status) for number, status in enumerate(statuses, 1)))
    found, runs = happenings(made), fold(happenings(made))
    assert sum(run.times for run in runs) == len(found)
    assert all(run.happening in found and run.until >= run.happening.at for run in runs)


@pytest.mark.parametrize("most", [3, 4, 9])
def test_the_middle_is_left_out(most: int) -> None:
    """Of what is too long the beginning and the end stay, and it is said what is missing."""
    statuses = [200, 201, 202, 400, 401, 402, 403, 404, 500, 501]
    entries = tuple(entry(number, status=status) for number, status in enumerate(statuses, 1))
    written = write_timeline(record(entries=entries), most=most).splitlines()
    assert len(written) == most
    assert f"... {11 - most} more (client {11 - most})" in written[most // 2]
    assert written[0].endswith("200")
    assert written[-1].endswith("501")
    assert len(write_timeline(record(entries=entries), most=10).splitlines()) == 10


def test_long_and_strange_texts() -> None:
    """What is long is shortened in its middle; keys and what would move a cursor do not reach a terminal."""
    strange = entry(1, url="https://files.evolink.ai/" + "a" * 200 + ".mp4?sk-1234567890", faults=("\x1b[31mred\n",))
    written = write_timeline(record(entries=(strange,)))
    assert "…" in written
    assert "sk-1234567890" not in written
    assert "\x1b" not in written
    assert "?[31mred?" in written
    assert len(written.splitlines()) == 1


def test_a_real_generation(generation: History, secrets: tuple[str, ...]) -> None:
    """It fits into a screen, goes forward in time, and has no secret in it."""
    written = write_timeline(generation)
    assert len(written.splitlines()) <= 40
    assert not any(secret in written for secret in secrets)
    assert re.search(r"GET /v1/tasks/\S+ +200 +\d+ times, until \+", written)
    assert "fault: answer 503" in written
    assert "content_policy_violation" in written
