"""How types see a test that holds an `Evolink`: read by mypy, never run."""

from datetime import timedelta
from typing import assert_type

from contracts import Evolink, evolink_error_codes, evolink_scenarios
from contracts.recording import ClientRecord
from contracts.verdict import Verdict
from mock_server.control.shapes import CallbackShown, ClockChanged, PlanShown, TaskState
from mock_server.journal.entries import Entry
from mock_server.plans import AnswerPlan


def ask(evolink: Evolink) -> None:
    """Ask everything."""
    assert_type(evolink.tasks, tuple[TaskState, ...])
    assert_type(evolink.tasks[-1].status, str)
    assert_type(evolink.journal, tuple[Entry, ...])
    assert_type(evolink.callbacks, tuple[CallbackShown, ...])
    assert_type(evolink.plans, tuple[PlanShown, ...])
    assert_type(evolink.credits_spent, float)
    assert_type(evolink.url, str)
    assert_type(evolink.key, str)
    assert_type(evolink.timeline, str)


def act(evolink: Evolink) -> None:
    """Do everything."""
    evolink.plan("flaky", "answer 503 times=1", AnswerPlan(503), {"kind": "answer", "status": 503})
    evolink.plan(5)  # type: ignore[arg-type]
    assert_type(evolink.clock.now, float)
    assert_type(evolink.clock.advance("24h"), ClockChanged)
    assert_type(evolink.clock.advance(timedelta(hours=1)), ClockChanged)
    assert_type(evolink.clock.advance(0.5), ClockChanged)
    evolink.clock.advance(None)  # type: ignore[arg-type]
    assert_type(evolink.clock.step(), ClockChanged)
    assert_type(evolink.clock.until(evolink.tasks[0], "completed"), ClockChanged)
    evolink.clock.until("task-unified-1", "complete")  # type: ignore[arg-type]
    evolink.assert_one_charge()
    evolink.assert_spent(at_most=24)
    evolink.assert_spent(24)  # type: ignore[call-arg]
    evolink.assert_no_violations()
    assert_type(evolink.verdict(), Verdict[ClientRecord])
    evolink.assert_client(level="should", allow={"C6": "polls fast on purpose"})
    evolink.assert_client(level="may")  # type: ignore[arg-type]
    evolink.assert_client(allow=["C6"])  # type: ignore[arg-type]


async def act_in_coroutines(evolink: Evolink) -> None:
    """Do what takes time."""
    assert_type(await evolink.clock.advance_async(1), ClockChanged)
    assert_type(await evolink.clock.step_async(), ClockChanged)
    assert_type(await evolink.clock.until_async({"id": "task-unified-1"}, "failed"), ClockChanged)


def choose() -> None:
    """Name what tests are parametrised over."""
    evolink_scenarios("flaky")
    evolink_error_codes()
    evolink_scenarios(1)  # type: ignore[arg-type]
