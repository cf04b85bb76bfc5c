"""Schemathesis on the simulator in this process: every phase, two users, every check and the contract's own."""

import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.fuzz.in_process import configure, fuzz_app

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


@pytest.mark.parametrize("speed", [0.0, 300.0], ids=["in a world that stands still", "while tasks run and end"])
def test_tasks_keep_the_contract(speed: float) -> None:
    """No check finds anything, and every link of the contract is followed."""
    app = create_app(Settings(speed=speed, credits=1e9))
    found = fuzz_app(app, configure(examples=EXAMPLES, frozen=not speed))
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
