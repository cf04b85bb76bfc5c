"""The command: what it takes, what it writes where, and what it exits with."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contracts.cli import main
from contracts.drive.live import LiveServer
from contracts.probes.runner import _Run
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.mutants.wrapping import Answered, Asked, broken, with_json

FREE = ["--only", "readings"]
ME = {"EVOLINK_API_KEY": "sk-my-secret-key"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A simulator that is running, and hears callbacks nowhere."""
    with LiveServer(create_app(Settings(speed=1, videos="packaged"))).running() as url:
        yield url


def judge(*arguments: str, **environment: str) -> Result:
    """Run the command with nobody's keys but these."""
    clean = {"EVOLINK_API_KEY": None, "EVOLINK_API_KEY_2": None, **environment}
    return CliRunner().invoke(main, ["server", *arguments], env=clean)


def test_a_plan_is_shown_and_nothing_done(url: str) -> None:
    """On standard output, with the exit code 0, and without a key."""
    shown = judge(url, "--no-control", "--dry-run", "--budget", "9", *FREE, "--only", "life")
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"What is asked of {url}: 9 credits at most, of a budget of 9\n")


def test_any_server_is_judged_by_free_calls(url: str) -> None:
    """What is told goes to standard error, the report to standard output, and the key nowhere."""
    judged = judge(url, "--no-control", **ME)
    assert judged.exit_code == 0, judged.output
    assert "not done: life, as it may cost 9 credits, and 0 of the budget are left" in judged.stderr
    assert "spent: 0 credits" in judged.stderr
    assert judged.stdout.splitlines()[-1].endswith(" passed")
    assert "secret" not in judged.output


@pytest.mark.uncounted
def test_a_simulator_on_this_machine_needs_no_key(url: str) -> None:
    """Its money is nobody's, and its time stands still."""
    judged = judge(url, "--only", "life", "--only", "files")
    assert judged.exit_code == 0, judged.output
    assert "18 credits at most" not in judged.stderr
    assert "of a simulator" in judged.stderr


@pytest.mark.uncounted
def test_our_own_simulator_is_started() -> None:
    """For the time that it is judged."""
    judged = judge("--simulator", "--only", "K8")
    assert (judged.exit_code, judged.stdout.splitlines()[-1]) == (0, "1 passed")


def test_reports_go_where_they_are_to(url: str, tmp_path: Path) -> None:
    """The n-th format to the n-th output, and one to the terminal."""
    forms = ["--format", "json", "--format", "junit", "--format", "github"]
    outputs = ["--output", str(tmp_path / "a.json"), "--output", str(tmp_path / "b.xml")]
    judged = judge(url, *FREE, *forms, *outputs)
    assert judged.exit_code == 0, judged.output
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["target"] == url
    assert (tmp_path / "b.xml").read_text("utf-8").startswith("<?xml")
    assert "not put to the test" not in judged.stdout


def _all_fails(_: Asked, answered: Answered) -> Answered:
    return with_json(answered, {"detail": "no"}, 500)


def test_findings_exit_with_1(tmp_path: Path) -> None:
    """Unless a baseline knows of them; one that knows of what is no longer there fails."""
    known = tmp_path / "known.yaml"
    known.write_text("known: [{rule: P1, reason: old}, {rule: S2, reason: old}]", "utf-8")
    with LiveServer(broken(answers=_all_fails)(Settings(speed=0))).running() as url:
        found, allowed = judge(url, *FREE), judge(url, *FREE, "--baseline", str(known))
    assert (found.exit_code, allowed.exit_code) == (1, 0), found.output + allowed.output
    assert "FAIL P1" in found.stdout
    assert "spent: the server does not say" in found.stderr
    with LiveServer(create_app(Settings(speed=0))).running() as url:
        stale = judge(url, *FREE, "--baseline", str(known))
    assert stale.exit_code == 1
    assert "STALE" in stale.stdout


@pytest.mark.uncounted
def test_levels() -> None:
    """What is no MUST fails only who wants that."""

    def keep_the_estimate(asked: Asked, answered: Answered) -> Answered:
        if not asked.is_query or answered.status != 200 or "estimated_time" not in answered.json["task_info"]:
            return answered
        task_info = {**answered.json["task_info"], "estimated_time": 100}
        return with_json(answered, {**answered.json, "task_info": task_info})

    with LiveServer(broken(answers=keep_the_estimate)(Settings(speed=0, videos="packaged"))).running() as url:
        must, should = judge(url, "--only", "L8"), judge(url, "--only", "L8", "--level", "should")
    assert (must.exit_code, should.exit_code) == (0, 1)
    assert "WARN L8" in must.stdout


def test_what_did_not_go_to_its_end_exits_with_2() -> None:
    """What could not be asked was not judged."""

    def refuse(asked: Asked, answered: Answered) -> Answered:
        told = {"error": {"code": "invalid_request", "message": "No", "type": "invalid_request_error"}}
        return with_json(answered, told, 400) if asked.is_create else answered

    with LiveServer(broken(answers=refuse)(Settings(speed=0))).running() as url:
        judged = judge(url, "--only", "others")
    assert judged.exit_code == 2
    assert "others did not go to its end: POST /v1/videos/generations was answered with 400" in judged.stderr
    assert "not to their end: others" in judged.stderr


def test_an_interrupted_run_tells_what_it_found(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And exits with 2, as it is no whole one."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_Run, "_probe", interrupt)
    judged = judge(url, *FREE)
    assert judged.exit_code == 2
    assert "interrupted: what follows is what was found until then" in judged.stderr
    assert "The server's contract of" in judged.stdout


def test_callbacks_are_listened_for(url: str) -> None:
    """Where the user says that they come to."""
    where = ["--callback-url", "https://hooks.example.com", "--listen", "127.0.0.1:0"]
    shown = judge(url, *where, "--only", "callback", "--dry-run")
    assert shown.exit_code == 0, shown.output
    assert "not done" not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either the URL of a server or --simulator"),
        (["https://x", "--simulator"], "give either the URL of a server or --simulator"),
        (["x"], "URL must be https:// or http://, a host and maybe a port, without a path; it is 'x'"),
        (["https://x"], "EVOLINK_API_KEY is not set: it must have the key of the account that is used"),
        (["https://x", "--listen", "127.0.0.1:0", "--dry-run"], "--callback-url and --listen are given together"),
        (
            ["https://x", "--callback-url", "http://y", "--listen", "127.0.0.1:0", "--dry-run"],
            "--callback-url must be https://, a host",
        ),
        (["https://x", "--files", "y", "--dry-run"], "--files must be https:// or http://"),
        (["https://x", "--only", "lief", "--dry-run"], "'lief' is the id of no probe and no rule; did you mean life?"),
        (["https://x", "--baseline", "nowhere"], "--baseline nowhere cannot be read: No such file or directory"),
        (["https://x", "--output", "a", "--output", "b"], "there are 2 --output for 1 --format"),
        (["https://x", "--format", "json", "--format", "text"], "only one --format can go to the terminal"),
        (["https://x", "--control", "http://127.0.0.1:9"], "there is no control API at http://127.0.0.1:9: "),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    """One sentence, and the exit code 2."""
    refused = judge(*arguments)
    assert refused.exit_code == 2
    assert refused.stderr.startswith(f"Error: {message}")
    assert refused.stderr.count("\n") == 1


def test_a_baseline_that_is_none(tmp_path: Path) -> None:
    """The file and the place in it are named."""
    (tmp_path / "known.yaml").write_text("known: [{rule: L99, reason: old}]", "utf-8")
    refused = judge("https://x", "--baseline", str(tmp_path / "known.yaml"))
    assert refused.exit_code == 2
    assert "known.yaml: known[0].rule: there is no rule 'L99'" in refused.stderr


def test_a_port_that_is_taken() -> None:
    """One sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = judge("https://x", "--callback-url", "https://y", "--listen", where, "--dry-run")
    assert refused.exit_code == 2
    assert f"--listen {where} cannot be had: " in refused.stderr


def test_a_report_that_cannot_be_written(url: str, tmp_path: Path) -> None:
    """One sentence, after all that was told."""
    refused = judge(url, *FREE, "--output", str(tmp_path / "no" / "report"))
    assert refused.exit_code == 2
    assert f"--output {tmp_path}/no/report cannot be written: No such file or directory" in refused.stderr
