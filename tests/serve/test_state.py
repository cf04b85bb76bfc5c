import signal
from pathlib import Path

import pytest

from tests.running import Program, started
from tests.serving import CREATE, example

pytestmark = pytest.mark.uncounted


def created(program: Program, key: str) -> str:
    """Create a task under an idempotency key and return its id."""
    with program.client() as client:
        answer = client.post(CREATE, json=example(), headers={"Idempotency-Key": key})
    assert answer.status_code == 200
    name: str = answer.json()["id"]
    return name


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_state_file_outlives_its_server(tmp_path: Path, number: signal.Signals) -> None:
    """After a clean stop or a kill, tasks, credits, idempotency keys and a frozen clock are there again."""
    options = ("--state", str(tmp_path / "mock.db"), "--speed", "0")
    with started(*options) as program:
        task = created(program, "first")
        with program.client() as client:
            client.post("/_mock/clock", json={"advance": 60})
            seen = [client.get(path).json() for path in (f"/v1/tasks/{task}", "/v1/credits", "/_mock/clock")]
        program.stop(number)
    with started(*options) as program, program.client() as client:
        assert [client.get(path).json() for path in (f"/v1/tasks/{task}", "/v1/credits", "/_mock/clock")] == seen
        assert seen[0]["status"] == "processing"
        assert seen[1]["data"]["user"]["remaining_credits"] == 1000 - 23.8
        assert created(program, "first") == task
        assert created(program, "second") != task


def test_without_a_state_file_nothing_is_kept() -> None:
    """In memory, a new server knows no old task."""
    with started() as program:
        task = created(program, "first")
    with started() as program, program.client() as client:
        assert client.get(f"/v1/tasks/{task}").status_code == 404


def test_one_seed_gives_the_same_ids() -> None:
    """Two servers with the same seed draw the same ids, but for the second that stands in them."""
    tails = []
    for seed in ("7", "7", "8"):
        with started("--seed", seed) as program:
            tails.append(created(program, "first").rpartition("-")[2])
    assert tails[0] == tails[1] != tails[2]
