import sqlite3
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from tests.running import COMMAND, printed_by, run_program, started


def run(*arguments: str) -> Result:
    """Run the command in this process; every case here ends before a server runs."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("command", [[COMMAND], [sys.executable, "-m", "mock_server.cli"]])
def test_version(command: list[str]) -> None:
    """The installed command and its module are one program, of the distribution's version."""
    assert printed_by(*command, "--version") == f"{version('evolink-mock')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", ""), 'the command line: host: expected a text that is not empty, got ""'),
        (("--slots", "-1"), "the command line: slots: expected a whole number of at least 0, got -1"),
        (("--state", ""), 'the command line: state: expected a text that is not empty, got ""'),
    ],
)
def test_a_bad_setting(arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, and one line that names source, setting and rule."""
    result = run("serve", *arguments)
    assert (result.exit_code, result.output) == (2, f"Error: {said}\n")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "a" * 70, "1:2:3"])
def test_a_host_that_is_not_ours(host: str) -> None:
    """An address of another machine, a name that leads nowhere and no name at all: exit code 2."""
    result = run("serve", "--host", host, "--port", "0")
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: cannot listen on {host} port 0: ")
    assert result.output.endswith("; choose an address of this machine with --host\n")
    assert result.output.count("\n") == 1


def test_a_state_file_of_something_else(tmp_path: Path) -> None:
    """A file that is not ours is refused and left as it was."""
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada,\n" * 200)
    result = run("serve", "--port", "0", "--state", str(path))
    assert (result.exit_code, result.output) == (
        2,
        f"Error: {path} cannot be used as a state file: file is not a database; choose another with --state\n",
    )
    assert path.read_text() == "Dear Ada,\n" * 200


def test_a_state_file_of_another_version(tmp_path: Path) -> None:
    """A file of other tables is refused by version."""
    path = tmp_path / "state.db"
    with started("--state", str(path)):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    result = run("serve", "--port", "0", "--state", str(path))
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {path} was written by another version")


def test_a_ready_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The server stops again, cleanly: exit code 2, one line, no traceback, nothing left behind."""
    ended = run_program(COMMAND, "serve", "--port", "0", "--ready-file", "none/ready", folder=tmp_path)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == "Error: the ready file none/ready cannot be written: No such file or directory\n"
    assert list(tmp_path.iterdir()) == []
