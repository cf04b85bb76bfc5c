"""How a record's time is read: without the plan that makes tasks short, clipped, or as compressed."""

from typing import Final

import msgspec

from contracts.battery.paces import TEMPO, clip, quicken, without_tempo
from contracts.recording import Event
from mock_server.plans import read_words
from tests.rules.records import CAT, Traffic

(PLAN,) = read_words(TEMPO)
START: Final = 1_000.0


def test_short_tasks_are_as_planned() -> None:
    """The plan is one that can be read; its name is taken out of what struck, and others are left."""
    record = Traffic().create(faults=("link slow", PLAN.label)).poll("pending", faults=("answer 503",)).record
    assert [exchange.faults for exchange in without_tempo(record).exchanges] == [("link slow",), ("answer 503",)]


def test_a_clipped_record() -> None:
    """Of one that was stopped nobody knows what comes after its end."""
    record = Traffic().create().poll("pending").record
    clipped = clip(record)
    assert clipped.disturbed(record.ended_at, float("inf"))
    assert clipped.view.clock == "real"
    assert clipped.exchanges == record.exchanges


def test_compressed_time() -> None:
    """All times count as many seconds as the client had, from when it began."""
    plain = (
        Traffic().create(at=START, took=0.01).hear({"id": CAT, "status": "completed"}, at=START + 1, took=0.1).record
    )
    record = msgspec.structs.replace(plain, events=(Event(kind="hand", at=START + 2, to=START + 3),), until=START + 4)
    quick = quicken(record, speed=50.0, start=START)
    (asked,), (heard,), (event,) = quick.exchanges, quick.received, quick.events
    assert (asked.started_at - START, round(asked.ended_at - START, 6)) == (0.0, 0.5)
    assert (heard.started_at - START, round(heard.ended_at - START, 6)) == (50.0, 55.0)
    assert (event.at - START, event.to - START) == (100.0, 150.0)
    assert quick.until == START + 200.0
    assert quicken(plain, speed=50.0, start=START).until is None
