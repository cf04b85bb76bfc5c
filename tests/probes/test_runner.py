"""Running a plan: what goes wrong is told, and what was found is kept."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from contracts.probes import RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.means import ProbeError
from contracts.probes.probe import Probe
from contracts.probes.runner import Course, run
from contracts.probes.session import Session
from contracts.probes.targets import TargetError
from contracts.probes.verdicts import judge_records
from contracts.recording import ServerRecord
from contracts.recording.numbering import number_on
from contracts.verdict import Grade, Rule
from tests.probes.visits import ServedTarget


def with_credits(left: Callable[[], float | None]) -> Callable[[httpx2.Request], httpx2.Response]:
    """Return a server that knows credits alone."""

    def serve(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"data": {"user": {"remaining_credits": left()}}})

    return serve


def probe(name: str, work: Callable[[Session], object] = Session.balance, **facts: Any) -> Probe:
    """Return a probe."""
    return Probe(id=name, title="Does something.", rules=("M2",), run=work, **facts)


def course(target: ServedTarget, *probes: Probe, budget: float | None = 100.0) -> tuple[Course, list[str]]:
    """Run probes; return what came of it, and what was told."""
    told: list[str] = []
    plan = make_agenda(probes, RULES, offers=target.offers, budget=budget)
    return run(target, plan, tell=told.append), told


def test_what_goes_wrong_is_told() -> None:
    """A probe that cannot go on does not keep others from it."""

    def stop(_: Session) -> None:
        raise ProbeError("the task is blue")

    came, told = course(ServedTarget(with_credits(lambda: 5.0)), probe("one", stop), probe("two"))
    assert [(trouble.probe, trouble.reason) for trouble in came.troubles] == [("one", "the task is blue")]
    assert told == ["one: Does something.", "one did not go to its end: the task is blue", "two: Does something."]
    assert not came.complete


def test_who_interrupts_gets_what_was_found() -> None:
    """What was recorded until then."""

    def interrupt(session: Session) -> None:
        session.balance()
        raise KeyboardInterrupt

    came, _ = course(ServedTarget(with_credits(lambda: 5.0)), probe("one", interrupt), probe("two"))
    assert came.interrupted
    assert len(came.records[0].exchanges) == 2
    assert not came.complete


def test_what_was_spent_is_read() -> None:
    """Before, and after each probe that may cost something."""
    left = iter([50.0, 41.0, 32.0])
    came, _ = course(
        ServedTarget(with_credits(lambda: next(left))), probe("one", id, orders=({},)), probe("two", id, orders=({},))
    )
    assert came.spent == 18
    assert course(ServedTarget(with_credits(lambda: 5.0)), probe("one"))[0].spent == 0
    assert course(ServedTarget(with_credits(lambda: None)), probe("one", orders=({},)))[0].spent is None
    silent = iter([50.0, None])
    assert course(ServedTarget(with_credits(lambda: next(silent))), probe("one", id, orders=({},)))[0].spent == 0


def test_a_server_without_credits_says_nothing() -> None:
    """No answer is no balance."""

    def break_off(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadError("gone", request=request)

    came, _ = course(ServedTarget(break_off), probe("one"))
    assert came.spent is None
    assert [trouble.probe for trouble in came.troubles] == ["one"]


def test_a_server_that_takes_more_than_it_should_gets_no_more() -> None:
    """What is left of the budget is counted by what is really gone."""
    left = iter([50.0, 38.0])
    target = ServedTarget(with_credits(lambda: next(left)))
    came, _ = course(target, probe("one", id, orders=({},)), probe("two", id, orders=({},)), budget=18.0)
    assert [(trouble.probe, trouble.reason) for trouble in came.troubles] == [
        ("two", "it may cost 9 credits, and 6 of the budget are left")
    ]


def test_a_simulator_is_visited_for_each_kind_of_probe() -> None:
    """Those that need real time have a record of their own, and numbers go on from one to the next."""
    slow = probe("slow", in_real_time=True)
    came, told = course(ServedTarget(with_credits(lambda: 5.0), simulated=True), slow, probe("quick"), budget=None)
    assert [line.partition(":")[0] for line in told] == ["quick", "slow"]
    numbers = [[exchange.number for exchange in record.exchanges] for record in came.records]
    assert numbers == [[1, 2], [3, 4]]
    assert len(course(ServedTarget(with_credits(lambda: 5.0)), slow, probe("quick"))[0].records) == 1


def test_a_simulator_that_goes_away() -> None:
    """At first that ends the run; later, what was found is kept."""
    slow = probe("slow", in_real_time=True)
    gone = ServedTarget(with_credits(lambda: 5.0), simulated=True, visits=1)
    came, _ = course(gone, probe("quick"), slow, budget=None)
    assert [(trouble.probe, trouble.reason) for trouble in came.troubles] == [
        ("slow", "nobody is there, in real time: True")
    ]
    with pytest.raises(TargetError, match="nobody is there"):
        course(gone, probe("quick"), budget=None)


def test_records_are_judged_together() -> None:
    """The worst of what came of a rule counts, and everything that was found."""

    def check(record: ServerRecord) -> Any:
        yield from [None] * len(record.exchanges)
        if len(record.exchanges) == 2:
            raise ValueError("two")

    came, _ = course(ServedTarget(with_credits(lambda: 5.0)), probe("one", lambda session: [session.balance()] * 2))
    (record,) = came.records
    short = ServerRecord(exchanges=record.exchanges[:1])
    rules = [Rule(id="X", title="Anything.", check=check)]
    (joined,) = judge_records(rules, [short, short]).outcomes
    assert (joined.grade, joined.exposures, joined.error) == (Grade.PASS, 2, None)
    (broken,) = judge_records(rules, number_on([short, record])).outcomes
    assert (broken.grade, broken.error) == (Grade.ERROR, "ValueError: two")
    (nothing,) = judge_records(rules, []).outcomes
    assert nothing.grade is Grade.UNTESTED
    (foreign,) = judge_records([Rule(id="X", title="Any.", check=check, applies=lambda _: False)], [short]).outcomes
    assert foreign.grade is Grade.NOT_APPLICABLE
