"""Schemathesis against the running program: every phase and every check that it has for an API like this."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.running import clean, started

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("st")
EXAMPLES = 50
LINKS = {
    "GET /v1/models -> [200] model -> GET /v1/models/{model}",
    "GET /v1/tasks -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/tasks/batch -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] task -> GET /v1/tasks/{task_id}",
    "POST /v1/videos/generations -> [200] tasks -> POST /v1/tasks/batch",
}


def fuzz(url: str, report: Path) -> str:
    """Run every phase with every check, and return what was printed; the report gets an event on each line."""
    options = ["--checks", "all", "--max-examples", str(EXAMPLES), "--no-color", f"--report-ndjson-path={report}"]
    done = subprocess.run(
        [COMMAND, "run", f"{url}/openapi.json", *options],
        cwd=ROOT,
        env=clean({"PYTHONWARNINGS": "default"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def find(name: str, value: Any) -> Iterator[Any]:
    """Find every value of this name, however deep."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from find(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from find(name, inner)


@pytest.mark.clauses("OP-CREATE", "OP-ASYNC", "ERR-BODY", "AUTH-401", "BATCH-OMITS", "TASK-403")
@pytest.mark.parametrize("speed", ["0", "300"], ids=["in a world that stands still", "while tasks run and end"])
def test_no_phase_finds_anything(tmp_path: Path, speed: str) -> None:
    """No check fails in any phase, every operation is tested, and every link of the contract is followed.

    Only where time stands still can two users' views of a task be compared (object_level_authorization); only where it
    runs are tasks of every status seen.
    """
    report = tmp_path / "events.ndjson"
    with started("--speed", speed, "--credits", "1000000000") as program:
        printed = fuzz(program.url, report)
        assert "Traceback" not in program.errors
    events = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    assert re.findall("✅ (Examples|Coverage|Fuzzing|Stateful)$", printed, re.MULTILINE) == [
        "Examples",
        "Coverage",
        "Fuzzing",
        "Stateful",
    ]
    assert re.search(r"API Links: +(\d+) covered / \1 selected / \1 total", printed), printed
    assert {link["id"] for link in find("transition", events) if link} >= LINKS
    assert "Selected: 7/7\n  Tested: 7" in printed
