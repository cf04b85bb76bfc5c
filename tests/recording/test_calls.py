"""Requests are put together with their repetitions, and with nothing else."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.recording import Call, Exchange, Reply
from contracts.recording.calls import group_calls
from tests.invariants.stories import CAT, ORIGIN, shown, wanted
from tests.rules.records import DOG, KEY, Traffic
from tests.serving import CREATE

pytestmark = pytest.mark.uncounted

FAILURES: Final = (None, 429, 500, 502, 503)


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a client wants: what it asks for, with which key, and when each attempt begins and ends."""

    number: int
    prompt: str
    key: str | None
    attempts: tuple[tuple[float, float, int | None], ...]

    def exchanges(self) -> list[Exchange]:
        """Return the requests for it."""
        headers = [("authorization", f"Bearer {KEY}"), ("content-type", "application/json")]
        headers += [] if self.key is None else [("idempotency-key", self.key)]
        return [
            Exchange(
                number=0,
                started_at=start,
                ended_at=end,
                method="POST",
                url=ORIGIN + CREATE,
                request_headers=tuple(headers),
                request_body=msgspec.json.encode(wanted(prompt=self.prompt)),
                status=status,
                response_body=msgspec.json.encode(shown(f"task-unified-1-{self.number}")) if status == 200 else b"{}",
                error=None if status else "lost",
                connection=str(self.number),
            )
            for start, end, status in self.attempts
        ]


@st.composite
def attempts(draw: st.DrawFn, *, least: int = 1) -> tuple[tuple[float, float, int | None], ...]:
    """Attempts one after the other, of which only the last may succeed."""
    times = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 40)), min_size=least, max_size=4))
    now, made = 0.0, []
    for gap, took in times:
        start = now + gap
        now = start + took
        made.append((start, now, draw(st.sampled_from(FAILURES))))
        now += 0.5
    if draw(st.booleans()):
        made[-1] = (*made[-1][:2], 200)
    return tuple(made)


@st.composite
def intents(draw: st.DrawFn, *, prompts: Sequence[str], keyed: bool, least: int = 1) -> list[Intent]:
    """Some intents whose attempts overlap as they like; their prompts are all different if there is just one given."""
    number = draw(st.integers(1, 5))
    return [
        Intent(
            number=index,
            prompt=draw(st.sampled_from(prompts)) if len(prompts) > 1 else f"{prompts[0]} {index}",
            key=f"key {index}" if keyed else None,
            attempts=draw(attempts(least=least)),
        )
        for index in range(number)
    ]


def grouped(made: Sequence[Intent]) -> tuple[Call, ...]:
    """Return the calls of all the requests, in the order in which they begin."""
    exchanges = sorted((each for intent in made for each in intent.exchanges()), key=lambda each: each.started_at)
    numbered = (msgspec.structs.replace(each, number=number) for number, each in enumerate(exchanges, start=1))
    return group_calls(numbered)


def partition(calls: Sequence[Call]) -> list[list[str | None]]:
    """Return of each call whose the requests in it are."""
    return [[attempt.connection for attempt in call.attempts] for call in calls]


@given(intents(prompts=["A cat"], keyed=False))
def test_different_bodies_never_mix(made: list[Intent]) -> None:
    """However N intents interleave, each has all its requests, and no other's."""
    found = partition(grouped(made))
    assert sorted(found, key=str) == sorted(([str(i.number)] * len(i.attempts) for i in made), key=str)


@given(intents(prompts=["A cat", "A dog"], keyed=True, least=2))
def test_different_keys_never_mix(made: list[Intent]) -> None:
    """Nor do they if they ask for the same, as long as each repeats its key."""
    found = partition(grouped(made))
    assert sorted(found, key=str) == sorted(([str(i.number)] * len(i.attempts) for i in made), key=str)


@given(intents(prompts=["A cat", "A cat"], keyed=False))
def test_twins(made: list[Intent]) -> None:
    """Of intents that nothing tells apart there are never more calls than intents, and each is one after the other."""
    calls = grouped(made)
    assert sum(len(call.attempts) for call in calls) == sum(len(intent.attempts) for intent in made)
    assert len(calls) <= len(made)
    for call in calls:
        assert all(wait.seconds >= 0 for wait in call.waits)
        assert Reply.SUCCESS not in call.replies[:-1]


def test_retries_join_whatever_the_order_of_fields() -> None:
    """The same body written otherwise is the same request."""
    other = dict(reversed(wanted().items()))
    call, last = Traffic().refuse(503).refuse(429, sent=other).create().create().record.creates
    assert [call.replies, last.replies] == [(Reply.UNCLEAR, Reply.BUSY, Reply.SUCCESS), (Reply.SUCCESS,)]
    assert (call.task, call.tasks, call.body) == (CAT, (CAT,), wanted())
    assert (call.first.number, call.last.number, call.ended_at) == (1, 3, call.last.ended_at)
    assert [round(wait.seconds, 2) for wait in call.waits] == [0.01, 0.01]


def test_a_key_joins_what_nothing_else_would() -> None:
    """Requests with one key are one call: while the first is under way, after it succeeded, and with another body."""
    traffic = Traffic().create(again="k", took=5).create(again="k", at=1_757_169_744.0, took=1).wait(9)
    traffic.create(again="k").create(DOG, again="k", asked={"prompt": "A dog"}).create(again="other")
    first, other = traffic.record.creates
    assert len(first.attempts) == 4
    assert first.key == "k"
    assert first.tasks == (CAT, DOG)
    assert len(other.attempts) == 1
    assert first.waits[0].seconds < 0


def test_a_key_for_each_attempt() -> None:
    """A client that never repeats a key is taken to make a new one for each attempt; one that does, is not."""
    minting = Traffic().refuse(503, again="a").refuse(503, again="b").create(again="c")
    assert [len(call.attempts) for call in minting.record.creates] == [3]
    keeping = Traffic().refuse(503, again="a").refuse(503, again="a").create(again="c")
    assert [len(call.attempts) for call in keeping.record.creates] == [2, 1]
    late = Traffic().create().refuse(503, asked={"prompt": "A dog"}).create(again="c", asked={"prompt": "A dog"})
    assert [len(call.attempts) for call in late.record.creates] == [1, 2]


def test_keys_of_others() -> None:
    """A key is that of its account and its operation, and says nothing of a GET."""
    other = {"authorization": "Bearer key-00000000"}
    apart = Traffic().create(again="a").create(DOG, again="a", headers=other).create(again="a")
    assert [len(call.attempts) for call in apart.record.creates] == [2, 1]
    read = Traffic()
    for _ in range(2):
        read.poll(headers={"idempotency-key": "a"})
    assert [len(call.attempts) for call in read.record.queries] == [1, 1]


def test_calls_that_wait() -> None:
    """Of two calls for the same that failed, the next request belongs to the one that has waited longest."""
    twice = Traffic().create(at=1.0, took=5.0, status=500).create(at=2.0, took=1.0, status=500).create(at=9.0, took=1.0)
    assert [[each.number for each in call.attempts] for call in twice.record.creates] == [[1], [2, 3]]
    again = twice.create(at=11.0, took=1.0).create(at=12.0, took=1.0)
    assert [[each.number for each in call.attempts] for call in again.record.creates] == [[1, 4], [2, 3], [5]]


def test_queries_in_another_order() -> None:
    """The order of a query's parts says nothing, and the parts do."""
    traffic = Traffic()
    for query in ("a=1&b=2", "b=2&a=1", "a=1&b=3", "a=1"):
        traffic.ask("GET", f"/v1/tasks?{query}", status=500)
    assert [len(call.attempts) for call in traffic.record.calls] == [2, 1, 1]


def test_polls() -> None:
    """A poll that failed is asked again in the next; one that succeeded is not."""
    traffic = Traffic().poll().refuse(500, task=CAT).refuse(None, task=CAT).poll().poll(task=DOG)
    calls = traffic.record.queries
    assert [(call.task, len(call.attempts)) for call in calls] == [(CAT, 1), (CAT, 3), (DOG, 1)]


def test_hints() -> None:
    """A wait knows what the server said of it."""
    call = Traffic().refuse(429, told={"retry-after": "7"}).wait(7).create().record.creates[0]
    wait = call.waits[0]
    assert wait.hint is not None
    assert wait.hint.seconds == 7.0
    assert call.waits[0].before.number == 1


def test_bodies_that_are_no_json() -> None:
    """A form is the same whatever its parts are kept apart by; a body that was not recorded, by its length."""

    def upload(boundary: str, file: str) -> dict[str, Any]:
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="file"\r\n\r\n{file}\r\n--{boundary}--\r\n'
        headers = {"content-type": f'multipart/form-data; boundary="{boundary}"'}
        return {"sent": body.encode(), "headers": headers, "status": 500}

    place = "/api/v1/files/upload/stream"
    traffic = Traffic().ask("POST", place, **upload("one", "cat")).ask("POST", place, **upload("two", "cat"))
    traffic.ask("POST", place, **upload("three", "dog")).ask("POST", place, sent=b"cat", status=500)
    assert [len(call.attempts) for call in traffic.record.calls] == [2, 1, 1]
    unknown = Traffic()
    for length in ("7", "9", "7"):
        unknown.ask("POST", place, status=500, headers={"content-length": length}, omitted=("request",))
    assert [len(call.attempts) for call in unknown.record.calls] == [2, 1]
    assert unknown.record.calls[0].body == {}
    assert unknown.record.calls[0].task is None
    assert unknown.record.calls[0].key is None


def test_other_hosts() -> None:
    """What is no operation is the same only at the same host; an operation is, wherever it is asked."""
    traffic = Traffic(apis=(ORIGIN, "https://api.example.com"))
    traffic.ask("GET", "https://a.example.com/x", status=500).ask("GET", "https://b.example.com/x", status=500)
    traffic.ask("GET", "https://a.example.com/x?b=2&a=1", status=500).ask("GET", f"{ORIGIN}/v1/credits", status=500)
    traffic.ask("GET", "https://api.example.com/v1/credits", headers={"authorization": f"Bearer {KEY}"})
    assert [len(call.attempts) for call in traffic.record.calls] == [1, 1, 1, 2]
