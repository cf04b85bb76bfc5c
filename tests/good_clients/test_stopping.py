"""The good clients when they are told to end: they say which task they leave, and take it up when they start again."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.battery.scenario import GOOD_WEATHER, Scenario, load_scenarios
from contracts.recording import Reported
from contracts.recording.outcomes import read_outcomes
from tests.good_clients.running import EXAMPLES, WISH, check_client, load, run_main
from tests.running import PATIENCE, Program, clean, run_program, started, wait_until

pytestmark = pytest.mark.uncounted

COMMANDS: Final = {
    "python_sync": (sys.executable, "client.py"),
    "python_async": (sys.executable, "client.py"),
    "node": ("node", "client.mjs"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Program]:
    """A server whose tasks take minutes."""
    with started() as program:
        yield program


@pytest.mark.parametrize("folder", COMMANDS)
def test_a_signal(folder: str, server: Program, tmp_path: Path) -> None:
    """The program ends, and says which task goes on; its file has what is needed to go on with it, and no key."""
    runtime, script = COMMANDS[folder]
    if shutil.which(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    output = tmp_path / ("." if folder == "python_async" else "1.mp4")
    process = subprocess.Popen(
        [runtime, str(EXAMPLES / folder / script), str(output), *WISH],
        env=clean({"EVOLINK_BASE_URL": server.url, "EVOLINK_API_KEY": server.key}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: bool(_kept(tmp_path).get("task")), "the task is written down")
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    (outcome,) = read_outcomes(said)
    assert (process.returncode, errors) == (1, "")
    assert (outcome.outcome, outcome.task) == ("error", _kept(tmp_path)["task"])
    assert server.key not in said + (tmp_path / "1.mp4.task.json").read_text("utf-8")


def _kept(folder: Path) -> dict[str, Any]:
    """Return what the program has written down; nothing if it has not."""
    path = folder / "1.mp4.task.json"
    kept: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return kept


@pytest.mark.parametrize("folder", ["python_sync", "python_async"])
def test_another_start(folder: str, portal: BlockingPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client follows the task that it has paid for, and makes no other."""
    client = load(folder, monkeypatch)
    arguments = [str(tmp_path if folder == "python_async" else tmp_path / "1.mp4"), *WISH]

    def start_twice(_: Evolink) -> list[Reported]:
        (first,) = run_main(client.main, arguments)
        (second,) = run_main(client.main, arguments)
        assert (first.outcome, second.outcome) == ("error", "completed")
        assert first.task == second.task
        return [second]

    refused = Scenario(name="refused", title="One poll is.", plans=("answer 401 on=query nth=1",), exposes=("C2",))
    record = check_client(portal, start_twice, refused)
    assert len(record.creates) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["1.mp4"]


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"request": {"model": "another"}, "key": "k", "task": "task-1"}'], ids=len
)
def test_what_is_not_to_be_taken_up(
    kept: str, portal: BlockingPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier start has left is passed over if it is broken, or was for something else."""
    client = load("python_sync", monkeypatch)
    (tmp_path / "1.mp4.task.json").write_text(kept)
    record = check_client(
        portal, lambda _: run_main(client.main, [str(tmp_path / "1.mp4"), *WISH]), load_scenarios()[GOOD_WEATHER]
    )
    assert len(record.creates) == 1


@pytest.mark.parametrize("folder", COMMANDS)
def test_what_is_missing(folder: str, tmp_path: Path) -> None:
    """Without a key it says what is to be set, and asks nobody for anything."""
    runtime, script = COMMANDS[folder]
    if shutil.which(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    ended = run_program(runtime, EXAMPLES / folder / script, tmp_path / "1.mp4", *WISH)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "EVOLINK_API_KEY" in ended.stderr
    assert list(tmp_path.iterdir()) == []
