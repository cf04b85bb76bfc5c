"""Schemathesis against the running program: every phase and every check that it has for an API like this."""

from pathlib import Path

import pytest

from mock_server.control.operations import OPERATIONS
from tests.fuzz.fuzzing import FREE, RUNNING, STILL, followed, fuzz, write_config
from tests.running import started

pytestmark = [pytest.mark.slow, pytest.mark.uncounted]

CONTROL = Path(__file__).with_name("control.toml")
LINKS = {
    "GET /v1/catalog/pricing-rules -> [200] rule -> GET /v1/catalog/models/{model}/pricing-rules",
    "GET /v1/models -> [200] model -> GET /v1/models/{model}",
    "GET /v1/tasks -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/tasks/batch -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] tasks -> POST /v1/tasks/batch",
}
CONTROL_LINKS = {
    "GET /_mock/callbacks -> [200] redeliverCallback -> POST /_mock/callbacks/{callback}/redeliver",
    "GET /_mock/tasks -> [200] failTask -> POST /_mock/tasks/{task}/fail",
    "GET /_mock/tasks -> [200] showTask -> GET /_mock/tasks/{task}",
    "GET /_mock/universes -> [200] forgetUniverse -> DELETE /_mock/universes/{universe}",
}


@pytest.mark.clauses("OP-CREATE", "OP-ASYNC", "ERR-BODY", "AUTH-401", "BATCH-OMITS", "TASK-403")
@pytest.mark.parametrize("speed", [*([pytest.param("0", id=STILL)] if FREE else []), pytest.param("300", id=RUNNING)])
def test_no_phase_finds_anything(tmp_path: Path, speed: str) -> None:
    """No check fails in any phase, every operation is tested, and every link of the contract is followed.

    Only where time stands still can two users' views of a task be compared (object_level_authorization); only where it
    runs are tasks of every status seen.
    """
    report, options = tmp_path / "events.ndjson", ("--checks", "all", *(("--max-examples", "1000") if FREE else ()))
    config = write_config(tmp_path / "schemathesis.toml", frozen=speed == "0")
    with started("--speed", speed, "--credits", "1000000000") as program:
        printed = fuzz(f"{program.url}/openapi.json", report, *options, config=config)
        assert "Traceback" not in program.errors
    assert followed(report) >= LINKS
    assert "Selected: 12/12\n  Tested: 12" in printed


def test_no_phase_finds_anything_in_the_control_api(tmp_path: Path) -> None:
    """The control API keeps to its own document, in every operation and along every link."""
    report = tmp_path / "events.ndjson"
    with started("--speed", "0") as program:
        printed = fuzz(f"{program.url}/_mock/openapi.json", report, config=CONTROL)
        assert "Traceback" not in program.errors
    assert followed(report) >= CONTROL_LINKS
    tested = len(OPERATIONS) - 1  # reading the document is one of them
    assert f"Selected: {tested}/{tested}\n  Tested: {tested}" in printed
