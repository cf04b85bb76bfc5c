"""The action of GitHub and the recipes: they have the shape that they must have, and their scripts do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.cli import main
from contracts.report.verdicts import WRITERS
from tests.docs.conftest import ROOT
from tests.running import PATIENCE, clean, started

ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
RECIPES = ROOT / "examples" / "ci"
CLIENT = f"{sys.executable} '{ROOT / 'tests' / 'battery' / 'programs' / 'plain.py'}'"
EVIL = '"; touch evil; "$(touch evil)`touch evil`'
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")

pytestmark = [pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"), pytest.mark.uncounted]


def steps() -> list[dict[str, Any]]:
    """Return the steps of the action."""
    found: list[dict[str, Any]] = ACTION["runs"]["steps"]
    return found


def judging() -> dict[str, Any]:
    """Return the step that judges."""
    (step,) = (step for step in steps() if step.get("id") == "judge")
    return step


@dataclass(frozen=True)
class Came:
    """What came of the step that judges: its exit code, the log, the outputs, and the summary of the job."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


class Runner:
    """Runs the step that judges, as GitHub's runner does: with its inputs, their defaults, and files to write to."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workspace = home / "work space"
        self.workspace.mkdir()
        tools = home / "temp" / "evolink-judge"
        tools.mkdir(parents=True)
        (tools / "bin").symlink_to(Path(sys.executable).parent)

    def run(self, **inputs: str) -> Came:
        """Run it with these inputs."""
        given = {name: each["default"] for name, each in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        output, summary = self.home / "output", self.home / "summary"
        for file in (output, summary):
            file.write_text("", "utf-8")
        environment = {
            name: EXPRESSION.sub(lambda found: given[found[1].strip().removeprefix("inputs.")], value)
            for name, value in judging()["env"].items()
        }
        environment |= {
            "RUNNER_TEMP": str(self.home / "temp"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        }
        came = bash(judging()["run"], self.workspace, environment)
        told = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        return Came(came.returncode, came.stdout, told, summary.read_text("utf-8"))


def bash(script: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script as a runner does, with standard error among the output."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=clean(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner with a workspace of its own, whose name has a space."""
    return Runner(tmp_path)


def flags(command: str) -> set[str]:
    """Return the options that a command takes."""
    return {flag for parameter in main.commands[command].params for flag in parameter.opts}


def expressions(value: object) -> Iterator[str]:
    """Yield what is put in by the runner, anywhere in a value."""
    yield from (found.strip() for found in EXPRESSION.findall(json.dumps(value)))


def test_scripts_are_given_nothing_but_variables() -> None:
    """What a user says is never a part of a script, so that it cannot be more than a value."""
    scripts = [step["run"] for step in steps() if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []
    assert {step["shell"] for step in steps() if "run" in step} == {"bash"}


def test_inputs_and_outputs_are_what_the_steps_have() -> None:
    """Each input is used and described, and none is used that is not there; outputs are those of the step."""
    used = {found.removeprefix("inputs.") for found in expressions(steps()) if found.startswith("inputs.")}
    assert used == set(ACTION["inputs"])
    assert all(each["description"] and isinstance(each["default"], str) for each in ACTION["inputs"].values())
    assert {each["value"] for each in ACTION["outputs"].values()} == {
        f"${{{{ steps.judge.outputs.{name} }}}}" for name in ACTION["outputs"]
    }
    read = set(re.findall(r"INPUT_[A-Z]+", judging()["run"]))
    assert read == set(judging()["env"])


@pytest.mark.parametrize("path", [ROOT / "action.yml", RECIPES / "github.yml"], ids=lambda path: path.name)
def test_other_actions_have_a_version(path: Path) -> None:
    """By name and number."""
    used = re.findall(r"uses: (\S+)", path.read_text("utf-8"))
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@v\d+(\.\d+\.\d+)?", name)] == []


def test_the_recipe_says_what_the_action_takes() -> None:
    """Its inputs and outputs are there."""
    jobs = yaml.safe_load((RECIPES / "github.yml").read_text("utf-8"))["jobs"]
    (trial,) = (step for job in jobs.values() for step in job["steps"] if step.get("id") == "trial")
    assert set(trial["with"]) <= set(ACTION["inputs"])
    outputs = set(re.findall(r"steps\.trial\.outputs\.([\w-]+)", json.dumps(jobs)))
    assert outputs <= set(ACTION["outputs"])


def test_the_document_has_each_input_and_output() -> None:
    """In its two tables, with what holds if an input is left out."""
    text = (ROOT / "docs" / "how-to" / "ci.md").read_text("utf-8")
    inputs, outputs = re.findall(r"^\| (?:in|out)put \|.*\n\|.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    rows = [[cell.strip() for cell in row.split("|")[1:3]] for row in inputs.splitlines()]
    assert [name for name, _ in rows] == [f"`{name}`" for name in ACTION["inputs"]]
    for (_, default), given in zip(rows, ACTION["inputs"].values(), strict=True):
        assert not given["default"] or default == f"`{given['default']}`"
    named = "".join(row.split("|")[1] for row in outputs.splitlines())
    assert set(re.findall(r"`([\w-]+)`", named)) == set(ACTION["outputs"])


def test_the_commands_take_what_the_scripts_say() -> None:
    """Each option is one of the command that it is given to; each form of a report is an output."""
    assert set(re.findall(r"arguments\+=\((--[a-z]+)", judging()["run"])) <= flags("client")
    assert set(WRITERS) - {"github"} == set(ACTION["outputs"]) & set(WRITERS)


def test_a_good_client_passes(runner: Runner) -> None:
    """The job's summary says so, and the reports are where the outputs say."""
    came = runner.run(command=CLIENT, options="--scenario good-weather", formats="junit")
    assert came.code == 0, came.log
    assert {name: came.outputs[name] for name in ("verdict", "exit-code")} == {"verdict": "passed", "exit-code": "0"}
    assert came.summary.startswith("## The client's contract: passed\n")
    directory = Path(came.outputs["directory"])
    assert Path(came.outputs["junit"]) == directory / "verdict.xml"
    assert (directory / "scenarios" / "good-weather" / "traffic.har").exists()
    assert "sarif" not in came.outputs
    assert [*runner.workspace.iterdir()] == []


def test_a_careless_client_fails(runner: Runner) -> None:
    """The step fails as the command does, with an annotation; all reports are written, and what is told is kept out."""
    came = runner.run(
        command=f"{CLIENT} retries-without-key",
        options="--scenario 'lost-answer'",
        formats="sarif junit html json text",
        directory="re port",
        keep="false",
        expects="download,several",
    )
    assert came.code == 1, came.log
    assert came.outputs["verdict"] == "failed"
    assert "\n::error title=B3%3A " in came.log
    assert "| FAIL | B3 |" in came.summary
    directory = runner.workspace / "re port"
    assert {file.name for file in directory.iterdir()} == {
        f"verdict.{ending}" for ending in ("md", "sarif", "xml", "html", "json", "txt")
    }
    assert Path(came.outputs["markdown"]).read_text("utf-8") == came.summary


@pytest.mark.slow
def test_a_proof(runner: Runner) -> None:
    """It has forms of its own, and its matrix is the summary."""
    came = runner.run(command=CLIENT, prove="true", options="--cell create/lost-after-commit")
    assert (came.code, came.outputs["verdict"]) == (0, "passed"), came.log
    assert came.summary.startswith("~~~~text\nThe fault-point proof of ")
    assert came.summary.endswith("\n1 cell: 0 red, 1 green, 0 grey\n~~~~\n")
    assert {name for name in WRITERS if name in came.outputs} == {"text", "html", "json"}


def test_a_client_that_does_not_run(runner: Runner) -> None:
    """That is no verdict; no report of an earlier run is left."""
    old = runner.home / "temp" / "evolink-report" / "verdict.sarif"
    old.parent.mkdir()
    old.write_text("{}")
    came = runner.run(command="no-such-program --with 'two words'", annotations="false")
    assert came.code == 2
    assert came.outputs["verdict"] == "unknown"
    assert "no-such-program cannot be started" in came.log
    assert came.summary == "Nothing could be found out about the client; the log says why.\n"
    assert "sarif" not in came.outputs
    assert not old.exists()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"judge": "clients"}, "judge must be client, server or traffic"),
        ({"command": "python 'a.py"}, "the quotes of command do not match"),
        ({"options": '--level "'}, "the quotes of options do not match"),
    ],
)
def test_an_input_that_is_wrong(runner: Runner, inputs: dict[str, str], said: str) -> None:
    """It is told in an annotation, and nothing is run."""
    came = runner.run(**inputs)
    assert (came.code, came.outputs) == (2, {"verdict": "unknown", "exit-code": "2"})
    assert came.log.endswith(f"::error title=EvoLink contracts::{said}\n")


@pytest.mark.parametrize("judge", ["traffic", "client", EVIL])
def test_a_value_is_no_script(runner: Runner, judge: str) -> None:
    """What a shell would run in an input is a word like any other."""
    said = dict.fromkeys(("command", "target", "expects", "baseline", "options", "directory"), EVIL)
    assert runner.run(judge=judge, **said).code == 2
    assert not [*runner.home.rglob("evil")]


def test_recorded_traffic(runner: Runner) -> None:
    """A file in the workspace is judged, findings point to it, and what is known of it does not fail."""
    body = {
        "model": "wan2.6-reference-video-flash",
        "prompt": "A cat",
        "video_urls": ["https://example.com/a.mp4"],
        "duration": "5",
    }
    with started() as server, server.client() as client:
        client.post("/v1/videos/generations", json=body)
        har = client.get("/_mock/journal.har").text
        assert server.stop() == 0
    (runner.workspace / "shop.har").write_text(har, "utf-8")
    (runner.workspace / "known.yaml").write_text("known: [{rule: A8, reason: It is to be mended in May.}]")
    came = runner.run(judge="traffic", target="shop.har", formats="")
    assert (came.code, came.outputs["verdict"]) == (1, "failed")
    assert "\n::error file=shop.har,line=1,title=A8%3A " in f"\n{came.log}"
    assert runner.run(judge="traffic", target="shop.har", baseline="known.yaml").code == 0


def test_the_client_has_none_of_the_inputs(runner: Runner) -> None:
    """Nor what the step has for itself; its own variables are there."""
    (runner.workspace / "client.sh").write_text("env > seen; exit 3\n")
    assert runner.run(command="sh client.sh").code == 2
    seen = (runner.workspace / "seen").read_text("utf-8")
    assert "INPUT_" not in seen
    assert "EVOLINK_API_KEY=" in seen


def tools(folder: Path, command: str) -> dict[str, str]:
    """Return variables by which recipes find a command of contracts that is this script, and our own python."""
    place = folder / "tools"
    place.mkdir()
    stand_in = place / "evolink-contracts"
    stand_in.write_text(f"#!/bin/sh\n{command}\n", "utf-8")
    stand_in.chmod(0o755)
    (place / "python").symlink_to(sys.executable)
    return {"PATH": f"{place}{os.pathsep}{os.environ['PATH']}"}


def test_the_recipe_for_gitlab(tmp_path: Path) -> None:
    """Its lines, run as they stand in one scenario, write the report that the job shows."""
    job = yaml.safe_load((RECIPES / "gitlab.yml").read_text("utf-8"))["evolink"]
    shutil.copy(ROOT / "tests" / "battery" / "programs" / "plain.py", tmp_path / "make_video.py")
    script = "\n".join(job["script"]).replace(".judge/bin/", "")
    real = Path(sys.executable).with_name("evolink-contracts")
    found = tools(tmp_path, f'shift; exec "{real}" client --scenario lost-answer "$@"')
    came = bash(script, tmp_path, found)
    assert came.returncode == 0, came.stdout
    assert "<testsuite " in (tmp_path / job["artifacts"]["reports"]["junit"]).read_text("utf-8")
    assert job["artifacts"]["when"] == "always"
    assert (tmp_path / "evolink" / "scenarios" / "lost-answer" / "timeline.txt").exists()


@pytest.mark.parametrize(("code", "said"), [(0, "keeps all rules"), (1, "broke a rule"), (2, "could be found out")])
def test_the_recipe_for_shells(tmp_path: Path, code: int, said: str) -> None:
    """It runs the command with its words as they are, says what came of it, and exits with the same."""
    found = tools(tmp_path, f'printf "%s\\n" "$@" > said; exit {code}')
    came = bash(f"sh '{RECIPES / 'trial.sh'}' ./make-video 'two words'", tmp_path, found)
    assert came.returncode == code
    assert said in came.stdout
    *options, dashes, program, argument = (tmp_path / "said").read_text("utf-8").splitlines()
    assert (dashes, program, argument) == ("--", "./make-video", "two words")
    assert {option for option in options if option.startswith("--")} <= flags("client")
