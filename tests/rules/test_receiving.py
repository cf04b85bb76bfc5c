"""E1 to E14: what a receiver answers to callbacks, and what its client does upon them."""

from typing import Any

import pytest

from contracts.recording import ClientRecord
from contracts.rules.receiving import RULES
from contracts.verdict import Grade, judge
from tests.rules.hearing import DONE, WANTED, begin, hear
from tests.rules.records import (
    CAT,
    DOG,
    HOOK,
    KEY,
    LINK,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    name,
    outcome,
    shown,
)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_without_receiver(rule: str) -> None:
    """A client that wants no callbacks is none of these rules' business."""
    polled = Traffic().create().wait(5).poll("completed").report("completed", task=CAT)
    assert outcome(rule, polled).grade is Grade.NOT_APPLICABLE


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.id != "E4"])
def test_before_the_first_callback(rule: str) -> None:
    """A task that is under way puts none of them to the test."""
    check_untested(rule, Traffic().create(asked=WANTED))


# E1: in time


@pytest.mark.parametrize(("took", "status"), [(10.0, 200), (600.0, 204), (9.46, None)])
def test_late_answers(took: float, status: int | None) -> None:
    """An answer after 10 s is none; of one that never came the sender's 10 s are taken with the usual tolerance."""
    late = begin().hear(DONE, took=took, status=status, error=None if status else "timeout")
    finding = check_broken("E1", late, "within 10 s", f"{took:.1f} s")
    assert finding.subject == CAT


def test_answers_in_time() -> None:
    """Up to 10 s is in time; a connection that was lost early is nobody's answer, and trouble is no lateness."""
    check_good("E1", begin().hear(DONE, took=9.99))
    check_untested("E1", begin().hear(DONE, took=9.4, status=None, error="reset"))
    check_untested("E1", hear(begin(), 503, 500, 503, 503))


def test_times_that_are_not_the_receivers() -> None:
    """A clock that was moved, and a plan that made the callback slow, take the time, and not the receiver."""
    check_untested("E1", begin().hear(DONE, took=12, faults=("delay 12",)))
    check_untested("E1", begin(faults=("callback slow-body",)).hear(DONE, took=12))
    moved = begin()
    moved.event(seconds=5).hear(DONE, took=12, at=moved.now - 6)
    check_untested("E1", moved)
    held = begin()
    held.event(seconds=5).hear(DONE, took=12, at=held.now - 2)
    check_untested("E1", held)
    within = begin().event(seconds=30)
    check_broken("E1", within.hear(DONE, took=12, at=within.now - 20), "within 10 s", "12.0 s")
    check_broken("E1", Traffic().hear(DONE, took=12), "within 10 s", "12.0 s")


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_callbacks_that_are_refused(status: int) -> None:
    """A receiver that refuses a plain callback each time will never hear of its task."""
    check_broken("E1", hear(begin(), *[status] * 4), "2xx", ", ".join([str(status)] * 4))


def test_refusals_that_mean_something_else() -> None:
    """Fewer attempts, one that was taken, a request to come again, a known end, and others' tasks are fine."""
    check_untested("E1", hear(begin(), 401, 401, 401))
    check_good("E1", hear(begin(), 401, 401, 401, 204))
    check_untested("E1", hear(begin(), 401, 429, 401, 401))
    check_untested("E1", hear(begin().poll("completed"), *[404] * 4))
    check_broken("E1", hear(begin(), *[404] * 4).poll("completed"), "2xx", "404")
    check_untested("E1", hear(begin(), *[401] * 4, faults=("body",)))
    check_untested("E1", hear(begin(), *[401] * 4, body={**DONE, "extra": 1}))
    check_untested("E1", hear(begin(), *[401] * 4, body=shown(CAT, "processing")))
    check_untested("E1", hear(Traffic(), *[401] * 4))
    check_untested("E1", hear(begin(), *[401] * 4, omitted=("request",)))
    check_untested("E1", hear(hear(begin(), *[401] * 4), 401, omitted=("request",)))


# E5, E7, E8, E9: forms of callbacks, and what is none


@pytest.mark.parametrize("body", [{**DONE, "extra": 1}, shown(CAT, "archived"), shown(CAT, "completed", model=None)])
@pytest.mark.parametrize("status", [400, 422, 500])
def test_forms_that_are_not_read(body: dict[str, Any], status: int) -> None:
    """A receiver that cannot read an unknown member or status, each time, will never hear of its task."""
    check_broken("E5", hear(begin(), *[status] * 4, body=body), "has more in it", f"{status} each time")


def test_forms_that_are_read() -> None:
    """Once is enough; what is refused for another reason, or may be, is not blamed on the form."""
    new = {**DONE, "extra": 1}
    check_good("E5", hear(begin(), 500, 200, body=new))
    check_untested("E5", hear(begin(), 500, 500, body=new))
    check_untested("E5", hear(begin(), 401, 401, 401, 401, body=new))
    check_untested("E5", hear(begin(), 503, 503, 503, 503, body=new))
    check_untested("E5", hear(Traffic(), 500, 500, 500, 500, body=new))
    check_untested("E5", hear(begin(), 200))
    check_untested("E5", hear(begin(), 200, body=new, omitted=("request",)))
    beside = hear(hear(begin(), 200), 500, 500, body=new)
    check_broken("E5", beside, "has more in it", "500 each time")
    check_untested("E5", hear(hear(begin(), 200), 500, body=new))
    check_good("E5", hear(hear(begin(), 200), 200, body=new))


def test_unknown_tasks() -> None:
    """A receiver that fails by an id that it does not know is found; one that says no is fine."""
    check_broken("E7", hear(begin(), 500, body=shown(DOG, "completed")), "2xx or 404", "500")
    for status in (200, 404, 401, 503):
        check_good("E7", hear(begin(), status, body=shown(DOG, "completed")))
    check_good("E7", hear(begin(), 404, body=shown(DOG, "completed")).poll(task=DOG))


def test_tasks_that_may_be_known() -> None:
    """Tasks of one's own, or of an earlier day, and URLs of other clients are not strange."""
    stranger = {"body": shown(DOG, "completed")}
    check_untested("E7", hear(begin(), 500))
    check_untested("E7", hear(begin().poll(task=DOG), 500, **stranger))
    check_untested("E7", hear(begin(), 500, url="https://hooks.example.com/dog", **stranger))
    check_untested("E7", hear(begin(), 500, omitted=("request",), **stranger))
    check_untested("E7", hear(begin(), 500, body=b"{"))


JUNK: list[tuple[dict[str, Any], str]] = [
    ({"body": b"{"}, "a body that is no JSON"),
    ({"method": "GET", "body": b""}, "a GET"),
    ({"headers": {"content-type": "text/xml"}}, "a body of another kind"),
    ({"headers": {"content-encoding": "gzip"}, "body": b"\x1f"}, "a body of another kind"),
    ({"body": {**DONE, "pad": "x" * 2**20}}, "a body of another kind, or size"),
    ({"body": ["?"]}, "a body of another kind"),
]


@pytest.mark.parametrize(("junk", "named"), JUNK)
def test_what_is_no_callback(junk: dict[str, Any], named: str) -> None:
    """A receiver that hangs by what is no callback is found; whatever it answers in time is fine."""
    check_broken("E8", hear(begin(), 200, took=10, **junk), f"within 10 s to {named}", "200 after 10.0 s")
    lost = begin().hear(**{"body": DONE, **junk}, status=None, error="gave up", took=10)
    check_broken("E8", lost, named, "none in 10.0 s")
    for status in (200, 400, 405, 500):
        check_good("E8", hear(begin(), status, **junk))
    check_untested("E8", hear(begin(), 200, took=10, faults=("delay",), **junk))
    check_untested("E8", hear(begin(), 200, took=10, omitted=("request",), **junk))


def test_callbacks_are_not_junk() -> None:
    """A callback puts the rule on others to no test; without a Content-Type, or with parameters, it is still one."""
    check_untested("E8", hear(begin(), 200))
    check_untested("E8", hear(begin(), 200, headers={"content-type": None}))
    check_untested("E8", hear(begin(), 200, headers={"content-type": "Application/JSON; charset=utf-8"}))


def test_redirects() -> None:
    """A redirect is no answer."""
    away = hear(begin(), 308, told={"location": f"{HOOK}/"})
    check_broken("E9", away, "no redirect", f"308 to {HOOK}/")
    check_broken("E9", hear(begin(), 304), "no redirect", "304 to nowhere")
    check_good("E9", hear(begin(), 200, 404, 500))
    check_untested("E9", begin().hear(DONE, status=None, error="reset"))


# E13, E14: crowds, and what an answer gives away


def crowd(count: int, *, took: float = 9.9, spread: float = 1.0, **facts: Any) -> Traffic:
    """Be called back so often within so many seconds."""
    traffic = begin()
    start = traffic.now
    for number in range(count):
        at = start + spread * number / (count - 1)
        traffic.hear(shown(name(f"c{number}"), "completed"), at=at, took=took, **facts)
    return traffic


def test_crowds() -> None:
    """In a crowd, answers that come too late are the crowd's, and not those of E1."""
    check_broken("E13", crowd(50, took=10), "however many", "10.0 s")
    check_good("E13", crowd(50))
    check_good("E13", crowd(60))
    check_untested("E13", crowd(49))
    check_untested("E13", crowd(50, spread=1.03))
    check_untested("E13", crowd(50, took=10, faults=("delay",)))
    check_untested("E1", crowd(50, took=10))
    check_broken("E1", crowd(49, took=10), "within 10 s", "10.0 s")
    assert outcome("E13", crowd(60)).exposures == 60
    assert outcome("E13", crowd(100, spread=1.2)).exposures == 100


@pytest.mark.parametrize(
    ("status", "answer", "told", "seen"),
    [
        (200, f"ok {KEY}".encode(), {}, "the client's key"),
        (500, b"sorry", {"x-debug": f"Bearer {KEY}"}, "the client's key"),
        (500, b"cannot read: " + LINK.encode(), {}, f"said: {LINK}"),
        (422, b'{"input": "video.generation.task", "url": "' + LINK.encode() + b'"}', {}, "said"),
    ],
)
def test_answers_that_tell_too_much(status: int, answer: bytes, told: dict[str, str], seen: str) -> None:
    """A key in any answer, and what was sent in an error, are found."""
    check_broken("E14", hear(begin(), status, answer=answer, told=told), "no key", seen)


def test_answers_that_tell_nothing() -> None:
    """Success may say what it likes, and an error may name the task; where there is no body nothing is told."""
    check_good("E14", hear(begin(), 200, answer=LINK.encode()))
    check_good("E14", hear(begin(), 404, answer=f"no task {CAT} of wan2.6-reference-video-flash".encode()))
    hidden = {"id": CAT, "status": "completed", "results": ["(redacted: 36 characters)", 7]}
    check_good("E14", hear(begin(), 500, answer=b"(redacted: 36 characters)", body=hidden))
    lost = begin().hear(DONE, status=None, error="cut", answer=LINK.encode())
    check_good("E14", lost)
    check_untested("E14", hear(begin(), 500))


def test_an_empty_record() -> None:
    """A record in which nothing happened has no receiver."""
    assert all(each.grade is Grade.NOT_APPLICABLE for each in judge(RULES, ClientRecord()).outcomes)
