"""Records of tests as tests of reports make them: facts put together, and what a real simulator told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
import msgspec

from contracts.drive.in_process import InProcess
from contracts.drive.receiver import Receiver, Reply
from contracts.report.history import ClockMove, History, Violation
from mock_server.app import create_app
from mock_server.client import Control
from mock_server.control.shapes import AttemptShown, CallbackShown, LedgerEntry, PlanShown, TaskState
from mock_server.core.types import SECOND
from mock_server.journal.entries import Entry, Message
from mock_server.settings import Settings
from tests.serving import CREATE, START, bearer, example

BEGAN: Final = START / SECOND
"""When tests begin, in seconds."""

TASK: Final = "task-unified-1757169743-7cvnl5zw"
"""The task of a test that has one."""

HOOK: Final = "https://hooks.example.com/evolink"
"""Where its callback goes."""


def record(**facts: Any) -> History:
    """Return a record of a test in which nothing happened, but for these facts."""
    given = {"node": "tests/test_it.py::test_it", "universe": "default", "outcome": "passed"}
    return History(**{**given, "started_at": BEGAN, "ended_at": BEGAN, **facts})


def entry(number: int, *, at: float = 0, **facts: Any) -> Entry:
    """Return a request so many seconds after the beginning: a poll of the task, if nothing else is said."""
    message = Message(headers=(), body=None, size=0, hidden=None)
    given: dict[str, Any] = {
        "number": number,
        "id": f"{number:032x}",
        "universe": "default",
        "at": BEGAN + at,
        "wall": BEGAN + number,
        "milliseconds": 0.4,
        "method": "GET",
        "url": f"https://api.evolink.ai/v1/tasks/{TASK}",
        "http_version": "1.1",
        "connection": "1",
        "turn": number,
        "reused": number > 1,
        "operation": "getTaskDetail",
        "task": TASK,
        "account": None,
        "status": 200,
        "request": message,
        "answer": message,
        **dict.fromkeys(("clauses", "near_misses", "unknown_fields", "faults", "notes"), ()),
    }
    return Entry(**{**given, **facts})


def creation(number: int, *, at: float = 0, **facts: Any) -> Entry:
    """Return the request that created the task."""
    return entry(number, at=at, **{"method": "POST", "url": f"https://api.evolink.ai{CREATE}", **facts})


def task(*, at: float = 0, starts: float | None = 3, ends: float | None = 60, **facts: Any) -> TaskState:
    """Return a task that was created, starts and ends so many seconds after the beginning; it is completed."""
    created = BEGAN + at
    given: dict[str, Any] = {
        "id": TASK,
        "account": "1IP4RI16PQWFO7LEA6",
        "group": "default",
        "model": "wan2.6-reference-video-flash",
        "status": "completed",
        "progress": 100,
        "held": False,
        "created_at": created,
        "starts_at": None if starts is None else BEGAN + starts,
        "ends_at": None if ends is None else BEGAN + ends,
        "waited": 0.0,
        "outcome": "completed",
        "error": None,
        "ledger": (line("reserve", 5.1, at), line("charge", 5.1, ends or 0)),
        "callback_url": HOOK,
        "request": {"model": "wan2.6-reference-video-flash"},
        "result": "video",
    }
    return TaskState(**{**given, **facts})


def line(kind: Any, credits: float, at: float) -> LedgerEntry:  # noqa: A002 - the API's own word
    """Return a line of the ledger, so many seconds after the beginning."""
    return LedgerEntry(kind=kind, credits=credits, at=BEGAN + at)


def attempt(at: float, status: int | None = 200, error: str | None = None, *faults: str) -> AttemptShown:
    """Return an attempt at a callback, so many seconds after the beginning."""
    when = BEGAN + at
    return AttemptShown(due_at=when, started_at=when, ended_at=when, status=status, error=error, bytes=2, faults=faults)


def delivery(*attempts: AttemptShown, of: str = TASK) -> CallbackShown:
    """Return the callback of a task with its attempts."""
    return CallbackShown(id=1, task=of, url=HOOK, variant="faithful", state="delivered", due_at=None, attempts=attempts)


def plan(name: str, struck: int) -> PlanShown:
    """Return a plan that struck so often."""
    return PlanShown(name=name, plan={"answer": 503}, matched=struck, struck=struck)


def move(at: float, to: float) -> ClockMove:
    """Return a sleep."""
    return ClockMove(at=BEGAN + at, to=BEGAN + to, by="sleep")


def violation(number: int, clause: str = "DURATION-RANGE") -> Violation:
    """Return a clause that a request broke."""
    return Violation(number=number, clause=clause, message="duration must be at most 10")


class Simulator:
    """A simulator with a frozen clock, whose client and control API are called."""

    def __init__(self, client: httpx2.Client, control: Control) -> None:
        self.client = client
        self.control = control
        self.moves: list[ClockMove] = []
        self._began = control.show_clock().now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        at = self.control.show_clock().now
        self.moves.append(ClockMove(at=at, to=self.control.change_clock(advance=seconds).now, by="sleep"))

    def record(self, **facts: Any) -> History:
        """Return what happened."""
        journal = self.control.show_journal()
        known = {
            "universe": journal.universe,
            "started_at": self._began,
            "ended_at": self.control.show_clock().now,
            "entries": journal.entries,
            "tasks": self.control.list_tasks().tasks,
            "callbacks": self.control.list_callbacks().callbacks,
            "plans": self.control.list_plans().plans,
            "moves": tuple(self.moves),
        }
        return record(**{**known, **facts})


@contextmanager
def opened(*routes: str, key: str = "sk-test") -> Iterator[Simulator]:
    """Yield a simulator that serves in this process."""
    settings = Settings(speed=0, videos="packaged", callback_routes=routes)
    with InProcess(create_app(settings)) as simulator:
        url = "https://api.evolink.ai"
        client = httpx2.Client(transport=simulator.httpx2_transport(), base_url=url, headers=bearer(key))
        with client, Control("http://localhost", transport=simulator.httpx2_transport()) as control:
            yield Simulator(client, control)


def whole_generation(key: str, prompt: str) -> History:
    """Return the record of a generation with a fault, a refusal, polls, and a callback that is tried twice."""
    with Receiver(Reply(500), tls=False) as receiver, opened(receiver.route, key=key) as simulator:
        simulator.control.add_plans(plans=["answer 503 on=create times=1", "answer 500 on=models"])
        body = example(prompt=prompt, callback_url=HOOK)
        assert simulator.client.post(CREATE, json=body).status_code == 503
        simulator.sleep(1)
        assert simulator.client.post(CREATE, json={**body, "duration": 99}).status_code == 400
        created = simulator.client.post(CREATE, json=body).json()["id"]
        failed = simulator.client.post(CREATE, json=body).json()["id"]
        simulator.control.fail_task(failed, code="content_policy_violation")
        while simulator.client.get(f"/v1/tasks/{created}").json()["status"] != "completed":
            simulator.sleep(10)
        simulator.sleep(24 * 3_600)
        return simulator.record(
            outcome="failed",
            violations=(violation(2),),
            failure=f"AssertionError: {key} was refused",
        )


def encoded(made: History) -> bytes:
    """Return a record as it can be kept in a file."""
    return msgspec.json.encode(made)
