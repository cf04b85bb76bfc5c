"""E1 to E14: what a receiver answers to callbacks, and what its client does upon them."""

from typing import Any

import pytest
from msgspec.structs import replace

from contracts.recording import ClientRecord, View
from contracts.rules.receiving import RULES
from contracts.verdict import Grade, judge
from tests.rules.records import (
    CAT,
    DOG,
    HOOK,
    KEY,
    LINK,
    VIDEO,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    name,
    outcome,
    shown,
)

DONE = shown(CAT, "completed")
WANTED = {"callback_url": HOOK}
ALL_SEEN = View(sees=frozenset({"keys", "receiver"}))
EVIL = "https://evil.example.com/cat.mp4"
LEFT = 245.2
"""How long nobody has to ask after a task that was to take 120 s, and a little more."""


def begin(task: str = CAT, **facts: Any) -> Traffic:
    """Ask for a task with a callback."""
    return Traffic(view=ALL_SEEN).create(task, asked=WANTED, **facts).wait(100)


def hear(traffic: Traffic, *statuses: int, body: Any = DONE, **facts: Any) -> Traffic:
    """Be called back several times, and answer these."""
    for status in statuses:
        traffic.hear(body, status=status, **facts).wait(1)
    return traffic


def end(traffic: Traffic, seconds: float = LEFT) -> Traffic:
    """Let time pass until something else is asked."""
    return traffic.wait(seconds).ask("GET", "/v1/credits", answer={})


def test_rules_are_in_order() -> None:
    """The rules have the group's ids, in the order of their numbers."""
    assert [rule.id for rule in RULES] == [f"E{number}" for number in range(1, 15)]


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


# E2, E3, E4: what is taken


def test_bodies_that_cannot_be_used() -> None:
    """2xx to a body that nobody can read loses it, unless the client asks; anything else has it sent again."""
    lost = end(hear(begin(), 200, body=b'{"id": "task'))
    finding = check_broken("E2", lost, "no 2xx", "200 to a body that is no JSON")
    assert finding.subject == CAT
    check_good("E2", end(hear(begin(), 400, body=b"{")))
    check_good("E2", end(hear(begin(), 200, body=b"{").poll("completed")))
    check_good("E2", end(hear(begin(), 200, body=b"{", took=11)))
    asked: dict[str, Any] = {"sent": {"task_ids": [CAT]}, "answer": {"data": []}}
    check_good("E2", end(hear(begin(), 200, body=b"{").ask("POST", "/v1/tasks/batch", **asked)))


def test_bodies_of_which_nothing_is_known() -> None:
    """Where the record ends too soon, or does not say whose callback it was, nothing is said."""
    check_untested("E2", end(hear(begin(), 200, body=b"{"), LEFT - 2))
    check_untested("E2", end(hear(begin().event(), 200, body=b"{").event()))
    check_untested("E2", end(hear(begin(), 200, body=b"{", url="https://hooks.example.com/dog")))
    check_untested("E2", end(hear(begin(changes={"task_info": {"can_cancel": True}}), 200, body=b"{")))
    check_untested("E2", end(hear(begin(), 200, body=b"{", omitted=("request",))))
    check_untested("E2", end(hear(begin(), 200, body=b"\x1f", headers={"content-encoding": "gzip"})))
    check_untested("E2", end(hear(Traffic().create().poll(), 200, body=b"{")))


@pytest.mark.parametrize("rule", ["E2", "E4"])
@pytest.mark.parametrize(
    ("status", "reported", "fine"),
    [
        ("completed", "completed", True),
        ("completed", "error", True),
        ("completed", "timeout", False),
        ("completed", "failed", False),
        ("failed", "failed", True),
        ("cancelled", "error", True),
        ("failed", "completed", False),
        ("failed", "timeout", False),
    ],
)
def test_reports_on_what_was_taken(rule: str, status: str, reported: str, fine: bool) -> None:  # noqa: FBT001 - of a table
    """Who took a callback knows what came of its task, in whatever order callbacks came."""
    traffic = hear(begin(), 200, body=shown(CAT, status))
    if rule == "E4":
        hear(traffic, 200, body=shown(CAT, "processing"))
    traffic.report(reported, task=CAT)
    if fine:
        check_good(rule, traffic)
    else:
        check_broken(rule, traffic, f"{status}, as it was told", f"reports {reported}")
    check_untested({"E2": "E4", "E4": "E2"}[rule], traffic)


def test_reports_that_say_nothing() -> None:
    """What was not taken, or was told after the report, or is of another task, is nothing to go by."""
    check_untested("E2", hear(begin(), 500).report("timeout", task=CAT))
    check_untested("E2", hear(begin().report("timeout", task=CAT), 200))
    check_untested("E2", hear(begin(), 200).report("timeout", task=DOG))
    check_untested("E2", hear(begin(), 200, body=shown(CAT, "paused")).report("timeout", task=CAT))
    untimed = hear(begin(), 200).report("timeout", task=CAT).record
    untimed = replace(untimed, reported=tuple(replace(report, at=None) for report in untimed.reported))
    assert judge([RULES[1]], untimed).outcomes[0].findings


def test_the_api_knows_better() -> None:
    """Where the API said what became of a task, a callback that says another thing was forged."""
    forged = hear(begin().poll("failed"), 200).report("failed", task=CAT)
    check_good("E2", forged)
    finding = check_broken("E2", hear(begin().poll("failed"), 200).report("completed", task=CAT), "failed", "completed")
    assert finding.exchanges == (2, 3)


def test_callbacks_out_of_order() -> None:
    """Early callbacks, and those of an earlier state after the end, are out of order; at no other time are they."""
    early = Traffic().create(asked=WANTED, took=5)
    early.hear(DONE, at=early.now - 3).report("timeout", task=CAT)
    check_broken("E4", early, "completed", "timeout")
    polled = hear(begin().poll("completed"), 200, body=shown(CAT, "processing"))
    check_good("E4", hear(polled, 200).report("completed", task=CAT))
    before = hear(begin(), 200, body=shown(CAT, "processing"))
    check_untested("E4", hear(before, 200).report("completed", task=CAT))
    unknown = hear(hear(begin(), 200), 200, body=shown(CAT, "archived"))
    check_untested("E4", unknown.report("completed", task=CAT))
    assert outcome("E4", hear(begin(), 200)).grade is Grade.NOT_APPLICABLE


def test_repeated_reports() -> None:
    """However often the end is told, it has one effect; two that wanted the same task by one key may report it each."""
    twice = hear(begin(), 200, 200)
    check_good("E3", twice.report("completed", task=CAT))
    check_broken("E3", twice.report("completed", task=CAT), "one effect", "2 reports of the same task")
    check_untested("E3", hear(begin(), 200).report("completed", task=CAT).report("completed", task=CAT))
    check_untested("E3", hear(begin(), 200, 200).report("completed", task=DOG))
    shared = Traffic().create(asked=WANTED, again="one").create(asked=WANTED, again="one")
    check_good("E3", hear(shared, 200, 200).report("completed", task=CAT).report("completed", task=CAT))


def sequel(traffic: Traffic, task: str, *links: Any, **asked: Any) -> Traffic:
    """Make something of the result."""
    return traffic.create(task, asked={"video_urls": list(links or [f"{LINK}#t=5"]), **asked})


def test_repeated_sequels() -> None:
    """A task that is made of a result each time that it is told is paid for each time."""
    twice = sequel(hear(sequel(hear(begin(), 200), DOG), 200), name("cow"))
    check_broken("E3", twice, "one effect", "asked and paid for again")
    check_good("E3", hear(sequel(hear(begin(), 200), DOG), 200))
    other = sequel(hear(sequel(hear(begin(), 200), DOG), 200), name("cow"), prompt="Another cat")
    check_good("E3", other)
    check_good("E3", sequel(sequel(hear(begin(), 200, 200), DOG), name("cow")))
    check_good("E3", hear(sequel(sequel(hear(begin(), 200), DOG), name("cow")), 200))
    check_good("E3", sequel(hear(sequel(hear(begin(), 200), DOG), 200), DOG))
    check_untested("E3", hear(begin(), 200, 200).create(DOG, asked={"video_urls": LINK}))
    check_untested("E3", sequel(hear(begin(), 200, 200), DOG, VIDEO, 7))
    check_untested("E3", hear(begin(), 200, 200).refuse(402, asked={"video_urls": [LINK]}))
    check_untested("E3", hear(hear(sequel(begin(), DOG), 200), 200))


# E6, E11: what is fetched


def test_results_that_only_a_callback_named() -> None:
    """A file is fetched once the API itself has named it, or another on its host."""
    check_broken("E6", hear(begin(), 200).download(), f"GET /v1/tasks/{CAT}", "that only the callback had named")
    check_good("E6", hear(begin(), 200).poll("completed").download())
    check_good("E6", hear(begin().poll("completed"), 200).download())
    forged = hear(begin(), 200, body=shown(CAT, "completed", results=[EVIL])).poll("completed")
    check_broken("E6", forged.download(EVIL), "confirm", "https://evil.example.com asked")
    moved = hear(begin(), 200, body=shown(CAT, "completed", results=[f"{LINK}?sig=1"])).poll("completed")
    check_good("E6", moved.download(f"{LINK}?sig=1"))
    check_broken("E6", hear(begin(), 200).refuse(500, task=CAT).download(), "confirm", "only the callback")
    check_broken("E6", hear(begin(), 200).download().poll("completed"), "confirm", "only the callback")


def test_results_that_nobody_had_to_confirm() -> None:
    """What the API named, a URL that only the API knows, and a record without the API say nothing."""
    check_untested("E6", begin().poll("completed").download())
    check_untested("E6", hear(begin().poll("completed").download(), 200))
    check_untested("E6", hear(begin(), 200))
    check_untested("E6", hear(Traffic(), 200).download())
    for secret in (f"{HOOK}/4f6a2b7c9d0e1f35", f"{HOOK}?token=4f6a2b7c9d0e1f35"):
        check_untested("E6", hear(begin(), 200, url=secret).download())
    for plain in (f"{HOOK}/4f6a2b7c9d0e1f3", f"{HOOK}/a-long-name-without-digits"):
        check_broken("E6", hear(begin(), 200, url=plain).download(), "confirm", "only the callback")
    named = hear(begin().poll("completed", changes={"results": [EVIL]}), 200)
    check_untested("E6", named.download(EVIL))


def test_results_that_are_fetched_twice() -> None:
    """Whoever is told twice fetches once; parts, heads and attempts that broke off are no second time."""
    told = hear(begin().poll("completed").download(), 200)
    check_good("E11", told)
    check_broken("E11", told.download(), "once", "2 times all of it")
    check_good("E11", hear(begin(), 200, 200).download())
    parts = hear(begin(), 200).poll("completed").download(headers={"range": "bytes=0-9"}, status=206)
    check_good("E11", parts.download(error="cut").download().ask("HEAD", LINK).download(status=404))
    check_broken("E11", hear(begin(), 200, 200).download(f"{LINK}#t=1").download(), "once", "2 times")


def test_results_whose_fetching_says_nothing() -> None:
    """Told once, not fetched, or spoilt by a plan: nothing is put to the test."""
    check_untested("E11", hear(begin(), 200).download().download())
    check_untested("E11", begin().poll("completed").poll("completed").download().download())
    check_untested("E11", hear(begin(), 200, 200))
    check_untested("E11", hear(begin(), 200, 200).download(status=404))
    check_untested("E11", hear(begin(), 200, 200).download(faults=("disconnect",)).download())
    check_untested("E11", hear(begin(faults=("link corrupted",)), 200, 200).download().download())
    check_good("E11", hear(begin(faults=("callback twice",)), 200, 200).download())
    check_good("E11", hear(Traffic(), 200, 200).download())


# E10, E12: when no callback comes


def test_callbacks_that_do_not_come() -> None:
    """Who waits for a callback alone, well beyond the estimate, loses what was paid for."""
    check_broken("E10", end(begin(), LEFT - 100), "well over", "none until 245 s after it was created")
    check_good("E10", end(begin().poll("completed")))
    check_good("E10", end(begin().refuse(500, task=CAT)))
    check_good("E10", end(begin().ask("GET", "/v1/tasks", answer={"data": []})))


def test_callbacks_that_may_come() -> None:
    """Before the time is over, or where a callback came or would not have been seen, nothing is said."""
    check_untested("E10", end(begin(), LEFT - 101))
    check_untested("E10", end(begin().event()))
    check_untested("E10", end(hear(begin(), 200)))
    check_untested("E10", end(hear(begin(), 500, omitted=("request",))))
    check_untested("E10", end(hear(begin(), 200, body=b"{")))
    check_untested("E10", end(begin(changes={"task_info": {}})))
    check_untested("E10", end(begin(changes={"task_info": {"estimated_time": 5}}), LEFT - 101))
    check_untested("E10", end(begin(changes={"task_info": {"estimated_time": 240}})))
    check_untested("E10", end(Traffic().create(asked=WANTED).wait(100)))
    other = hear(Traffic(view=ALL_SEEN).create(), 200, body=shown(DOG, "completed"))
    check_untested("E10", end(other))
    check_broken("E10", end(hear(begin(), 200, body=b"{", url=f"{HOOK}/2")), "well over", "no callback had come")


def test_callbacks_that_all_fail() -> None:
    """After the last attempt only asking helps."""
    down = [503, 500, 302, 503]
    check_broken("E12", end(hear(begin(), *down)), "no callback comes any more", "after the last attempt")
    check_good("E12", end(hear(begin(), *down)).poll("completed"))
    check_good("E12", end(hear(begin().poll("completed"), *down)))
    check_untested("E12", end(hear(begin(), *down[1:])))
    check_untested("E12", end(hear(begin(), *down, 200)))
    check_untested("E12", end(hear(Traffic(), *down)))
    check_untested("E12", end(hear(begin(), *down), LEFT - 2))
    check_untested("E12", end(hear(begin(), *down).event()))
    check_broken("E12", end(hear(begin().poll(), *down, omitted=("request",))), "any more", "after the last attempt")


def test_an_empty_record() -> None:
    """A record in which nothing happened has no receiver."""
    assert all(each.grade is Grade.NOT_APPLICABLE for each in judge(RULES, ClientRecord()).outcomes)
