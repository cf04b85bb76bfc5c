"""The commands that judge recorded traffic, and that show the rules."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.cli import main
from tests.invariants.stories import CAT, ORIGIN, shown, wanted


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, arguments)


def write(folder: Path, *, sent: Mapping[str, Any] = {}, url: str = f"{ORIGIN}/v1/videos/generations") -> Path:
    """Write an archive of a create; `sent` changes what is asked for."""
    headers = {"authorization": "Bearer sk-very-secret", "content-type": "application/json", "user-agent": "cat/1.0"}
    request = {
        "method": "POST",
        "url": url,
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "postData": {"text": json.dumps(wanted(**sent))},
    }
    answer = {"status": 200, "headers": [], "content": {"text": json.dumps(shown())}}
    entry = {"startedDateTime": "2026-11-22T10:00:00Z", "time": 100, "request": request, "response": answer}
    file = folder / "shop.har"
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    return file


def test_a_good_client(folder: Path) -> None:
    """It exits with 0, and says what was not put to the test."""
    write(folder)
    came = run("traffic", "shop.har")
    assert came.exit_code == 0
    assert "The client's contract of shop.har" in came.output
    assert "not put to the test A12" in came.output


def test_a_broken_client(folder: Path) -> None:
    """It exits with 1, and shows what is wrong, where, and what to do, without the key."""
    file = write(folder, sent={"duration": "5"})
    came = run("traffic", str(file))
    assert came.exit_code == 1
    assert "FAIL A8" in came.output
    assert "duration must be an integer" in came.output
    assert "sk-very-secret" not in came.output
    told = json.loads(run("traffic", "shop.har", "--format", "json").output)
    assert told["artifact"] == "shop.har"
    assert [each["number"] for each in told["exchanges"]] == [1]


def test_where_the_pages_of_rules_are(folder: Path) -> None:
    """A finding leads to its page, or names the command that shows the rule."""
    write(folder, sent={"duration": "5"})
    assert "see evolink-contracts rules A8\n" in run("traffic", "shop.har").output
    assert "see https://example.com/A8.md\n" in run("traffic", "shop.har", "--docs", "https://example.com").output


def test_outcomes(folder: Path) -> None:
    """Rules that go by what the client says are applied to what it printed; what it printed wrongly is refused."""
    write(folder)
    printed = folder / "printed.txt"
    printed.write_text(
        "".join(f'{{"outcome": "completed", "task": "{task}", "path": "a.mp4"}}\n' for task in (CAT, "other"))
    )
    came = run("traffic", "shop.har", "--outcomes", "printed.txt")
    assert came.exit_code == 1
    assert "FAIL F4" in came.output
    printed.write_text('{"outcome": "fine"}')
    came = run("traffic", "shop.har", "--outcomes", "printed.txt")
    assert came.exit_code == 2
    assert "printed.txt: line 1: outcome must be one of completed, failed" in came.output


def test_levels(folder: Path) -> None:
    """What is no must fails only if the user says so."""
    write(folder, sent={"quality": "8k"})
    assert run("traffic", "shop.har").exit_code == 0
    assert run("traffic", "shop.har", "--level", "should").exit_code == 1
    assert run("traffic", "shop.har", "--level", "all").exit_code == 1


def test_baselines(folder: Path) -> None:
    """What is known does not fail; a baseline that is out of date does."""
    write(folder, sent={"duration": "5"})
    known = folder / "known.yaml"
    known.write_text("known:\n  - rule: A8\n    reason: It is being mended.\n")
    assert run("traffic", "shop.har", "--baseline", "known.yaml").exit_code == 0
    write(folder)
    came = run("traffic", "shop.har", "--baseline", "known.yaml")
    assert came.exit_code == 1
    assert "take the entry out" in came.output


def test_several_reports(folder: Path) -> None:
    """Each form goes to its file, and one may go to the terminal."""
    write(folder)
    came = run("traffic", "shop.har", "--format", "junit", "--output", "out.xml", "--format", "text")
    assert came.exit_code == 0
    assert (folder / "out.xml").read_text().startswith("<?xml")
    assert "The client's contract" in came.output


def test_where_the_api_is(folder: Path) -> None:
    """The traffic shows it, or the user says it."""
    write(folder, url="https://gateway.example.com/x")
    came = run("traffic", "shop.har")
    assert came.exit_code == 2
    assert "none of its 1 exchanges is with the API; --api says where that is" in came.output
    assert run("traffic", "shop.har", "--api", "https://gateway.example.com").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing.har",), "nothing.har cannot be read: No such file"),
        (("shop.har", "--api", "gateway"), "--api must be an http or https URL, not 'gateway'"),
        (("shop.har", "--docs", "rules"), "--docs must be an http or https URL, not 'rules'"),
        (("shop.har", "--baseline", "no.yaml"), "--baseline no.yaml cannot be read: No such file"),
        (("shop.har", "--baseline", "shop.har"), "--baseline shop.har: "),
        (("shop.har", "--output", "a", "--output", "b"), "there are 2 --output for 1 --format"),
        (("shop.har", "--format", "text", "--format", "json"), "only one --format can go to the terminal"),
        (("shop.har", "--output", "no/out.txt"), "--output no/out.txt cannot be written: No such file"),
    ],
)
def test_wrong_usage(folder: Path, arguments: tuple[str, ...], told: str) -> None:
    """It is said in one sentence, and exits with 2."""
    write(folder)
    came = run("traffic", *arguments)
    assert came.exit_code == 2
    assert told in came.output
    assert "Traceback" not in came.output


def test_all_rules() -> None:
    """Those for clients and those for servers, a line each."""
    lines = run("rules").output.splitlines()
    assert lines[0] == "Rules for clients"
    assert "Rules for servers" in lines
    assert sum(line.startswith("  A1 ") for line in lines) == 1


def test_one_rule() -> None:
    """All about it, whichever way its name is written."""
    told = run("rules", "a6").output
    assert told.startswith("A6: prompt is a text")
    for part in (
        "level     must",
        "ground    documented",
        "clause    PROMPT-MAX: prompt has",
        "why       ",
        "seen      ",
        "exposure  ",
        "advice    ",
        '\n\nPython, in contracts/rules/fixes/python/asking.py:\n\n    """The body of a create',
        "\n\nTypeScript, in contracts/rules/fixes/typescript/asking.mjs:\n\n    // The body of a create",
    ):
        assert part in told
    assert run("rules", "L4").exit_code == 0


@pytest.mark.parametrize(("name", "told"), [("A99", "did you mean A9?"), ("???", "there is no rule '???'")])
def test_no_such_rule(name: str, told: str) -> None:
    """The nearest is named."""
    came = run("rules", name)
    assert came.exit_code == 2
    assert told in came.output
    assert CAT not in came.output
