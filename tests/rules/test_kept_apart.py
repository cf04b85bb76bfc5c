"""C11, C17, F5, J7: what a client does with its clock, with answers, with its memory, and with tasks side by side."""

from typing import Any

import pytest

from contracts.recording import ClientRecord
from contracts.rules import ALL_RULES
from contracts.rules.polling import caching, clock_steps
from contracts.rules.program import crowds
from contracts.rules.results import memory
from contracts.verdict import Grade, Rule
from tests.rules.records import CAT, DOG, LINK, Traffic, check_broken, check_good, check_untested, outcome

RULES = (*clock_steps.RULES, *caching.RULES, *memory.RULES, *crowds.RULES)
KEPT = {"cache-control": "private, No-Store", "etag": '"1"'}
LARGE = {"content-type": "video/mp4", "content-length": f"{300 * 2**20}"}
NAMES = [f"task-unified-1757165031-crowd{number:03d}" for number in range(10)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_usual_traffic_says_nothing(rule: Rule[ClientRecord]) -> None:
    """Each is one of all rules, and of a usual client none of them says anything."""
    assert rule in ALL_RULES
    usual = Traffic().create().wait(5).poll().wait(5).poll("completed").download().report("completed", task=CAT)
    assert outcome(rule.id, usual).grade in {Grade.UNTESTED, Grade.NOT_APPLICABLE}


def stepped(*gaps: float) -> Traffic:
    """Poll after each of these pauses; the wall clock is set after the second poll."""
    traffic = Traffic().create().wait(5).poll().wait(gaps[0]).poll().event("step", 0)
    for gap in gaps[1:]:
        traffic.wait(gap).poll()
    return traffic


def test_the_wall_clock_is_set() -> None:
    """A client that hangs then, or takes the task for overdue, is found; one that goes on as before is fine."""
    check_good("C11", stepped(5, 5))
    check_good("C11", stepped(100, 200))
    check_broken("C11", stepped(5, 66), "the next poll within 65 s, whatever the wall clock says", "66 s later")
    check_broken("C11", stepped(5).report("timeout", task=CAT), "as before", "left as one that took too long")
    check_broken("C11", stepped(5).wait(66).create(DOG), "within 65 s", "none")
    check_broken("C11", stepped(5).report("timeout").wait(66).create(DOG), "within 65 s", "none")


def test_the_wall_clock_is_set_when_nobody_waits() -> None:
    """Nothing is said of tasks that had ended, of tasks that were polled later, and of records that end soon."""
    check_untested("C11", stepped(5))
    check_untested("C11", Traffic().create().event("step", 0).wait(5).poll().wait(5).poll())
    check_untested("C11", Traffic().create().wait(5).poll("completed").event("step", 0).wait(66).create(DOG))
    long = Traffic().create().wait(900).poll().event("step", 0).wait(5).report("timeout", task=CAT)
    check_untested("C11", long)
    moved = Traffic().create().wait(5).poll().event("clock").event("step", 0)
    check_good("C11", moved.wait(5).poll())


def asked_again(told: dict[str, str | None], **headers: str) -> Traffic:
    """Poll twice, the second time with more headers."""
    return Traffic().create().wait(5).poll(told=told).wait(5).poll("completed", headers=headers)


def test_answers_that_are_not_to_be_stored() -> None:
    """Who asks whether a stored answer has changed has stored it."""
    check_good("C17", asked_again({**KEPT}))
    stored = asked_again({**KEPT}, **{"if-none-match": '"1"'})
    check_broken("C17", stored, "a poll without a condition", 'if-none-match: "1"')
    since = asked_again({**KEPT}, **{"if-modified-since": "Sun, 22 Nov 2026 10:00:00 GMT"})
    check_broken("C17", since, "Cache-Control: no-store", "if-modified-since: Sun, 22 Nov")
    check_untested("C17", asked_again({"etag": '"1"', "cache-control": "no-cache"}, **{"if-none-match": '"1"'}))


def fetched(peak: Any, **facts: Any) -> Traffic:
    """Fetch a file, and tell the most memory that was in use."""
    traffic = Traffic().create().wait(5).poll("completed").download(**{"told": LARGE, **facts})
    return traffic.report("completed", task=CAT, facts={"peak_memory_bytes": peak})


def test_memory() -> None:
    """Who had all of a large file in memory is found."""
    check_good("F5", fetched(60 * 2**20))
    check_broken("F5", fetched(350 * 2**20), "less memory than the file's 314572800 bytes", "3.67002e+08 bytes")
    check_untested("F5", fetched(350 * 2**20, told={**LARGE, "content-length": "1000"}))
    check_untested("F5", fetched(350 * 2**20, told={**LARGE, "content-length": "large"}))
    check_untested("F5", fetched(350 * 2**20, error="it is cut"))
    check_untested("F5", fetched(350 * 2**20, status=403))
    check_untested(
        "F5", Traffic().create().ask("HEAD", LINK, told=LARGE).report("failed", facts={"peak_memory_bytes": 1})
    )
    mixed = fetched(60 * 2**20).report("completed", task=CAT, facts={"peak_memory_bytes": True})
    check_good("F5", mixed)
    assert outcome("F5", fetched("much")).grade is Grade.NOT_APPLICABLE


def crowd(*told: str, ends: int = 10) -> Traffic:
    """Make ten tasks side by side, see some of them end, and tell of these."""
    traffic = Traffic()
    for name in NAMES:
        traffic.create(name)
    for name in NAMES[:ends]:
        traffic.wait(1).poll("completed", task=name)
    for name in told:
        traffic.report("completed", task=name)
    return traffic


def test_crowds() -> None:
    """Each task is told of, and once."""
    check_good("J7", crowd(*NAMES))
    check_good("J7", crowd(*NAMES, ends=4))
    check_broken("J7", crowd(*NAMES[:9]), "each of 10 tasks", f"{NAMES[9]} 0 times")
    check_broken("J7", crowd(*NAMES[:9], NAMES[0]), "told of once", f"{NAMES[0]} 2 times, {NAMES[9]} 0 times")


def test_where_there_is_no_crowd() -> None:
    """Nothing is said of tasks that were made one after the other, are not over, or are told of by nobody."""
    check_untested("J7", crowd(*NAMES[:3], ends=3))
    check_untested("J7", crowd("another"))
    row = Traffic()
    for name in NAMES:
        row.create(name).wait(1).poll("completed", task=name)
    check_untested("J7", row.report("completed", task=NAMES[0]))
