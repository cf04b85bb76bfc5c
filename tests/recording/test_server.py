"""What a record shows of tasks, accounts, deliveries and time."""

import pytest

from contracts.recording import Event, Listener, ServerRecord, fingerprint
from contracts.recording.lifecycle import REACHABLE, TERMINAL, TRANSITIONS, may_become
from tests.invariants.stories import CAT, DOG, FIRST, HOOK, HOOKS, OTHER, START, Story, row, shown


def test_every_way_to_see_a_task() -> None:
    """Create, query, list, batch and callback, in the order in which they began."""
    story = Story().create(asked={"callback_url": HOOK}).see().list(row()).batch(shown(), shown(DOG))
    record = story.hear(shown(CAT, "failed")).record
    seen = record.tasks[CAT]
    assert [sight.way for sight in seen.sights] == ["create", "query", "list", "batch", "callback"]
    assert [sight.number for sight in seen.sights] == [1, 2, 3, 4, 5]
    assert seen.last is seen.sights[4]
    assert seen.last.true_from == record.received[0].started_at
    assert seen.callback_url == HOOK
    assert record.tasks[DOG].creation is None
    assert record.tasks[DOG].callback_url is None


def test_what_shows_no_task() -> None:
    """Answers that are no success, no JSON object, or have no id."""
    story = Story().see(body={}, status=404).see(body=[1]).list({"id": 7}, 7)  # type: ignore[arg-type] # on purpose
    story.ask("GET", "/v1/tasks", answer={"data": {}}).ask("POST", "/v1/videos/generations", answer={"id": 7})
    story.ask("GET", "/v1/tasks/a/b", answer=shown()).ask("GET", "/v1/tasks/", answer=shown())
    assert story.hear([CAT]).hear({"id": 7}).hear(b"{").record.tasks == {}


def test_a_task_that_is_asked_for_by_an_escaped_id() -> None:
    """It is the same."""
    assert list(Story().ask("GET", "/v1/tasks/task%2Done", answer=shown("task-one")).record.tasks) == ["task-one"]


def test_states() -> None:
    """A list calls pending tasks processing; what is no status is none."""
    record = Story().list(row(), row(DOG, "archived")).see("pending", DOG).record
    assert record.tasks[CAT].sights[0].states == {"pending", "processing"}
    assert [sight.states for sight in record.tasks[DOG].sights] == [frozenset(), {"pending"}]


def test_repeated_creates() -> None:
    """Marked as such by the server, or known by key and id; they do not show the task as it is."""
    story = Story().create(again="k").see("processing").create(again="k").create(again="k", key=OTHER)
    story.create(DOG, told={"idempotency-replayed": "true"})
    record = story.record
    assert [creation.replayed for creation in record.creations] == [False, True, False, True]
    assert [sight.replayed for sight in record.tasks[CAT].sights] == [False, False, True, False]
    assert record.tasks[DOG].creation is None
    assert record.tasks[DOG].unended_until == float("-inf")


def test_repeated_creates_that_overlap() -> None:
    """The one that says nothing of an earlier request is the first, though it began later."""
    told = {"idempotency-replayed": "true"}
    record = Story().create(again="k", took=3, told=told).create(again="k", at=START + 1).record
    assert [creation.replayed for creation in record.creations] == [True, False]
    assert record.tasks[CAT].creation is record.creations[1]


def test_accounts() -> None:
    """By fingerprint, with what they asked for; a request without a key is nobody's."""
    story = Story().create().balance(5, key=OTHER).see(key=None).refuse(402).refuse(500)
    accounts = story.record.accounts
    mine, other = accounts[fingerprint(FIRST)], accounts[fingerprint(OTHER)]
    assert [creation.exchange.number for creation in mine.creations] == [1, 4, 5]
    assert [(c.task, c.refused, c.unclear) for c in mine.creations] == [
        (CAT, False, False),
        (None, True, False),
        (None, False, True),
    ]
    assert [balance.remaining for balance in other.balances] == [5]
    assert len(other.exchanges) == 1


@pytest.mark.parametrize(
    ("token", "spendable"),
    [
        (None, 50),
        ({"remaining_credits": 7}, 7),
        ({"remaining_credits": 70}, 50),
        ({"remaining_credits": 7, "unlimited_credits": True}, 50),
        ({}, 50),
    ],
)
def test_what_can_be_spent(token: dict[str, object] | None, spendable: float) -> None:
    """The key may have a limit of its own."""
    (account,) = Story().balance(50, token=token).record.accounts.values()
    assert account.balances[0].spendable == spendable
    assert account.balances[0].used == 0


def test_callbacks() -> None:
    """Of tasks whose callback leads to a listener, with what came for them."""
    far = {"callback_url": "https://elsewhere.example.com/x"}
    story = Story().create(asked={"callback_url": HOOK}).create(DOG, asked=far).create("task-x")
    record = story.hear(shown(CAT, "failed"), status=500).hear(shown(CAT, "failed")).hear(b"?").record
    (callback,) = record.callbacks
    assert (callback.task.id, callback.url) == (CAT, HOOK)
    assert [attempt.status for attempt in callback.attempts] == [500, 200]


@pytest.mark.parametrize(
    ("url", "heard"),
    [
        (HOOKS, True),
        (f"{HOOKS}/a", True),
        (f"{HOOKS}?a", True),
        (f"{HOOKS}.evil.example", False),
        ("https://x", False),
        (None, False),
    ],
)
def test_where_a_listener_hears(url: object, heard: bool) -> None:  # noqa: FBT001 - a column of the table
    """At its origin and below it."""
    assert Listener(origin=HOOKS).hears(url) is heard


def test_time_that_was_moved() -> None:
    """What came meanwhile came at an unknown time; on a clock that runs, what was skipped was no wait."""
    events = (Event(kind="clock", at=10, to=110), Event(kind="hand", at=120, to=121))
    running, frozen = ServerRecord(events=events), ServerRecord(events=events, pace=0)
    assert running.span(50) == (10, 110)
    assert running.span(111) == (111, 111)
    assert running.ended_at == 121
    assert (running.watched(0), running.watched(60), running.watched(115)) == (21, 11, 6)
    assert frozen.watched(0) == 121
    assert running.disturbed(0, 9, "clock", "hand") is False
    assert running.disturbed(0, 10, "clock")
    assert running.disturbed(115, 130, "hand")
    assert not running.disturbed(115, 130, "restart")
    assert ServerRecord().ended_at == 0.0


def test_the_table_of_transitions() -> None:
    """It has no way back, and three ends."""
    assert {"completed", "failed", "cancelled"} == TERMINAL
    assert may_become({"pending"}, {"completed"})
    assert may_become({"pending", "processing"}, {"pending"})
    assert not may_become({"processing"}, {"pending"})
    assert not may_become({"completed"}, TRANSITIONS.keys() - {"completed"})
    assert all(status in reachable for status, reachable in REACHABLE.items())


def test_figures_of_a_task() -> None:
    """From billing or usage, whichever is there; of a row its own."""
    body = {"usage": {"credits_reserved": 5, "credits_used": 4}, "billing": {"reserved_credits": 6}}
    sights = (
        Story().see("completed", changes=body).list(row(status="completed", credits_used=3)).record.tasks[CAT].sights
    )
    assert [(sight.reserved, sight.used, sight.settled) for sight in sights] == [(5, 4, True), (None, 3, True)]
    bare = (
        Story()
        .see("completed", changes={"usage": None, "billing": {"reserved_credits": 6}})
        .record.tasks[CAT]
        .sights[0]
    )
    assert (bare.reserved, bare.used, bare.settled) == (6, None, False)
    assert bare.true_from > START
