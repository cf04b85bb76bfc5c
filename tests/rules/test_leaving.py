"""J3, J5, J9: what a client leaves behind."""

import pytest

from contracts.recording import View
from contracts.recording.process import Leak, Stop
from contracts.rules.program.leaving import RULES
from tests.rules.records import CAT, DOG, START, Traffic, check_broken, check_good, check_untested

SEARCHED = View(sees=frozenset({"output"}))
LATER = START + 10


def leaking(*leaks: Leak) -> Traffic:
    """Return traffic of a client that left these behind."""
    return Traffic(view=SEARCHED, leaks=leaks).create()


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_rules_are_untested_by_mere_traffic(rule: str) -> None:
    """Traffic alone tells nothing of what was printed, nor of how the client ended; nor does silence."""
    check_untested(rule, Traffic().create().poll())
    check_untested(rule, Traffic(view=SEARCHED))


@pytest.mark.clauses("AUTH-BEARER")
@pytest.mark.parametrize(
    ("leak", "seen"),
    [
        (Leak(what="key", place="output", line=3), "the key in standard output, line 3"),
        (Leak(what="key", place="errors", line=1, form="base64"), "the key in standard error, line 1, as base64"),
        (Leak(what="key", place="file", line=7, path="a.log"), "the key in the file a.log, line 7"),
        (Leak(what="key", place="name", path="(key).log"), "the key in the name of the file (key).log"),
    ],
)
def test_a_key_that_is_left_behind_is_found(leak: Leak, seen: str) -> None:
    """A key in what was printed or written is found, wherever it stands; it is no matter of prompts."""
    check_broken("J3", leaking(leak), "no key in what the client prints and writes", seen)
    check_good("J9", leaking(leak))


def test_a_prompt_that_is_printed_is_found() -> None:
    """A prompt in what was printed is found; in a file it may be what the client remembers."""
    seen = "the prompt in standard output, line 2"
    check_broken(
        "J9", leaking(Leak(what="prompt", place="output", line=2)), "no prompt in what the client prints", seen
    )
    check_good("J9", leaking(Leak(what="prompt", place="file", path="state.json", line=1)))


def test_clients_that_leave_nothing_behind_are_good() -> None:
    """Output and files without secrets are as they should be."""
    check_good("J3", leaking())
    check_good("J9", leaking())


def stopped(stop: Stop) -> Traffic:
    """Return traffic of a client that waits for a task and is told to end."""
    return Traffic(stops=(stop,)).create()


WANTED = "an end within 5 s of SIGTERM, and the id of each task under way printed"


def test_a_client_that_ends_at_once_and_names_its_task_is_good() -> None:
    """Five seconds are enough, and the id may stand anywhere in what is printed."""
    check_good("J5", stopped(Stop(at=LATER, seconds=5.0, printed=f"left: {CAT}\n")))


@pytest.mark.parametrize(
    ("stop", "seen"),
    [
        (Stop(at=LATER, seconds=5.5, printed=CAT), "an end after 5.5 s"),
        (Stop(at=LATER, printed=CAT), "an end by force"),
        (Stop(at=LATER, seconds=1.0), f"an end after 1 s, without {CAT} in what was printed"),
        (Stop(at=LATER), f"an end by force, without {CAT} in what was printed"),
    ],
)
def test_a_client_that_ends_late_or_without_a_word_is_found(stop: Stop, seen: str) -> None:
    """An end that takes too long, or leaves the task's id unsaid, is found."""
    check_broken("J5", stopped(stop), WANTED, seen)


def test_every_task_under_way_is_named() -> None:
    """Of several tasks each has to be named."""
    traffic = stopped(Stop(at=LATER, seconds=1.0, printed=CAT)).create(DOG)
    check_broken("J5", traffic, WANTED, f"an end after 1 s, without {DOG} in what was printed")


def test_tasks_that_are_over_or_unknown_need_no_name() -> None:
    """Who is told to end before there is a task, or after its end, or with tasks of others, shows nothing."""
    check_untested("J5", stopped(Stop(at=START - 1)))
    check_untested("J5", Traffic(stops=(Stop(at=LATER),)).create().poll("completed"))
    check_untested("J5", Traffic(stops=(Stop(at=LATER),)).poll())
