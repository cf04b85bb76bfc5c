"""Pages in the commands that judge: servers, programs, recorded traffic; and in schemathesis."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from schemathesis import Config
from schemathesis.core.failures import FailureGroup

from contracts.battery.scenario import load_scenarios
from contracts.cli import main
from contracts.fuzz import contract_document, kept_clauses, load_contract
from mock_server.app import create_app
from mock_server.entrance.authority import Authority
from mock_server.settings import Settings
from tests.battery.driving import PROGRAMS, drive_python
from tests.pages.writing import KINDS, page, write


def run(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write_traffic(folder: Path, **sent: Any) -> Path:
    """Write an archive of a request for an image that was accepted."""
    headers = {"authorization": "Bearer sk-a", "content-type": "application/json", "user-agent": "cat/1.0"}
    request = {
        "method": "POST",
        "url": f"https://api.evolink.ai{KINDS['image']}",
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "postData": {"text": json.dumps({"model": "one", **sent})},
    }
    task = {"id": "task-unified-1757169743-7cvnl5zw", "status": "pending"}
    answer = {"status": 200, "headers": [], "content": {"text": json.dumps(task)}}
    entry = {"startedDateTime": "2026-11-22T10:00:00Z", "time": 100, "request": request, "response": answer}
    file = folder / "shop.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    return file


def test_servers(folder: Path) -> None:
    """`server --page` serves and judges pages besides ours."""
    file = write(folder, page("one", kind="audio"))
    told = run("server", "--simulator", "--page", file, "--only", "served-pages")
    assert told.exit_code == 0, told.output
    assert "Asks each page" in told.stderr
    told = run("server", "http://127.0.0.1:9", "--no-control", "--page", file, "--dry-run")
    assert told.exit_code == 0, told.output


def test_traffic(folder: Path, tmp_path: Path) -> None:
    """`traffic --page` judges by the page of the model; without it, nothing is said of what only that page says."""
    file = write(folder, page("one", kind="image"), "one.json")
    archive = write_traffic(tmp_path, prompt="A cat in a very long sentence")
    assert run("traffic", archive).exit_code == 0
    told = run("traffic", archive, "--page", file)
    assert told.exit_code == 1
    assert "FAIL A6" in told.output
    assert "at most 20 characters" in told.output


@pytest.mark.parametrize("command", [("server", "--simulator"), ("traffic", "shop.har"), ("client", "--", "true")])
def test_pages_that_are_not_there(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is called wrongly."""
    monkeypatch.chdir(tmp_path)
    write_traffic(tmp_path, prompt="A cat")
    name, *rest = command
    told = run(name, "--page", "nowhere", *rest)
    assert (told.exit_code, told.stderr) == (2, "Error: --page: nowhere is no file and no folder\n")


def test_pages_that_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    """They are told of, and the others are taken; without any other the command is called wrongly."""
    archive, strange = write_traffic(tmp_path, prompt="A cat"), write(folder, {"openapi": "3.1.0"}, "strange.json")
    told = run("traffic", archive, "--page", folder)
    assert told.exit_code == 2
    assert told.stderr.splitlines() == [
        f"--page: {strange} is left out: describes no paths",
        "Error: --page: there is no page of a model in what it names",
    ]
    write(folder, page("one", kind="image"), "one.json")
    told = run("traffic", archive, "--page", folder)
    lines = [f"--page: {strange} is left out: describes no paths", "--page: one"]
    assert (told.exit_code, told.stderr.splitlines()) == (0, lines)


def test_many_pages(folder: Path, tmp_path: Path) -> None:
    """Some of their models are named, and the others counted."""
    for number in range(9):
        write(folder, page(f"m{number}", kind="image"), f"{number}.json")
    told = run("traffic", write_traffic(tmp_path, model="m1", prompt="A cat"), "--page", folder)
    assert told.stderr == "--page: m0, m1, m2, m3, m4, m5, m6, m7 and 1 more\n"


def test_programs(folder: Path, tmp_path: Path, authority: Authority) -> None:
    """A program of a model that only a page knows is run in a scenario as others are."""
    file = write(folder, page("sketch-1", fields={"prompt": {"type": "string"}}))
    program = tmp_path / "sketch.py"
    text = (PROGRAMS / "plain.py").read_text("utf-8").replace("wan2.6-reference-video-flash", "sketch-1")
    program.write_text(text.replace('    "video_urls": ["https://example.com/a.mp4"],\n', ""), "utf-8")
    drive = drive_python(str(program), keep=tmp_path, authority=authority, pages=(str(file),))
    trial = drive.run(load_scenarios()["good-weather"])
    assert (trial.ending, trial.told) == ("well", "")
    assert "sketch-1" in trial.record.contract.of_models


def test_schemathesis(folder: Path, tmp_path: Path) -> None:
    """A server is held against a page: what it accepts must keep the page's clauses."""
    theirs = write(tmp_path / "theirs", page("one", kind="image", fields={"prompt": {"type": "string"}}))
    ours = str(write(folder, page("one", kind="image"), "one.json"))
    app = create_app(Settings(speed=0, pages=(str(theirs),)))
    schema = load_contract(app, pages=[ours], config=Config.from_dict({}))

    def ask(**body: Any) -> Any:
        case = schema[KINDS["image"]]["POST"].Case(body={"model": "one", **body}, media_type="application/json")
        return case.call_and_validate(headers={"Authorization": "Bearer sk-a"}, checks=[kept_clauses])

    assert ask(prompt="A cat").status_code == 200
    with pytest.raises(FailureGroup) as raised:
        ask(prompt="A cat in a very long sentence")
    (failure,) = raised.value.exceptions
    assert failure.title == "one/body/prompt/maxLength is broken"
    assert "one/body/prompt/maxLength: prompt must have at most 20 characters" in str(failure.message)
    assert ask(model="two", prompt="A cat").status_code == 400
    assert KINDS["image"] in contract_document(pages=[ours])["paths"]
    assert KINDS["image"] not in contract_document()["paths"]
