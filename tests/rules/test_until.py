"""When a recording ended, if that is known: a client that did nothing more until then has stopped."""

from collections.abc import Callable

import pytest

from contracts.recording import View
from tests.rules.records import CAT, HOOK, START, Traffic, check_broken, check_good, check_untested, shown
from tests.tables import numbered

LONG = START + 1_000
SOON = START + 100
ALL_SEEN = View(sees=frozenset({"receiver", "bodies"}))


def begin(until: float | None) -> Traffic:
    """Ask for a task with a callback, in a recording that ended at a time."""
    return Traffic(view=ALL_SEEN, until=until).create(asked={"callback_url": HOOK})


def fail(traffic: Traffic) -> Traffic:
    """Have all attempts at the callback fail."""
    for _ in range(4):
        traffic.hear(shown(CAT, "completed"), status=503).wait(1)
    return traffic


STOPPED = [
    ("E2", lambda until: begin(until).hear(b"{", status=204), "204 to a body that is no JSON"),
    ("E10", begin, "none until 1000 s after it was created"),
    ("E12", lambda until: fail(begin(until)), "after the last attempt"),
    ("C3", lambda until: Traffic(until=until).create().poll("paused"), "none after the status 'paused'"),
    ("C9", lambda until: Traffic(until=until).create().refuse(503, task=CAT), "0 after 503"),
    ("C13", lambda until: Traffic(until=until).create().poll(changes={"progress": 100}), "none after the progress 100"),
    ("C14", lambda until: Traffic(until=until).create().refuse(404, task=CAT), "none after 404"),
]


@pytest.mark.parametrize(("rule", "told", "seen"), numbered(STOPPED))
def test_a_client_that_just_stops(rule: str, told: Callable[[float | None], Traffic], seen: str) -> None:
    """It is found if the recording went on for long; if that is not known, or it did not, nothing can be said."""
    check_broken(rule, told(LONG), "", seen)
    check_untested(rule, told(SOON))
    check_untested(rule, told(None))


def test_a_client_that_goes_on() -> None:
    """However long the recording went on, it did what it should."""
    check_good("E10", begin(LONG).wait(90).poll("completed"))
    check_good("C9", Traffic(until=LONG).create().refuse(503, task=CAT).wait(5).poll("completed"))


def test_an_estimate() -> None:
    """A task that takes longer than usual is waited for that much longer."""

    def stop(estimate: int) -> Traffic:
        return Traffic(until=LONG).create(changes={"task_info": {"estimated_time": estimate}}).poll("paused")

    check_broken("C3", stop(400), "further polls", "none after the status 'paused'")
    check_untested("C3", stop(600))
