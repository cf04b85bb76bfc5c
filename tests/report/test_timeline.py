"""What happened in a test, in one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report.history import History, add_credits, written_credits
from contracts.report.timeline import happenings, target, written_seconds
from mock_server.journal.near_misses import NearMiss
from tests.report.facts import (
    BEGAN,
    attempt,
    creation,
    delivery,
    entry,
    line,
    move,
    plan,
    record,
    task,
    violation,
)


def told(made: History) -> list[tuple[float, str, str]]:
    """Return the time line in short: when, whose, and what came of it."""
    return [(round(each.at - BEGAN, 6), each.lane, each.came) for each in happenings(made)]


def test_nothing() -> None:
    """A test without requests has no time line."""
    assert happenings(record()) == ()


def test_a_generation() -> None:
    """What follows a request at its instant follows it; what the clock brought comes before the next request."""
    made = record(
        entries=(creation(1), entry(2), entry(3, at=60)),
        tasks=(task(),),
        callbacks=(delivery(attempt(60, 500), attempt(61)),),
        moves=(move(0, 60), move(60, 90)),
    )
    assert told(made) == [
        (0, "client", "200"),
        (0, "task", "pending"),
        (0, "money", "reserve 5.1 credits"),
        (0, "client", "200"),
        (3, "task", "processing"),
        (60, "clock", "+1 min"),
        (60, "task", "completed"),
        (60, "money", "charge 5.1 credits"),
        (60, "callback", "500"),
        (60, "client", "200"),
        (61, "callback", "200"),
        (90, "clock", "+30 s"),
    ]


def test_a_task_that_ends_at_once() -> None:
    """All of its life follows the request that created it, also where another request came before."""
    failed = task(starts=0, ends=0, status="failed", error="service_error", outcome="failed")
    made = record(
        entries=(entry(1), creation(2)),
        tasks=(failed,),
        callbacks=(delivery(attempt(0, None, "the connection was refused", "delay")),),
    )
    assert [each[1:] for each in told(made)] == [
        ("client", "200"),
        ("client", "200"),
        ("task", "pending"),
        ("money", "reserve 5.1 credits"),
        ("task", "failed"),
        ("money", "charge 5.1 credits"),
        ("callback", "no answer"),
    ]
    assert [each.notes for each in happenings(made)][4:] == [
        ("service_error",),
        (),
        ("attempt 1", "fault: delay", "the connection was refused"),
    ]


def test_a_repeated_creation() -> None:
    """A task follows the first request that is about it; the second got the same answer again."""
    made = record(entries=(creation(1), creation(2)), tasks=(task(status="pending", ledger=()),))
    assert [each[1] for each in told(made)] == ["client", "task", "client"]


def test_a_clock_that_runs() -> None:
    """A task that was created some time after its request came stands where its own time has it."""
    made = record(entries=(creation(1), entry(2, at=0.5)), tasks=(task(at=1, status="pending", ledger=()),))
    assert told(made) == [(0, "client", "200"), (0.5, "client", "200"), (1, "task", "pending")]


@pytest.mark.parametrize(
    ("facts", "statuses"),
    [
        ({"status": "pending"}, ["pending"]),
        ({"status": "pending", "starts": None, "ends": None}, ["pending"]),
        ({"status": "processing"}, ["pending", "processing"]),
        ({"status": "processing", "ends": None, "held": True}, ["pending", "processing held"]),
        ({"status": "failed", "starts": 9, "ends": 5}, ["pending", "failed"]),
        (
            {"status": "cancelled", "error": "request_cancelled"},
            ["pending", "processing", "cancelled request_cancelled"],
        ),
    ],
)
def test_the_states_of_a_task(facts: dict[str, object], statuses: list[str]) -> None:
    """Only those that it has reached, with what there is to say of the last."""
    made = record(tasks=(task(**{**facts, "ledger": ()}),))  # type: ignore[arg-type]
    assert [" ".join((each.came, *each.notes)) for each in happenings(made)] == statuses


def test_what_is_said_of_a_request() -> None:
    """Its target with the query, the faults that struck, the clauses that it broke, and what else was nearly right."""
    misses = (
        NearMiss(field="duration", clause="DURATION-RANGE", message="must be at most 10"),
        NearMiss(field="callbackUrl", message="is described by no page, and was ignored"),
    )
    url = "https://api.evolink.ai/v1/tasks?page=1"
    (refused,) = happenings(
        record(
            entries=(
                entry(1, url=url, status=400, clauses=("DURATION-RANGE",), near_misses=misses, faults=("answer 400",)),
            )
        )
    )
    assert refused.what == "GET /v1/tasks?page=1"
    assert refused.notes == (
        "fault: answer 400",
        "broke DURATION-RANGE",
        "callbackUrl is described by no page, and was ignored",
    )
    assert (refused.bad, refused.struck, refused.exchange) == (True, True, 1)
    (lost,) = happenings(record(entries=(entry(1, status=None),)))
    assert (lost.came, lost.bad, lost.struck) == ("no answer", True, False)


def test_a_callback_of_a_task_that_is_not_known() -> None:
    """It stands where its time has it."""
    made = record(entries=(entry(1, at=5),), callbacks=(delivery(attempt(5), of="task-unified-0-gone"),))
    assert told(made) == [(5, "callback", "200"), (5, "client", "200")]


def test_a_real_generation(generation: History) -> None:
    """Of what a simulator tells, everything is there once, and in the order of time."""
    found = happenings(generation)
    assert [each.at for each in found] == sorted(each.at for each in found)
    lanes = [each.lane for each in found]
    assert lanes.count("client") == len(generation.entries)
    assert lanes.count("money") == sum(len(each.ledger) for each in generation.tasks)
    assert lanes.count("clock") == len(generation.moves)
    assert [each.came for each in found if "attempt 2" in each.notes] == ["200"]
    assert lanes[:2] == ["client", "clock"]


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (0.25, "0.25 s"),
        (0.0004, "0 s"),
        (59.9999, "1 min"),
        (303.25, "5 min 3.25 s"),
        (86_400, "1 d"),
        (90_061, "1 d 1 h 1 min 1 s"),
    ],
)
def test_lengths_of_time(seconds: float, written: str) -> None:
    """In the units in which they are read best, to the millisecond."""
    assert written_seconds(seconds) == written


@given(st.integers(0, 10**9))
def test_lengths_of_time_can_be_read_back(milliseconds: int) -> None:
    """No part of one is lost."""
    units = {"d": 86_400_000, "h": 3_600_000, "min": 60_000, "s": 1_000}
    words = written_seconds(milliseconds / 1_000).split()
    assert sum(round(float(number) * units[unit]) for number, unit in zip(words[::2], words[1::2], strict=True)) == (
        milliseconds
    )


def test_targets() -> None:
    """A URL without a path names the root."""
    assert target("https://api.evolink.ai") == "/"


def test_what_a_record_adds_up() -> None:
    """Charges are what was spent, exactly; plans that never struck are unused; what failed is to be looked into."""
    spent = tuple(task(ledger=(line("reserve", 0.3, 0), line("charge", 0.1, 9))) for _ in range(3))
    made = record(
        tasks=spent,
        entries=(entry(1, faults=("answer 503", "delay")),),
        plans=(plan("answer 503", 2), plan("callback never", 0)),
        callbacks=(delivery(attempt(9, 200, None, "callback slow")),),
        violations=(violation(1),),
    )
    assert (made.credits_spent, made.faults, made.unused_plans, made.failed) == (0.3, 3, ("callback never",), False)
    assert [record(outcome=outcome).failed for outcome in ("failed", "error", "skipped")] == [True, True, False]


@pytest.mark.parametrize(
    ("amount", "written"), [(0, "0 credits"), (1, "1 credit"), (0.1 + 0.2, "0.3 credits"), (120, "120 credits")]
)
def test_credits(amount: float, written: str) -> None:
    """Without zeros that say nothing, and with those that do."""
    assert written_credits(amount) == written
    assert add_credits([amount]) == round(amount, 4)
