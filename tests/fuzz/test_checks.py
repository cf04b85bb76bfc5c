"""Each check of the contract fails a server that has the fault it looks for, and says which clause or rule that is."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from schemathesis import Config, HookContext
from schemathesis.core.failures import FailureGroup
from starlette.types import ASGIApp, Scope

from contracts.fuzz import KeptRules, contract_document, error_envelope, kept_clauses, load_contract
from contracts.fuzz.hooks import after_call
from contracts.fuzz.trace import read_body
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.fuzz.faulty import Fault, faulty, open_to_all
from tests.fuzz.in_process import configure, fuzz_app
from tests.serving import KEY, example

CREATE = ("/v1/videos/generations", "POST")
TASK = ("/v1/tasks/{task_id}", "GET")
CONTEXT: Any = None
ANSWER: Any = None


class Caller:
    """Calls a server case by case."""

    def __init__(
        self,
        fault: Fault | None = None,
        wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app,
        checks: list[Any] | None = None,
    ) -> None:
        self._checks = checks
        app = wrap(create_app(Settings(speed=0.0)))
        config = Config.from_dict({"checks": {"KeptRules": {"frozen": True}}})
        self.schema = load_contract(faulty(app, fault) if fault else app, config=config)

    def call(self, place: tuple[str, str], *, key: str = KEY, **facts: Any) -> dict[str, Any]:
        """Make a call, let every check look at it, and return the answer's body."""
        path, method = place
        answer = (
            self.schema[path][method]
            .Case(**facts)
            .call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=self._checks)
        )
        body: dict[str, Any] = answer.json()
        return body

    def create(self, **changes: Any) -> str:
        """Create a task, and return its id."""
        task: str = self.call(CREATE, body=example(**changes))["id"]
        return task

    def fails(self, place: tuple[str, str], **facts: Any) -> str:
        """Make a call that some check finds something in, and return what that is."""
        with pytest.raises((FailureGroup, AssertionError)) as raised:
            self.call(place, **facts)
        failures = raised.value.exceptions if isinstance(raised.value, FailureGroup) else [raised.value]
        return "\n".join(map(str, failures))


def test_a_sound_server_passes_call_by_call() -> None:
    """The same checks find nothing in the simulator as it is."""
    caller = Caller()
    task = caller.create()
    assert caller.call(TASK, path_parameters={"task_id": task})["id"] == task


def test_an_error_without_a_code_is_found() -> None:
    """Rule P1 is named, with its clauses, for a status that is documented."""

    def fault(_scope: Scope, status: int, body: Any) -> tuple[int, Any]:
        if status >= 400:
            del body["error"]["code"]
        return status, body

    told = Caller(fault).fails(TASK, path_parameters={"task_id": "task-unified-1757169743-7cvnl5zw"})
    assert "P1: Every error has the documented body" in told
    assert "error.code is not as it must be: required" in told
    assert "ERR-BODY: " in told


def test_an_answer_that_breaks_a_clause_is_found() -> None:
    """The clause is named, and what it says."""

    def fault(_scope: Scope, status: int, body: Any) -> tuple[int, Any]:
        return status, {**body, "created": "now"}

    told = Caller(fault).fails(CREATE, body=example())
    assert "RES-CREATED is broken" in told
    assert "In the answer 200, created must be an integer." in told


def test_a_request_that_should_have_been_refused_is_found() -> None:
    """The clause that the request breaks is named."""
    accepted = Caller().call(CREATE, body=example())

    def lenient(app: ASGIApp) -> ASGIApp:
        return faulty(app, lambda _scope, _status, _body: (200, accepted))

    told = Caller(wrap=lenient).fails(CREATE, body=example(duration=11))
    assert "DURATION-RANGE is broken" in told
    assert "In a request that was accepted with 200, duration must be at most 10." in told


def test_progress_that_goes_back_is_found() -> None:
    """Rule L6 is named, with both values."""
    shown = iter([0, 70, 30])

    def fault(scope: Scope, status: int, body: Any) -> tuple[int, Any]:
        if scope["method"] == "GET":
            body |= {"status": "processing", "progress": next(shown)}
        return status, body

    caller = Caller(fault, checks=[KeptRules().after_response])
    task = {"task_id": caller.create()}
    for _ in range(2):
        caller.call(TASK, path_parameters=task)
    told = caller.fails(TASK, path_parameters=task)
    assert "L6: progress goes from 0 to 100" in told
    assert "expected at least 70; seen: 30" in told
    assert "TASK-PROGRESS: " in told


def test_what_no_single_call_shows_is_found_in_the_end() -> None:
    """Rule L16 is named when the run is over: a later task was created earlier."""
    hours = iter([0, -2])

    def fault(_scope: Scope, status: int, body: Any) -> tuple[int, Any]:
        return status, {**body, "created": body["created"] + 3_600 * next(hours)}

    rules = KeptRules()
    caller = Caller(fault, checks=[rules.after_response])
    caller.create()
    caller.create()
    with pytest.raises(FailureGroup) as raised:
        rules.after_run(CONTEXT)
    assert [failure.title for failure in raised.value.exceptions] == ["L16: The server's clock does not go back."]


def test_what_was_not_called_through_schemathesis_is_passed_over() -> None:
    """Without a call that was noted, and for operations that the contract does not have, the checks have no say."""
    caller = Caller()
    case = caller.schema[TASK[0]][TASK[1]].Case(path_parameters={"task_id": "task-unified-1757169743-7cvnl5zw"})
    after_call(HookContext(), case, ANSWER)
    assert error_envelope(CONTEXT, ANSWER, case)
    assert KeptRules().after_response(CONTEXT, ANSWER, case)
    undocumented: Any = SimpleNamespace(
        method="PUT", operation=SimpleNamespace(path="/v1/tasks", schema=SimpleNamespace())
    )
    teapot: Any = SimpleNamespace(status_code=418, content=b"", request=SimpleNamespace(body=None))
    assert kept_clauses(CONTEXT, teapot, undocumented)
    assert kept_clauses(CONTEXT, teapot, case) is None


def test_a_service_that_is_not_there_is_refused() -> None:
    """The message names the ones that are."""
    service: Any = "videos"
    with pytest.raises(ValueError, match="service must be one of tasks, files; got 'videos'"):
        contract_document(service=service)


def test_the_document_names_the_server() -> None:
    """A URL is where its operations are called; each service has its own."""
    schema = load_contract("http://127.0.0.1:1/", service="files")
    assert schema.get_base_url() == "http://127.0.0.1:1"
    assert "/api/v1/files/quota" in schema


@pytest.mark.parametrize(("body", "read"), [("é", "é".encode()), (b"x", b"x"), (None, b""), (iter([b"x"]), b"")])
def test_bodies_are_read_as_they_were_sent(body: Any, read: bytes) -> None:
    """What is sent piece by piece is not there to be read."""
    assert read_body(body) == read


def test_a_task_that_others_can_read_is_found() -> None:
    """Where anybody can read a task, the check with two users says so."""
    app = open_to_all(create_app(Settings(speed=0.0, credits=1e9)))
    off = {"enabled": False}
    linked = {"examples": off, "coverage": off, "fuzzing": off}
    found = fuzz_app(app, configure(examples=5, frozen=True, phases=linked))
    named = {check for check, operation, _ in found.failures if operation == "GET /v1/tasks/{task_id}"}
    assert "object_level_authorization" in named
