"""`evolink-contracts client --prove`: what it takes, tells and exits with; functions stand in for programs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from click.testing import CliRunner, Result

from contracts import Evolink
from contracts.cli import main
from contracts.commands import client_battery
from contracts.proof.function import FunctionDrive
from tests.clients.small import connect, create
from tests.proof.clients import Client, careful, pays_twice

CELLS = ("--cell", "create/lost-after-commit", "--cell", "create/rate-limited")


@pytest.fixture
def play(portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Client], dict[str, Any]]:
    """Let a function stand in for the program; it returns what the command wanted of it."""
    monkeypatch.chdir(tmp_path)

    def play(client: Client) -> dict[str, Any]:
        given: dict[str, Any] = {}

        def make(command: tuple[str, ...], **wanted: Any) -> FunctionDrive:
            given.update(wanted, command=command)
            return FunctionDrive(portal, client, directory=tmp_path / "runs")

        monkeypatch.setattr(client_battery, "ProgramDrive", make)
        return given

    return play


def run(*arguments: str, command: tuple[str, ...] = ("make-video",)) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["client", "--prove", *arguments, "--", *command])


@pytest.mark.uncounted
def test_green(play: Callable[[Client], dict[str, Any]]) -> None:
    """A good client is told of step by step, and exits with 0."""
    play(careful)
    result = run(*CELLS, "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines()[0].startswith("[1/1] clean: ended well")
    assert result.stderr.splitlines()[1].startswith("[1/2] create/lost-after-commit: ended well")
    lines = result.stdout.splitlines()
    assert lines[0] == "The fault-point proof of make-video"
    assert lines[2].split() == ["create", "processing", "completed", "download"]
    assert lines[3].split() == ["lost-after-commit", "green", ".", ".", "."]
    assert lines[-1] == "2 cells: 0 red, 2 green, 0 grey"


def test_red(play: Callable[[Client], dict[str, Any]], tmp_path: Path) -> None:
    """Each red cell has a command that repeats it as it was; all forms can be had, and files are kept."""
    play(pays_twice)
    wished = ("--limit", "30", "--expects", "download,callback", "--receiver", "http://127.0.0.1:9000/hooks")
    forms = ("--format", "html", "--output", "proof.html", "--format", "json", "--output", "proof.json")
    result = run(
        *CELLS,
        *wished,
        *forms,
        *("--format", "text", "--keep", "kept", "--allow-host", "cdn.example.com"),
        command=("node", "a b.mjs"),
    )
    assert result.exit_code == 1, result.output
    repeat = (
        "evolink-contracts client --prove --cell create/lost-after-commit --expects callback,download "
        "--receiver http://127.0.0.1:9000/hooks --allow-host cdn.example.com --limit 30 -- node 'a b.mjs'"
    )
    assert f"    to repeat: {repeat}" in result.stdout.splitlines()
    proof = json.loads((tmp_path / "proof.json").read_text())
    assert (proof["form"], proof["version"], proof["exit_code"]) == ("evolink-proof", 1, 1)
    assert [tried["colour"] for tried in proof["tried"]] == ["red", "green"]
    assert proof["tried"][0]["repeat"] == repeat
    assert "create/lost-after-commit" in (tmp_path / "proof.html").read_text()
    assert (tmp_path / "kept" / "create" / "lost-after-commit" / "timeline.txt").exists()


def order(evolink: Evolink, _: Path) -> None:
    """Ask for a video, and leave it at that."""
    with connect(evolink) as client:
        create(client, key="order-1")


def test_all_cells(play: Callable[[Client], dict[str, Any]]) -> None:
    """Without --cell all are run, and the usual way to say so is short."""
    given = play(order)
    result = run("--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "11 cells: 0 red, 10 green, 1 grey" in result.stdout
    assert given["limit_seconds"] == 60


def test_a_false_start(play: Callable[[Client], dict[str, Any]]) -> None:
    """A program that fails where nothing goes wrong is told so, and exits with 2."""

    def fail(*_: object) -> None:
        raise ValueError("no video")

    play(fail)
    result = run()
    assert result.exit_code == 2
    assert "In clean (Nothing goes wrong) the command ended badly: ValueError: no video." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--prove", "--rule", "B3"], "--prove goes without --rule"),
        (["--prove", "--scenario", "busy"], "--prove goes without --scenario"),
        (["--prove", "--list"], "--prove goes without --list"),
        (["--prove", "--speed", "5"], "--prove goes without --speed"),
        (["--prove", "--level", "all"], "--prove goes without --level"),
        (["--prove", "--format", "junit"], "--prove is told as text, html, json, not as junit"),
        (["--cell", "create/lost"], "--cell is a part of the proof: say --prove as well"),
    ],
)
def test_wrong_usage(arguments: list[str], told: str) -> None:
    """What has no part in the proof is refused in one line."""
    result = CliRunner().invoke(main, ["client", *arguments, "--", "make-video"])
    assert (result.exit_code, result.stderr) == (2, f"Error: {told}\n")


def test_no_such_cell(play: Callable[[Client], dict[str, Any]]) -> None:
    """What is near is told, once the conversation is known."""
    play(careful)
    result = run("--cell", "download/cut-files")
    assert result.exit_code == 2
    assert "Error: --cell: there is no cell 'download/cut-files'; did you mean download/cut-file?" in result.stderr


def test_what_cannot_be_written(play: Callable[[Client], dict[str, Any]]) -> None:
    """A place that is none is told."""
    play(careful)
    result = run("--cell", "create/lost-after-commit", "--output", "no/where.txt")
    assert result.exit_code == 2
    assert "--output no/where.txt cannot be written: No such file or directory" in result.stderr
