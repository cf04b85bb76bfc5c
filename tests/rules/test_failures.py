"""D1 to D13: what a client does when it is refused, told to wait, redirected, or met by trouble."""

from typing import Any

import pytest

from contracts.recording import View
from contracts.rules.failures import RULES
from tests.rules.hints import HIGH, YEAR, dated
from tests.rules.records import CAT, DOG, ORIGIN, Traffic, check_broken, check_good, check_untested, shown
from tests.serving import CREATE

CREDITS = "/v1/credits"


def virtual() -> Traffic:
    """Return traffic on a clock that only the client moves."""
    return Traffic(view=View(clock="virtual"))


def read(traffic: Traffic, status: int = 200, **facts: Any) -> Traffic:
    """Read the credits."""
    return traffic.ask("GET", CREDITS, status=status, answer={"data": {}} if status == 200 else b"", **facts)


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.applies is None])
def test_rules_are_untested_by_success(rule: str) -> None:
    """Traffic in which all goes well puts none of them to the test."""
    check_untested(rule, virtual().create().wait(5).poll().wait(5).poll("completed"))


@pytest.mark.parametrize(("status", "times"), [(402, 1), (401, 2), (403, 2)])
def test_refusals_are_not_repeated(status: int, times: int) -> None:
    """A read that was refused for good is asked again too often; once less is fine, and so is coming back later."""

    def refused(repetitions: int, gap: float = 5) -> Traffic:
        traffic = read(Traffic(), status)
        for _ in range(repetitions):
            read(traffic.wait(gap), status)
        return traffic

    check_broken("D2", refused(times), f"repetition after {status}", f"{times}, each within 60 s")
    check_good("D2", refused(times - 1))
    check_good("D2", refused(times, gap=61))


def test_refused_polls_are_not_repeated() -> None:
    """What holds for reads of the account holds for polls."""
    traffic = Traffic().create().refuse(402, task=CAT).wait(5).poll()
    check_broken("D2", traffic, "no repetition after 402", "1, each")


def test_refusals_are_judged_without_creates_and_hands() -> None:
    """Creates have a rule of their own, and what a test did meanwhile may have given the client reason to ask again."""
    check_untested("D2", Traffic().refuse(402).wait(1).refuse(402))
    check_good("D2", read(read(Traffic(), 402).event("hand"), 200))


def test_callbacks_are_a_reason_to_ask() -> None:
    """Who is called back about a task asks for it, whatever was to be waited for."""
    ended = shown(CAT, "completed")
    check_untested("D3", Traffic().create().refuse(429, task=CAT, told=HIGH).wait(1).hear(ended).poll("completed"))
    check_good("D3", Traffic().create().hear(ended).refuse(429, task=CAT, told=HIGH).wait(7).poll("completed"))
    check_good("D2", Traffic().create().refuse(402, task=CAT).wait(1).hear(ended).poll("completed"))
    both = Traffic().create().create(DOG).refuse(429, task=DOG, told=HIGH).wait(1)
    check_untested("D7", both.hear(ended).poll("completed"))


def test_limit_is_shared() -> None:
    """After 429 for one task another is asked for too soon; once the wait is over, or before it began, is fine."""

    def polled(wait: float, *, told: dict[str, str] = HIGH, other: str = DOG) -> Traffic:
        traffic = Traffic().create().create(DOG).refuse(429, task=CAT, told=told)
        return traffic.poll(task=other, at=traffic.now - 0.01 + wait)

    check_broken("D7", polled(2), "nothing else asked within 7 s", "another request after 2.00 s")
    check_broken("D7", polled(2, told=dated(7)), "within 6 s", "after 2.00 s")
    check_good("D7", polled(6.7))
    check_untested("D7", polled(0.05))
    check_untested("D7", polled(2, other=CAT))
    check_untested("D7", polled(2, told={}))
    check_untested("D7", polled(2, told=dated(7, form="Saturday, 06-Sep-25 14:{:02}:{:02} GMT")))
    moved = Traffic().create().create(DOG).refuse(429, task=CAT, told=HIGH).event("clock").poll(task=DOG)
    check_untested("D7", moved)


def test_reads_are_tried_again() -> None:
    """A read that is given up after one 500 is found once the client is surely over; another try is all it takes."""
    check_broken("D10", read(virtual(), 500), "another try after 500", "none")
    check_broken("D10", read(Traffic(), 502).wait(61).create(), "another try after 502", "none")
    check_good("D10", read(read(virtual(), 500).wait(1), 500))
    check_untested("D10", read(Traffic(), 500))
    check_untested("D10", read(virtual(), 503, told=YEAR))
    check_untested("D10", read(virtual(), 404))
    check_untested("D10", virtual().create().refuse(500, task=CAT))


def test_storms_are_found() -> None:
    """Ten tries at once are found not, and eleven are; with time one more for each two seconds is fine."""

    def failing(times: int, wait: float) -> Traffic:
        traffic = Traffic()
        for _ in range(times):
            read(traffic, 500, took=0.0).wait(wait - 0.01)
        return traffic

    assert check_broken("D11", failing(11, 0.01), "at most 10 tries in 0.1 s", "11").exchanges == tuple(range(1, 12))
    check_good("D11", failing(10, 0.01))
    check_good("D11", failing(300, 2))
    check_broken("D11", failing(60, 1), "at most", "")
    check_untested("D11", failing(1, 1))


def test_storms_after_patience_are_found() -> None:
    """A storm is found wherever it begins, and ends with a success."""
    traffic = Traffic()
    for wait in (*[3.0] * 5, *[0.01] * 12):
        read(traffic, 503).wait(wait)
    finding = check_broken("D11", read(traffic), "at most 11 tries", "1")
    assert finding.exchanges[0] > 1
    check_good("D11", read(read(read(read(Traffic(), 500), 500)), 500))


@pytest.mark.parametrize(
    ("told", "late", "in_time"), [(HIGH, 19.1, 18.9), ({}, 65.1, 64.9), ({"retry-after": "0"}, 66, 64)]
)
def test_clients_come_back_in_time(told: dict[str, str], late: float, in_time: float) -> None:
    """A client that comes back after more than twice what it was told and 5 s is found, on a clock of its own."""

    def waited(wait: float, traffic: Traffic) -> Traffic:
        return traffic.refuse(503, told=told).wait(wait - 0.01).create()

    check_broken("D12", waited(late, virtual()), "another try within", f"the next after {late:.1f} s")
    check_good("D12", waited(in_time, virtual()))
    check_untested("D12", waited(late, Traffic()))


def test_rhythm_of_a_client_is_its_own() -> None:
    """A client that polls each half minute comes back at the next of its polls."""
    slow = virtual().create().wait(30).poll().wait(30).refuse(429, task=CAT, told={"retry-after": "1"}).wait(30).poll()
    check_good("D12", slow)
    hasty = virtual().create().wait(3).poll().wait(3).refuse(429, task=CAT, told={"retry-after": "1"}).wait(30).poll()
    check_broken("D12", hasty, "within 11.", "the next after 30.0 s")
    check_good("D12", virtual().refuse(503).wait(1).refuse(503).wait(2).create())
    check_untested("D12", virtual().refuse(503, told=YEAR).wait(9000).create())


def moved(status: int, target: str, *, method: str = "POST", path: str = CREATE) -> Traffic:
    """Return traffic in which a request is sent elsewhere."""
    return Traffic().ask(method, path, status=status, told={"location": target})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_creates_stay_creates(status: int) -> None:
    """A create that is followed by a read of where tasks are created is found; followed as a create it is fine."""
    target = f"{ORIGIN}{CREATE}?moved=1"
    check_broken("D13", moved(status, target).ask("GET", target), f"POST again after {status}", f"GET {CREATE}")
    check_good("D13", moved(status, target).ask("POST", target))
    check_untested("D13", moved(status, target))
    check_untested("D13", moved(status, target).wait(61).ask("GET", target))


def test_redirects_to_something_to_read_are_read() -> None:
    """A create that is sent on to a task by 302 or 303 may read it there; 307 says that it may not."""
    task = f"{ORIGIN}/v1/tasks/{CAT}"
    check_good("D13", moved(302, task).poll())
    check_good("D13", moved(303, f"{ORIGIN}{CREATE}?moved=1").ask("GET", f"{ORIGIN}{CREATE}?moved=1"))
    check_broken("D13", moved(307, task).poll(), "POST again after 307", f"GET /v1/tasks/{CAT}")
    check_good("D13", moved(301, f"{ORIGIN}/elsewhere", path="/other").ask("GET", f"{ORIGIN}/elsewhere"))


def test_redirects_end() -> None:
    """A redirect to itself that is followed fifty times is patience, and once more is none."""

    def loop(times: int) -> Traffic:
        traffic = Traffic()
        for _ in range(times):
            traffic.ask("GET", CREDITS, status=307, told={"location": CREDITS}, took=0.0)
        return traffic

    check_broken("D13", loop(52), "at most 50 redirects in a row", "51")
    check_good("D13", loop(51))
