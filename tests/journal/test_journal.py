"""How exchanges are kept: within a bound of bytes, in generations, and how one waits for them."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.journal.exchange import KEPT_BYTES, Exchange
from mock_server.journal.journal import Journal, Journals
from tests.journal.noting import noted, weight

pytestmark = pytest.mark.anyio

WEIGHT = weight(noted())
LONG = 30.0
"""Seconds that no test waits for: what is waited for comes."""


def record(journal: Journal, **facts: Any) -> Exchange:
    """Put an exchange into a journal."""
    exchange = noted(number=0, **facts)
    journal.begin(exchange)
    journal.record(exchange)
    return exchange


def numbers(journal: Journal) -> list[int]:
    """Return the numbers of what a journal holds."""
    return [exchange.number for exchange in journal]


def test_bodies_are_taken_as_they_come() -> None:
    """Pieces are put together; of a body that is too long only the size is kept."""
    exchange = Exchange("POST", "/", 0)
    exchange.take_body(b"a" * 10)
    exchange.take_body(b"b")
    assert (exchange.body, exchange.body_size) == (b"a" * 10 + b"b", 11)
    exchange.take_body(b"c" * KEPT_BYTES)
    assert (exchange.body, exchange.body_size) == (b"", KEPT_BYTES + 11)
    exchange.take_answer(b"d" * KEPT_BYTES)
    assert len(exchange.answer_body) == KEPT_BYTES
    exchange.take_answer(b"d")
    assert (exchange.answer_body, exchange.answer_size) == (b"", KEPT_BYTES + 1)


def test_what_is_kept_weighs() -> None:
    """Each byte of path, query, headers and bodies counts, and a little for the rest."""
    plain = noted()
    assert weight(plain) > len(plain.path) + sum(len(name) + len(value) for name, value in plain.headers) + 80
    longer = noted(b"x" * 100, b"y" * 50, headers={"a": "b" * 20}, query=b"z" * 7, path=plain.path + "12")
    assert weight(longer) - weight(plain) >= 100 + 50 + 21 + 7 + 2


def test_what_is_kept_is_as_it_was() -> None:
    """An exchange comes back with all that was noted, as often as one asks; what happens to it later is its own."""
    journal = Journals(10**6).open()
    facts: dict[str, Any] = {
        "query": b"a=1", "scheme": "https", "connection": "7", "turn": 2, "id": "ab",
        "answer_headers": [(b"a", b"\xff")],
        "account": "A", "task": "task-unified-1", "clauses": ("HTTP-415",), "faults": ("answer 503",),
        "notes": ("said",), "named": True, "keeps_body": False, "keeps_answer": False, "path": "/\u00e9",
    }  # fmt: skip
    exchange = record(journal, request=b"\x00\xff", answer=b"{}", **facts)
    assert list(journal) == list(journal) == [exchange]
    exchange.status = 0
    assert [each.status for each in journal] == [200]


def test_what_is_beyond_a_number() -> None:
    """Numbers that have gone, and numbers that are still to come, may be asked for as well."""
    journal = Journals(3 * WEIGHT).open()
    for _ in range(5):
        record(journal)
    assert [len(list(journal.beyond(number))) for number in (0, 1, 2, 3, 4, 5, 6)] == [3, 3, 3, 2, 1, 0, 0]
    assert [exchange.number for exchange in journal.beyond(3)] == [4, 5]


def test_numbers() -> None:
    """Exchanges are numbered from 1 as they end, each journal for itself; generations are the server's."""
    journals = Journals(10**6, begun=5_000_000)
    one, other = journals.open(), journals.open()
    assert [record(one).number, record(one).number, record(other).number] == [1, 2, 1]
    assert (one.last, other.last, len(one), len(other)) == (2, 1, 2, 1)
    assert (one.generation, other.generation) == (5_001, 5_002)


def test_the_oldest_give_way() -> None:
    """Over all journals together: who came first goes first, whosever it was."""
    journals = Journals(3 * WEIGHT)
    one, other = journals.open(), journals.open()
    for journal in (one, other, one, one):
        record(journal)
    assert (numbers(one), numbers(other)) == ([2, 3], [1])
    record(one)
    assert (numbers(one), numbers(other)) == ([2, 3, 4], [])
    assert (one.last, one.last - len(one), journals.size) == (4, 1, 3 * WEIGHT)


def test_who_is_closed_has_nothing_to_give() -> None:
    """It is passed over, and others give way."""
    journals = Journals(2 * WEIGHT)
    closed, kept = journals.open(), journals.open()
    record(closed)
    record(kept)
    closed.close()
    record(kept)
    record(kept)
    assert (numbers(closed), numbers(kept)) == ([], [2, 3])


def test_what_is_too_large_for_any_journal() -> None:
    """An exchange that is larger than the bound is counted and let go of; with a bound of 0 nothing is counted."""
    journal = Journals(WEIGHT - 1).open()
    assert record(journal).number == 1
    assert (len(journal), journal.last, journal.size) == (0, 1, 0)
    off = Journals(0).open()
    assert record(off).number == 0
    assert (len(off), off.last) == (0, 0)


def test_a_closed_journal_takes_nothing_in() -> None:
    """What was under way when its universe began anew is in no journal."""
    journals = Journals(10**6)
    old = journals.open()
    record(old)
    late = noted(number=0)
    old.begin(late)
    old.close()
    new = journals.open()
    old.record(late)
    assert (len(old), len(new), journals.size, late.number) == (0, 0, 0, 0)
    assert new.generation > old.generation


@given(
    bound=st.integers(1, 6),
    steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["record", "record", "record", "anew"])), max_size=60),
)
def test_the_bound_holds(bound: int, steps: list[tuple[int, str]]) -> None:
    """Whatever happens: the journals hold the newest that fit, in order, and the sizes add up."""
    journals = Journals(bound * WEIGHT)
    opened = [journals.open() for _ in range(3)]
    kept: list[Exchange] = []
    for which, step in steps:
        if step == "anew":
            kept = [exchange for exchange in kept if exchange.journal is not opened[which]]
            opened[which].close()
            opened[which] = journals.open()
        else:
            kept = [*kept, record(opened[which])][-bound:]
        assert [list(journal) for journal in opened] == [
            [exchange for exchange in kept if exchange.journal is journal] for journal in opened
        ]
        assert journals.size == sum(journal.size for journal in opened) == len(kept) * WEIGHT


def test_begun_anew_again_and_again() -> None:
    """What was forgotten is forgotten by the bookkeeping too; it does not grow with each reset."""
    journals = Journals(10**9)
    stays = journals.open()
    record(stays)
    for _ in range(50):
        journal = journals.open()
        for _ in range(100):
            record(journal)
        journal.close()
    assert len(journals._order) < 3_000
    assert numbers(stays) == [1]
    assert journals.size == WEIGHT


async def test_settling() -> None:
    """One can wait until nothing is under way; what does not end is waited for only so long."""
    journal = Journals(10**6).open()
    assert await journal.settle(0)
    exchange = noted()
    journal.begin(exchange)
    assert not await journal.settle(0)
    settling = asyncio.ensure_future(journal.settle(LONG))
    await asyncio.sleep(0)
    assert not settling.done()
    journal.record(exchange)
    assert await settling


async def test_waiting_for_more() -> None:
    """One can wait for an exchange beyond a number; a journal that is closed has no more to come."""
    journal = Journals(10**6).open()
    assert not await journal.wait_beyond(0, 0)
    waiting = [asyncio.ensure_future(journal.wait_beyond(number, LONG)) for number in (0, 0, 1)]
    await asyncio.sleep(0)
    record(journal)
    assert await waiting[0]
    assert await waiting[1]
    assert not waiting[2].done()
    assert await journal.wait_beyond(0, LONG)
    journal.close()
    assert not await waiting[2]


async def test_waiting_for_any_change() -> None:
    """What happens beside exchanges is counted with them, whether or not anybody waits for it."""
    journal = Journals(1_000).open()
    journal.stir()
    assert journal.changes == 1
    waiting = asyncio.ensure_future(journal.wait_change(1, LONG))
    await asyncio.sleep(0)
    journal.stir()
    assert await waiting
    assert journal.changes == 2


async def test_who_waits_no_longer() -> None:
    """One who was cancelled while he waited is not in the way of the others."""
    journal = Journals(10**6).open()
    gone, stays = (asyncio.ensure_future(journal.wait_beyond(0, LONG)) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait([gone])
    record(journal)
    assert await stays
