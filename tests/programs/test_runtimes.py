"""Which runtimes can be led to the simulator: by probes, and by `evolink-contracts client --check`."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import msgspec
import pytest
from click.testing import CliRunner

from contracts.cli import main
from contracts.commands import client_check
from contracts.drive.programs.faketime import Fitness
from contracts.drive.programs.probes import probe
from contracts.drive.programs.runtimes import WAYS, Checked, Way, check_ways
from mock_server.entrance.authority import MissingExtraError
from tests.running import clean

LED = Checked(
    runtime="Python",
    program="/bin/python",
    version="3.12.1",
    library="requests",
    library_version="2.0",
    led=True,
    how="A",
)
LOST = Checked(runtime="Go", program="/bin/go", led=False, library="net/http", told="refused", otherwise="do this")
UNTRIED = Checked(runtime="Java", program="/bin/java", told="no compiler", otherwise="do that")


def way(script: str, **changes: Any) -> Way:
    """Return a way that a script of the shell stands for."""
    told = {"runtime": "Shell", "library": "sh", "programs": ("no-such-program", "sh"), "how": "H", "otherwise": "O"}
    return Way(**{**told, "arguments": ("-c", script), **changes})


def check(script: str, directory: Path, **changes: Any) -> tuple[Checked, ...]:
    """Try a way that a script stands for."""
    return check_ways(clean(), key="sk-test", directory=directory, ways=[way(script, **changes)])


def test_who_is_answered_by_the_simulator_is_led(environment: Mapping[str, str], tmp_path: Path) -> None:
    """This very Python and Node come to the simulator, each by the way that is told."""
    wanted = {"http.client", "urllib.request", *(["fetch"] if shutil.which("node") else [])}
    ways = [each for each in WAYS if each.library in wanted]
    here = [msgspec.structs.replace(each, programs=(*each.programs, sys.executable)[-1:]) for each in ways[:2]]
    checked = check_ways(environment, key="sk-test", directory=tmp_path, ways=[*here, *ways[2:]])
    assert [(each.library, each.led, each.how) for each in checked] == [(each.library, True, each.how) for each in ways]
    assert checked[0].version == sys.version.split()[0]


@pytest.mark.parametrize(
    ("script", "led", "version", "told"),
    [
        ("""echo '{"version": "1.0", "status": 200}'""", True, "1.0", ""),
        ("""echo '{"curl_version": "libcurl/8.5.0 zlib/1.3", "response_code": 200}'""", True, "8.5.0", ""),
        ("""echo '{"version": "1.0", "status": 401}'""", False, "1.0", "the answer was 401"),
        ("""echo '{"version": "1.0", "error": "refused"}'""", False, "1.0", "refused"),
        ("echo no >&2; echo such >&2; echo >&2; exit 1", None, "", "such"),
        ("echo '[1]'; exit 4", None, "", "it ended by itself, exit code 4, without a word"),
    ],
)
def test_what_came_of_a_try(tmp_path: Path, script: str, *, led: bool | None, version: str, told: str) -> None:
    """An answer 200 is the simulator's; another or none is not; a program that tells nothing could not be tried."""
    [checked] = check(script, tmp_path)
    assert (checked.led, checked.version, checked.told) == (led, version, told)
    assert (checked.how, checked.otherwise) == (("H", "") if led else ("", "O"))
    assert checked.program.endswith("/sh")


def test_what_is_not_installed_is_left_out(tmp_path: Path) -> None:
    """Neither a program nor a library that is missing is told of."""
    assert check("exit", tmp_path, programs=("no-such-program",)) == ()
    assert check("""echo '{"missing": true}'""", tmp_path) == ()


def test_the_key_and_the_probes_are_put_in(tmp_path: Path) -> None:
    """A command gets the key and the folder of the probes."""
    [checked] = check("""ls {probes}/probe.py >&2; echo {key} >&2""", tmp_path)
    assert checked.told == "sk-test"


class Answer:
    """An answer 200 of any library, and a session that gives it."""

    status = status_code = 200

    def __init__(self, *_: object, **__: object) -> None:
        """Take whatever is given."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def get(self, *_: object, **__: object) -> "Answer":
        """Answer; so do the others."""
        return self

    getresponse = get
    request = get


@pytest.mark.parametrize("name", probe.CALLS)
def test_the_probe_asks_by_each_library(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The probe of Python tells the status that a library of that form got, and its version."""
    answers = {"HTTPSConnection": Answer, "ClientSession": Answer, "urlopen": Answer, "Request": Answer}
    library = SimpleNamespace(__version__="1.2", get=Answer, **answers)
    monkeypatch.setattr(probe, "import_module", lambda _: library)
    probe.main(name)
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["library"]) == (200, "1.2")


def test_the_probe_tells_what_went_wrong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The probe tells of a library that is missing, and of an error."""
    probe.CALLS["no_such_library"] = probe.call
    probe.main("no_such_library")
    assert json.loads(capsys.readouterr().out)["missing"]
    monkeypatch.setattr(probe, "import_module", lambda _: None)
    probe.main("requests")
    assert json.loads(capsys.readouterr().out)["error"].startswith("AttributeError: ")
    del probe.CALLS["no_such_library"]


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """How to get the exit code and the words of the command, for what came of trying the runtimes."""

    def run(*options: str, checked: tuple[Checked, ...] = (LED,)) -> tuple[int, str]:
        monkeypatch.setattr(client_check, "check_ways", lambda *_, **__: checked)
        monkeypatch.setattr(client_check, "try_faketime", lambda *_, **__: Fitness(usable=True, told="but slowly"))
        result = CliRunner().invoke(main, ["client", "--check", *options])
        return result.exit_code, result.output

    return run


def test_the_table(command: Command) -> None:
    """The table shows who is led and how, and what to do about others; who is not led makes it exit with 1."""
    code, told = command(checked=(LED, LOST, UNTRIED))
    assert code == 1
    assert told == (
        "runtime  version  library       led  how, or what to do\n"
        "Python   3.12.1   requests 2.0  yes  A\n"
        "Go                net/http      no   refused: do this\n"
        "Java              -             ?    no compiler: do that\n"
        "\n"
        "Python is /bin/python\n"
        "Go is /bin/go\n"
        "Java is /bin/java\n"
        "not found here: Node, curl\n"
        "--speed with Python: yes; but slowly\n"
        "--speed with Java: yes; but slowly\n"
    )


def test_all_is_well(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """It exits with 0 if everyone is led who could be tried; if all are here, nobody is missing."""
    assert command(checked=(LED, UNTRIED))[0] == 0
    monkeypatch.setattr(client_check, "WAYS", ())
    assert "not found" not in command()[1]


def test_json(command: Command, tmp_path: Path) -> None:
    """The same is told as JSON, to the terminal or into a file."""
    code, told = command("--format", "json")
    assert code == 0
    assert json.loads(told)["checked"][0]["library"] == "requests"
    assert json.loads(told)["speeds"] == {"Python": {"usable": True, "told": "but slowly"}}
    file = tmp_path / "check.json"
    assert command("--format", "json", "--output", str(file)) == (0, "")
    assert json.loads(file.read_text()) == json.loads(told)


def test_wrong_usage(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other forms, places that cannot be written, and a missing extra are told in one sentence."""
    assert command("--format", "junit") == (2, "Error: --check is told as text or json, not as junit\n")
    place = tmp_path / "none" / "check.txt"
    code, told = command("--output", str(place))
    assert (code, told) == (2, f"Error: --output {place} cannot be written: No such file or directory\n")

    def fail(_: object) -> None:
        raise errors.pop()

    errors: list[BaseException] = [KeyboardInterrupt(), MissingExtraError("HTTPS needs trustme")]
    monkeypatch.setattr(client_check, "_check", fail)
    assert command() == (2, "Error: HTTPS needs trustme\n")
    assert command() == (2, "Error: interrupted before all was tried\n")


def test_what_lies_beside_the_command_is_found_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the command is the one that is tried."""
    monkeypatch.setenv("PATH", "/bin")
    assert client_check._path(["/venv/bin/python", "client.py"]) == "/venv/bin:/bin"
    assert client_check._path(["python", "client.py"]) == client_check._path([]) == "/bin"
