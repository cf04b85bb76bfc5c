"""What is known of the clients' methods before they are called.

mypy reads the `assert_type` of this file, and needs each excuse in it: where it took what it should not, the excuse
would be one too many, and that is an error as well.
"""

import inspect
import pydoc
from collections.abc import Coroutine, Iterator
from typing import Any, assert_type

import pytest
from starlette.testclient import TestClient

from mock_server import AsyncControl, Control, ControlError, Settings, create_app
from mock_server.client.calls import clock, journal, tasks
from mock_server.control.shapes import ClockChanged, ClockState, JournalState, PlanList, TaskList, TaskState
from mock_server.plans import DelayPlan
from mock_server.store import SqliteStore

URL = "http://localhost"


@pytest.fixture
def plain() -> Iterator[Control]:
    """A client of an app in this process."""
    with TestClient(create_app(Settings(speed=0), store=SqliteStore())) as client:
        yield Control(URL, client=client)


def test_answers_have_types(plain: Control) -> None:
    """A method returns what its call says; that is what comes."""
    changed = plain.change_clock(advance="24h")
    assert_type(changed, ClockChanged)
    assert type(changed) is ClockChanged
    metrics, contract = plain.show_metrics(), plain.show_contract()
    assert_type(metrics, str)
    assert_type(contract, dict[str, Any])
    assert (type(metrics), type(contract)) == (str, dict)
    found = plain.list_tasks(status="failed")
    assert_type(found, TaskList)
    assert_type(found.tasks, tuple[TaskState, ...])
    assert found.tasks == ()


@pytest.mark.anyio
async def test_answers_of_coroutines_have_types(control: AsyncControl) -> None:
    """The same ones, when they are awaited and not before."""
    asked = assert_type(control.show_journal(limit=1), Coroutine[Any, Any, JournalState])
    with pytest.raises(AttributeError):
        _ = asked.entries  # type: ignore[attr-defined]
    told = await asked
    assert_type(told, JournalState)
    assert type(told) is JournalState


def test_plans_are_taken_in_every_form(plain: Control) -> None:
    """A struct, an object or words, and several of them; nothing else."""
    plain.add_plans(plans=DelayPlan(seconds=1))
    plain.add_plans(plans=[{"kind": "delay", "seconds": 2}, "delay seconds=3", DelayPlan(seconds=4)])
    planned = plain.list_plans()
    assert_type(planned, PlanList)
    assert [shown.plan["seconds"] for shown in planned.plans] == [1, 2, 3, 4]
    with pytest.raises(ControlError, match="plans"):
        plain.add_plans(plans=[5])  # type: ignore[list-item]


def test_parameters_are_checked(plain: Control) -> None:
    """By their number, their names and whether they go by name; Python refuses what mypy does."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'task'"):
        plain.show_task()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes 0 positional arguments but 1 was given"):
        plain.change_clock(None)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'forward'"):
        plain.change_clock(forward="24h")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'to'"):
        plain.fork_universe("a")  # type: ignore[call-arg]


@pytest.mark.anyio
async def test_parameters_of_coroutines_are_checked(control: AsyncControl) -> None:
    """The same way."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'task'"):
        await control.show_task()  # type: ignore[call-arg]
    with pytest.raises(ControlError, match="mode"):
        await control.change_clock(mode="slow")  # type: ignore[arg-type]


def test_types_of_arguments_are_checked(plain: Control) -> None:
    """Mypy refuses what the server would."""
    with pytest.raises(ControlError, match="mode"):
        plain.change_clock(mode="slow")  # type: ignore[arg-type]
    with pytest.raises(ControlError, match="code"):
        plain.fail_task("a", code=5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "write", "answer"),
    [
        (Control.show_clock, clock.show_clock, ClockState),
        (AsyncControl.show_clock, clock.show_clock, ClockState),
        (Control.show_task, tasks.show_task, TaskState),
        (AsyncControl.show_task, tasks.show_task, TaskState),
        (Control.show_journal, journal.show_journal, JournalState),
    ],
    ids=["show_clock", "show_clock awaited", "show_task", "show_task awaited", "show_journal"],
)
def test_a_method_looks_as_its_call_does(method: Any, write: Any, answer: type[object]) -> None:
    """By name, words and parameters; `self` comes first, and what it returns is the answer."""
    signature = inspect.signature(method)
    first, *others = signature.parameters.values()
    assert (first.name, first.annotation) == ("self", inspect.Parameter.empty)
    assert others == list(inspect.signature(write).parameters.values())
    assert signature.return_annotation is answer
    assert (method.__name__, method.__doc__) == (write.__name__, write.__doc__)
    assert write.__annotations__["return"] != answer


def test_help(plain: Control) -> None:
    """It shows what a user has to give, of the class and of one client."""
    shown = pydoc.plain(pydoc.render_doc(Control.show_task))
    assert "\nshow_task(self, task: str) -> mock_server.control.shapes.tasks.TaskState\n" in shown
    assert "Show all facts of one task." in shown
    shown = pydoc.plain(pydoc.render_doc(plain.show_task))
    assert "\nshow_task(task: str) -> mock_server.control.shapes.tasks.TaskState" in shown
