"""The command that judges a program: what it takes, tells and exits with."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal
from click.testing import CliRunner, Result

from contracts import Evolink
from contracts.battery.in_process import InProcessDrive
from contracts.battery.scenario import Scenario, load_scenarios
from contracts.battery.trial import Trial
from contracts.cli import main
from contracts.commands import client_battery
from contracts.drive.programs.faketime import Faketime, Fitness
from mock_server.entrance.authority import MissingExtraError
from tests.battery.careful import make_videos
from tests.clients.creation import retry_plainly
from tests.pages.writing import page, write

Made = Callable[[Evolink, Scenario], object]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Stage:
    """Lets functions stand in for programs, and remembers what the command wanted of them."""

    def __init__(self, portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given: dict[str, Any] = {}
        self._portal = portal
        self._monkeypatch = monkeypatch

    def play(self, client: Made) -> None:
        """Let a function stand in for the program."""
        self.drive(InProcessDrive(self._portal, client))

    def drive(self, drive: object) -> None:
        """Let something stand in for what runs the program."""

        def make(command: tuple[str, ...], **given: Any) -> object:
            self.given = {"command": command, **given}
            return drive

        self._monkeypatch.setattr(client_battery, "ProgramDrive", make)


@pytest.fixture
def stage(portal: BlockingPortal, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Stage:  # noqa: ARG001 - it runs there
    """What functions stand in for programs by."""
    return Stage(portal, monkeypatch)


def run(*arguments: str, command: tuple[str, ...] = ("make-video",)) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["client", *arguments, "--", *command])


@pytest.mark.uncounted
def test_a_good_program(stage: Stage) -> None:
    """It is run where nothing goes wrong and in the rest, each is told of, and nothing is found."""
    stage.play(make_videos)
    result = run("--rule", "B3", "--rule", "A1", "--jobs", "1")
    assert result.exit_code == 0, result.output
    first, *others = result.stderr.splitlines()[:4]
    assert first.startswith("[1/4] good-weather: ended well")
    assert sorted(line.split()[1] for line in others) == ["late-gateway:", "lost-answer:", "lost-answers:"]
    assert "4 scenarios tried, " in result.stderr
    assert "The client's contract of make-video" in result.stdout


def test_a_bad_program(stage: Stage, folder: Path) -> None:
    """What is found fails the run, says where, and can be repeated; reports go where they are wanted."""
    stage.play(lambda evolink, _: retry_plainly(evolink))
    result = run(
        "--scenario", "lost-answer", "--format", "json", "--output", "verdict.json", command=("node", "a b.mjs")
    )
    assert result.exit_code == 1, result.output
    repeat = "  evolink-contracts client --scenario lost-answer --keep red -- node 'a b.mjs'"
    assert repeat in result.stderr.splitlines()
    report = json.loads((folder / "verdict.json").read_text())
    (outcome,) = [each for each in report["outcomes"] if each["grade"] == "fail"]
    assert outcome["rule"] == "B3"
    assert outcome["findings"][0]["subject"].startswith("lost-answer: ")
    assert {each["number"] for each in report["exchanges"]} >= set(outcome["findings"][0]["exchanges"])


def test_what_is_repeated_is_run_likewise(stage: Stage, folder: Path) -> None:
    """What the user said of how the program is run is in the command that repeats what failed."""
    stage.play(lambda evolink, _: retry_plainly(evolink))
    write(folder, page(), "sketch.json")
    led = ("--receiver", "http://127.0.0.1:9000/hooks", "--page", "sketch.json")
    given = (*led, "--allow-host", "example.com", "--limit", "90")
    told = run("--scenario", "lost-answer", *given).stderr
    assert f"  evolink-contracts client --scenario lost-answer {' '.join(given)} --keep red -- make-video\n" in told


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("command", "file"),
    [
        (("python", "-u", "./tools/make.py", "known.yaml"), "tools/make.py"),
        (("./make-video", "tools"), None),
        (("../make.py", sys.executable), None),
    ],
)
def test_findings_point_to_the_program(stage: Stage, folder: Path, command: tuple[str, ...], file: str | None) -> None:
    """To its file, where that is in the directory or below it."""
    stage.play(make_videos)
    (folder / "tools").mkdir()
    (folder / "tools" / "make.py").write_text("")
    (folder / "known.yaml").write_text("")
    run("--scenario", "busy-once", "--format", "json", "--output", "verdict.json", command=command)
    assert json.loads((folder / "verdict.json").read_text())["artifact"] == file


def test_a_program_that_writes_where_all_run(stage: Stage, folder: Path) -> None:
    """It is told after the first scenario, since runs side by side may disturb each other by that."""

    def client(evolink: Evolink, scenario: Scenario) -> None:
        (folder / "clip.mp4").write_text(scenario.name)
        make_videos(evolink, scenario)

    stage.play(client)
    result = run("--scenario", "good-weather", "--scenario", "busy-once")
    assert result.stderr.splitlines()[1].startswith("It wrote clip.mp4 into this directory, which all runs share.")
    stage.play(make_videos)
    assert "It wrote" not in run("--scenario", "good-weather").stderr


def test_a_baseline(stage: Stage, folder: Path) -> None:
    """What is known, with its scenario, does not fail a run."""
    stage.play(lambda evolink, _: retry_plainly(evolink))
    known = 'known: [{rule: B3, subject: "lost-answer: *", reason: "It is to be mended in May."}]'
    (folder / "known.yaml").write_text(known)
    result = run("--scenario", "lost-answer", "--baseline", "known.yaml")
    assert result.exit_code == 0, result.output


@pytest.mark.uncounted
def test_what_is_kept(stage: Stage, folder: Path) -> None:
    """Each scenario has a folder of its own there."""
    stage.play(make_videos)
    assert run("--scenario", "busy-once", "--scenario", "stuck", "--keep", "kept").exit_code == 0
    assert {path.name for path in (folder / "kept").iterdir()} == {"busy-once", "stuck"}
    assert (folder / "kept" / "busy-once" / "traffic.har").exists()
    assert stage.given["keep"] == folder / "kept"


def test_what_cannot_be_kept(stage: Stage, folder: Path) -> None:
    """Where there is a file, no folder can be made."""
    stage.play(make_videos)
    (folder / "kept").mkdir()
    (folder / "kept" / "busy-once").write_text("")
    result = run("--scenario", "busy-once", "--keep", "kept")
    assert result.exit_code == 2
    assert "--keep kept: kept/busy-once" in result.stderr
    assert "cannot be written: " in result.stderr


def test_what_it_hands_on(stage: Stage, folder: Path) -> None:
    """What the user says of the program is handed on."""
    stage.play(make_videos)
    given = ("--limit", "9", "--allow-host", "example.com", "--receiver", "http://127.0.0.1:9000/hooks")
    write(folder, page(), "sketch.json")
    assert run("--scenario", "busy-once", *given, "--page", "sketch.json").exit_code == 0
    wanted = {
        "pages": ("sketch.json",),
        "limit_seconds": 9.0,
        "allowed": ("example.com",),
        "receiver": "http://127.0.0.1:9000/hooks",
        "speed": 1.0,
    }
    assert {name: stage.given[name] for name in wanted} == wanted
    assert stage.given["command"] == ("make-video",)


def test_one_receiver_takes_one_scenario_at_a_time(stage: Stage) -> None:
    """Scenarios with callbacks come last, one after the other, if the program always listens at one place."""
    begun: list[str] = []

    class Drive:
        def run(self, scenario: Scenario) -> Trial:
            begun.append(scenario.name)
            return Trial(scenario=scenario, ending="well")

    stage.drive(Drive())
    names = ("callback", "callback-twice", "queue")
    chosen = [word for name in names for word in ("--scenario", name)]
    assert run(*chosen, "--receiver", "http://127.0.0.1:9000/hooks").exit_code == 0
    assert begun == ["queue", "callback", "callback-twice"]


def test_a_harness_that_fails(stage: Stage) -> None:
    """What could not be found out is no finding, and is told by the exit code."""

    class Drive:
        def run(self, _: Scenario) -> Trial:
            raise OSError("no more files")

    stage.drive(Drive())
    result = run("--scenario", "lost-answer")
    assert result.exit_code == 2
    assert "[1/1] lost-answer: could not be tried: OSError: no more files" in result.stderr


def test_a_list() -> None:
    """The scenarios that would be run are listed, by what the program does."""
    listed = run("--list", "--expects", "download, upload").stdout.splitlines()
    assert listed[0].split(maxsplit=1) == ["good-weather", "Nothing goes wrong."]
    assert {line.split()[0] for line in listed} == {
        name for name, scenario in load_scenarios().items() if scenario.needs <= {"download", "upload"}
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "E1", "--expects", ""), "no scenario puts E1 to the test of a client that does just this"),
        (("--receiver", "https://x"), "--receiver must be a URL such as http://127.0.0.1:9000/hooks, not 'https://x'"),
    ],
)
def test_what_it_does_not_take(arguments: tuple[str, ...], said: str) -> None:
    """What cannot be is refused in a sentence, before anything runs."""
    result = run(*arguments)
    assert (result.exit_code, result.stderr.strip()) == (2, f"Error: {said}")


def test_no_command() -> None:
    """Without a command it says how to give one."""
    result = run(command=())
    assert result.exit_code == 2
    assert "say what to run after two dashes" in result.stderr


@pytest.mark.usefixtures("stage")
def test_a_missing_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what makes certificates it says what to install."""

    def fail(*_: object) -> None:
        raise MissingExtraError("HTTPS needs trustme: pip install 'evolink-mock[tls]'")

    monkeypatch.setattr(client_battery, "Authority", fail)
    result = run()
    assert result.exit_code == 2
    assert "HTTPS needs trustme" in result.stderr


@pytest.mark.usefixtures("folder")
def test_a_command_that_is_wrong() -> None:
    """One that fails where nothing goes wrong is told of plainly, and nothing else is tried."""
    result = run(command=(sys.executable, "-c", "raise SystemExit('usage: make-video FILE')"))
    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert told[1:4] == [
        "In good-weather (Nothing goes wrong) the command ended badly: exit code 1.",
        "No other scenario was tried.",
        "The last of its errors:",
    ]
    assert "  usage: make-video FILE" in told[4:]


@pytest.mark.usefixtures("folder")
def test_a_command_that_is_not_there() -> None:
    """It is told of also where one scenario alone is run."""
    result = run("--scenario", "busy", command=("no-such-program",))
    assert result.exit_code == 2
    assert "no-such-program cannot be started: there is no such program on PATH" in result.stderr


def hurry(stage: Stage, monkeypatch: pytest.MonkeyPatch, faketime: Faketime | None, fitness: Fitness) -> Result:
    """Run the command with a speed, where trying that comes to this."""
    stage.play(make_videos)
    monkeypatch.setattr(client_battery, "find_faketime", lambda: faketime)
    monkeypatch.setattr(client_battery, "try_faketime", lambda *_, **__: fitness)
    return run("--scenario", "busy-once", "--speed", "50")


def test_a_speed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's time is compressed, and what there is to know of that is told."""
    faketime = Faketime(Path("/usr/lib/libfaketime.so.1"))
    result = hurry(stage, monkeypatch, faketime, Fitness(usable=True, told="it hangs when it is waiting for threads"))
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == "--speed: it hangs when it is waiting for threads"
    assert (stage.given["speed"], stage.given["environment"]["FAKETIME"]) == (50.0, "+0 x50")


@pytest.mark.parametrize("faketime", [None, Faketime(Path("/usr/lib/libfaketime.so.1"))])
def test_a_speed_that_cannot_be_had(stage: Stage, monkeypatch: pytest.MonkeyPatch, faketime: Faketime | None) -> None:
    """Then time is real, which is told with the reason."""
    result = hurry(stage, monkeypatch, faketime, Fitness(usable=False, told="there is no such thing"))
    assert result.exit_code == 0
    assert result.stderr.splitlines()[:2] == [
        "--speed: there is no such thing",
        "--speed is left out: what takes longer than the limit is not put to the test",
    ]
    assert (stage.given["speed"], "FAKETIME" in stage.given["environment"]) == (1.0, False)


def test_a_speed_without_remarks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is well nothing is said."""
    result = hurry(stage, monkeypatch, Faketime(Path("/x")), Fitness(usable=True))
    assert "--speed" not in result.stderr


def test_an_interruption(stage: Stage) -> None:
    """Whoever interrupts it gets no verdict, and no traceback."""

    class Drive:
        def run(self, _: Scenario) -> Trial:
            raise KeyboardInterrupt

    stage.drive(Drive())
    result = run("--scenario", "busy", "--scenario", "queue")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-1] == "interrupted: the program was ended, and is not judged"
