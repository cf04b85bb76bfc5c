"""Schemathesis on the simulator in this process: every phase, two users, every check and the contract's own."""

import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.fuzz.fuzzing import FREE, RUNNING, STILL
from tests.fuzz.in_process import configure, fuzz_app

pytestmark = [pytest.mark.slow, pytest.mark.uncounted]

PHASES = {"examples", "coverage", "fuzzing", "stateful"}
LINKS = {
    "GET /v1/models -> [200] model -> GET /v1/models/{model}",
    "GET /v1/tasks -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/tasks/batch -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] tasks -> POST /v1/tasks/batch",
}
EXAMPLES = 10
UPLOADS = ["uploadFileBase64", "uploadFileStream", "uploadFileUrl"]


@pytest.mark.parametrize("speed", [pytest.param(0.0, id=STILL), *([pytest.param(300.0, id=RUNNING)] if FREE else [])])
def test_tasks_keep_the_contract(speed: float) -> None:
    """No check finds anything, and every link of the contract is followed."""
    app = create_app(Settings(speed=speed, credits=1e9))
    apart = [{"include-tag": "Catalogue", "enabled": False}]  # it is fuzzed as a program, and leads to no task
    found = fuzz_app(app, configure(examples=EXAMPLES, frozen=not speed, linked=50, operations=apart))
    assert found.failures == []
    assert found.phases >= PHASES
    assert found.links >= LINKS
    assert found.cases > 300


@pytest.mark.clauses("FILE-ERROR", "FILE-DELETE")
def test_files_keep_the_contract() -> None:
    """No check finds anything; no schema can say what is base64, or which address can be reached."""
    lenient = [{"include-operation-id": UPLOADS, "checks": {"positive_data_acceptance": {"enabled": False}}}]
    app = create_app(Settings(speed=0.0))
    found = fuzz_app(app, configure(examples=EXAMPLES, frozen=True, operations=lenient), service="files")
    assert found.failures == []
    assert found.phases >= PHASES
    assert "GET /api/v1/files/list -> [200] file -> DELETE /api/v1/files/{file_id}" in found.links
    assert found.cases > 150
