"""Callbacks in the record of a simulator's client: as they were heard, and by which clock."""

from typing import Any

import pytest

from contracts.recording import ClientRecord
from contracts.recording.clocks import Move
from contracts.recording.journal import read_journal
from contracts.recording.received import Delivery
from tests.recording.entries import entry, message
from tests.rules.records import CAT

HOOK = "https://hooks.example.com/a"
STRUCK: dict[str, Any] = {"faults": ["delay"]}


def attempt(at: float, took: float = 0.0, **facts: Any) -> dict[str, Any]:
    """Return an attempt at a callback, as the simulator shows it."""
    return {"started_at": at, "ended_at": at + took, "status": 200, "error": None, "faults": [], **facts}


def heard(place: int, wall: float, took: float = 0.001) -> Delivery:
    """Return what was seen of an attempt."""
    return Delivery(callback=1, attempt=place, started_at=wall, ended_at=wall + took, request_body=b'{"id": "cat"}')


def read(entries: list[dict[str, Any]], attempts: list[dict[str, Any]], *seen: Delivery, **facts: Any) -> ClientRecord:
    """Return the record of a journal with one callback."""
    callbacks = {"callbacks": [{"id": 1, "task": CAT, "url": HOOK, "attempts": attempts}]}
    return read_journal({"entries": entries}, callbacks=callbacks, heard=seen, **facts)


def test_a_clock_that_sleeps_move() -> None:
    """What happens at one time of the universe is in the order of real time; a silence of ten seconds is one."""
    entries = [entry(1, at=100.0, wall=1_000.0), entry(2, at=160.0, wall=1_000.02)]
    attempts = [attempt(160.0, status=None, error="late", took=10.0), attempt(171.0)]
    record = read(entries, attempts, heard(1, 1_000.01), heard(2, 1_000.03), clock="virtual")
    first, second = record.heard
    assert (first.number, second.number) == (3, 4)
    assert (first.started_at, first.ended_at) == (160.0, 170.0)
    assert 160.0 < record.asked[1].started_at < 160.001
    assert second.started_at == 171.0
    assert second.ended_at == pytest.approx(171.0, abs=0.001)
    assert first.error == "late"
    assert (first.request_body, first.omitted) == (b'{"id": "cat"}', ())


def test_a_planned_delay() -> None:
    """It is that of the request that it struck, and not of a callback that was struck since."""
    entries = [entry(1, at=100.0, wall=1_000.0, **STRUCK), entry(2, at=130.0, wall=1_000.9)]
    record = read(
        entries,
        [attempt(100.0, **STRUCK)],
        heard(1, 1_000.5),
        clock="virtual",
        moves=[Move(at=100.0, to=130.0, by="delay")],
    )
    assert record.asked[0].ended_at == 130.0
    assert record.heard[0].ended_at < 101.0


def test_real_time() -> None:
    """What was heard has its real times; of the rest they are told by the exchanges and the pace."""
    entries = [entry(number, at=100.0 + 20 * number, wall=1_000.0 + number) for number in range(1, 6)]
    attempts = [attempt(90.0), attempt(150.0, took=2.0), attempt(300.0)]
    record = read(entries, attempts, heard(3, 1_007.5, 0.25))
    assert record.view.clock == "scaled"
    times = [time for each in record.heard for time in (each.started_at, each.ended_at)]
    assert times == pytest.approx([1_000 - 0.5, 1_000 - 0.5, 1_002.5, 1_002.6, 1_007.5, 1_007.75])
    assert [each.omitted for each in record.heard] == [("request",), ("request",), ()]


def test_callbacks_alone() -> None:
    """Without an exchange, nothing tells another time than the universe's."""
    (only,) = read([], [attempt(90.0)], clock="real").heard
    assert (only.number, only.started_at) == (1, 90.0)


def test_keys() -> None:
    """A key of the client's that a receiver tells has its stand-in there too."""
    asked = entry(1, request=message({}, {"authorization": "Bearer sk-cat-and-dog"}))
    seen = Delivery(callback=1, attempt=1, started_at=1_000.5, ended_at=1_000.6, response_body=b"I know sk-cat-and-dog")
    record = read([asked], [attempt(100.5)], seen)
    (account,) = record.accounts
    assert record.heard[0].response_body == f"I know {account}".encode()


def test_the_end_of_a_recording() -> None:
    """It is the last time of which anything is known, if nothing is later."""
    assert read([entry(1)], [], until=5_000.0).ended_at == 5_000.0
    assert read([entry(1)], [], until=5.0).ended_at == pytest.approx(1_000.002)
