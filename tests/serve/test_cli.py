import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from tests.running import COMMAND, PATIENCE, clean, started


def run(*arguments: str) -> Result:
    """Run the command in this process; every case here ends before a server runs."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_help_tells_of_every_option() -> None:
    """Help ends with 0 and names each option."""
    result = run("serve", "--help")
    assert result.exit_code == 0
    names = ("host", "port", "speed", "state", "credits", "seed", "config", "ready-file", "access-log")
    for option in (*names, "slots", "slots-per-account", "slots-per-group"):
        assert f"--{option}" in result.output


@pytest.mark.parametrize("command", [[COMMAND], [sys.executable, "-m", "mock_server.cli"]])
def test_version(command: list[str]) -> None:
    """The installed command and its module are one program, of the distribution's version."""
    ended = subprocess.run([*command, "--version"], env=clean(), capture_output=True, timeout=PATIENCE, check=True)
    assert ended.stdout.decode() == f"{version('evolink-mock')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve", "--bogus"), "No such option '--bogus'"),
        (("serve", "extra"), "Got unexpected extra argument (extra)"),
        (("serve", "--port", "abc"), "'abc' is not a valid integer"),
        (("serve", "--speed"), "Option '--speed' requires an argument"),
        (("sreve",), "No such command 'sreve'"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, and a word on what is wrong."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "65536"), "the command line: port: expected a whole number from 0 to 65535, got 65536"),
        (("--speed", "-1"), "the command line: speed: expected a number from 0 to 1000000, got -1.0"),
        (("--speed", "nan"), "the command line: speed: expected a number from 0 to 1000000, got nan"),
        (("--host", ""), 'the command line: host: expected a text that is not empty, got ""'),
        (("--slots", "-1"), "the command line: slots: expected a whole number of at least 0, got -1"),
        (("--state", ""), 'the command line: state: expected a text that is not empty, got ""'),
        (("--config", "none.yaml"), "none.yaml cannot be read: No such file or directory"),
    ],
)
def test_a_bad_setting(arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, and one line that names source, setting and rule."""
    result = run("serve", *arguments)
    assert (result.exit_code, result.output) == (2, f"evolink-mock: {said}\n")


def test_a_bad_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is read too, and the file that it names."""
    monkeypatch.setenv("EVOLINK_MOCK_SPEED", "fast")
    result = run("serve")
    assert (result.exit_code, result.output) == (
        2,
        'evolink-mock: the environment: speed: expected a number from 0 to 1000000, got "fast"\n',
    )
    monkeypatch.setenv("EVOLINK_MOCK_CONFIG", "none.yaml")
    assert "none.yaml cannot be read" in run("serve").output


def test_a_port_in_use(taken: int) -> None:
    """Exit code 2, and how to get around it."""
    result = run("serve", "--port", str(taken))
    assert result.exit_code == 2
    assert result.output == (
        f"evolink-mock: cannot listen on 127.0.0.1 port {taken}: Address already in use;"
        " choose another with --port (0 picks a free one)\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 70, "1:2:3"])
def test_a_host_that_is_not_ours(host: str) -> None:
    """An address of another machine, a name that leads nowhere and no name at all: exit code 2."""
    result = run("serve", "--host", host, "--port", "0")
    assert result.exit_code == 2
    assert result.output.startswith(f"evolink-mock: cannot listen on {host} port 0: ")
    assert result.output.endswith("; choose an address of this machine with --host\n")
    assert result.output.count("\n") == 1


def test_a_state_file_of_something_else(tmp_path: Path) -> None:
    """A file that is not ours is refused and left as it was."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada,\n" * 200)
    result = run("serve", "--port", "0", "--state", str(path))
    assert (result.exit_code, result.output) == (
        2,
        f"evolink-mock: {path} cannot be used as a state file: file is not a database\n",
    )
    assert path.read_text() == "Dear Ada,\n" * 200


def test_a_state_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A folder that is not there: exit code 2."""
    path = tmp_path / "none" / "state.db"
    result = run("serve", "--port", "0", "--state", str(path))
    assert (result.exit_code, result.output) == (
        2,
        f"evolink-mock: {path} cannot be used as a state file: unable to open database file\n",
    )


def test_a_state_file_of_another_version(tmp_path: Path) -> None:
    """A file of other tables is refused by version."""
    path = tmp_path / "state.db"
    with started("--state", str(path)):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    result = run("serve", "--port", "0", "--state", str(path))
    assert result.exit_code == 2
    assert result.output.startswith(f"evolink-mock: {path} was written by another version")


def test_a_ready_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The server stops again, cleanly: exit code 2, one line, no traceback, nothing left behind."""
    command = [COMMAND, "serve", "--port", "0", "--ready-file", "none/ready"]
    ended = subprocess.run(
        command, cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == "evolink-mock: the ready file none/ready cannot be written: No such file or directory\n"
    assert list(tmp_path.iterdir()) == []
