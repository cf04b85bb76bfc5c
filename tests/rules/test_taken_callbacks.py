"""E2 to E4, E6, E10 to E12: what is made of callbacks, and of those that do not come."""

from typing import Any

import pytest
from msgspec.structs import replace

from contracts.rules.receiving import RULES
from contracts.verdict import Grade, judge
from tests.rules.hearing import ALL_SEEN, DONE, WANTED, begin, hear
from tests.rules.records import (
    CAT,
    DOG,
    HOOK,
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

EVIL = "https://evil.example.com/cat.mp4"

LEFT = 245.2
"""How long nobody has to ask after a task that was to take 120 s, and a little more."""


def end(traffic: Traffic, seconds: float = LEFT) -> Traffic:
    """Let time pass until something else is asked."""
    return traffic.wait(seconds).ask("GET", "/v1/credits", answer={})


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
