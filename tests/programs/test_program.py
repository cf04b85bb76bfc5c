import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.drive.programs.family import Family
from contracts.drive.programs.output import Output
from contracts.drive.programs.program import ERRORS, OUTPUT, Program
from contracts.drive.programs.running import Run
from tests.running import PATIENCE, clean, wait_until

pytestmark = pytest.mark.anyio

Shell = Callable[..., Program]

WAIT = "cat hold & echo ready > started; wait"
"""Says that it is there, and then waits for ever."""


@contextmanager
def running(program: Program) -> Iterator[Callable[[], Run]]:
    """Run a program on a thread, and yield what waits for what came of it."""
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(program.run)
        try:
            yield lambda: future.result(PATIENCE)
        finally:
            program.kill()


def is_running(pid: int) -> bool:
    """Tell whether a process is alive, and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """A pipe to which nobody writes, so that who reads it waits for ever."""
    path = tmp_path / "hold"
    os.mkfifo(path)
    return path


def test_what_is_printed_and_the_exit_code_are_returned(shell: Shell) -> None:
    """A program that ends by itself tells what it printed, and how it ended."""
    run = shell("echo out; echo err >&2; exit 3").run()
    assert (run.ended, run.exit_code, run.output, run.errors) == ("by itself", 3, "out\n", "err\n")
    assert run.stopping_seconds is None
    assert run.seconds > 0


def test_a_program_has_its_variables_its_directory_and_nothing_to_read(shell: Shell, tmp_path: Path) -> None:
    """A program sees the variables that are given and its directory, and reads nothing."""
    run = shell('echo "$WORD"; pwd -P; cat; echo end', environment=clean({"WORD": "here"})).run()
    assert run.output == f"here\n{tmp_path.resolve()}\nend\n"


def test_a_program_has_a_session_of_its_own(shell: Shell) -> None:
    """A program is in a session of its own, so that no terminal reaches it."""
    run = shell("ps -o sid= -p $$; echo $$").run()
    session, pid = run.output.split()
    assert session == pid != str(os.getsid(0))


def test_a_program_may_be_run_again(shell: Shell) -> None:
    """A program may be run as often as wanted; telling it to end between its runs does nothing."""
    program = shell("echo again")
    program.kill()
    program.stop()
    assert program.run().output == "again\n"
    program.stop()
    assert program.run().ended == "by itself"


@pytest.mark.usefixtures("hold")
def test_a_program_that_takes_too_long_is_ended(shell: Shell) -> None:
    """A program whose time limit is over is told to end, and the run says so."""
    run = shell("cat hold", limit_seconds=0.0).run()
    assert (run.ended, run.exit_code) == ("by limit", -signal.SIGTERM)
    assert run.stopping_seconds is not None


@pytest.mark.usefixtures("hold")
def test_a_program_that_will_not_end_is_killed(shell: Shell, started: Path) -> None:
    """A program that does not listen is killed when its grace is over."""
    program = shell(f'trap "" TERM; {WAIT}', grace_seconds=0.0)
    with running(program) as ran:
        started.read_text()
        program.stop()
        run = ran()
    assert (run.ended, run.exit_code) == ("killed", -signal.SIGKILL)


@pytest.mark.usefixtures("hold")
def test_a_limit_stays_what_ended_a_program(shell: Shell) -> None:
    """A program that had to be killed after its limit ended by its limit."""
    assert shell("cat hold", limit_seconds=0.0, grace_seconds=0.0).run().ended == "by limit"


@pytest.mark.usefixtures("hold")
def test_a_program_that_is_stopped_has_time_for_last_words(shell: Shell, started: Path) -> None:
    """A program that is told to end may say something, and its exit code is kept."""
    program = shell(f'trap "echo bye; exit 7" TERM; {WAIT}')
    with running(program) as ran:
        started.read_text()
        program.stop()
        run = ran()
    assert (run.ended, run.exit_code, run.output) == ("stopped", 7, "bye\n")
    assert run.stopping_seconds is not None
    assert run.stopping_seconds <= run.seconds


@pytest.mark.usefixtures("hold")
def test_a_program_can_be_killed_at_a_moment(shell: Shell, started: Path) -> None:
    """A program is gone when the call that kills it returns."""
    program = shell(f"echo $$; {WAIT}")
    with running(program) as ran:
        started.read_text()
        program.kill()
        run = ran()
    assert (run.ended, run.exit_code) == ("killed", -signal.SIGKILL)
    assert not is_running(int(run.output))


@pytest.mark.usefixtures("hold")
@pytest.mark.parametrize("ending", ["cat hold", "exit 0"], ids=["stopped", "by itself"])
@pytest.mark.parametrize("escape", ["", "setsid "], ids=["group", "session"])
def test_nothing_that_a_program_started_outlives_it(
    shell: Shell, tmp_path: Path, started: Path, escape: str, ending: str
) -> None:
    """What a program leaves in the background is ended with it, also in another session."""
    os.mkfifo(tmp_path / "pid")
    stubborn = 'trap "" TERM HUP; echo $$ > pid; cat hold'
    program = shell(f"{escape}sh -c '{stubborn}' & read pid < pid; echo $pid; echo ready > started; {ending}")
    with running(program) as ran:
        started.read_text()
        program.stop()
        run = ran()
    wait_until(lambda: not is_running(int(run.output)), "the process in the background has gone")


def test_a_group_that_has_gone_is_no_trouble(tmp_path: Path) -> None:
    """Telling a family to end that has ended does nothing."""
    family = Family(["true"], environment=clean(), directory=tmp_path)
    with family.output, family.errors:
        family.wait()
        family.signal(signal.SIGTERM)
        family.end()


def test_a_stray_that_has_just_gone_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends by itself before it is killed is no trouble."""
    family = Family(["true"], environment=clean(), directory=tmp_path)
    with family.output, family.errors:
        family.wait()
        monkeypatch.setattr(family, "_strays", lambda: iter([2**22 + 1]))
        family.end()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-program-anywhere"], "no-such-program-anywhere cannot be started: there is no such program on PATH"),
        (["./missing"], "./missing cannot be started: there is no such file"),
        (["./plain"], "./plain cannot be started: it is no program that you may run; chmod +x makes a file one"),
        (["./odd"], "./odd cannot be started: its first line names an interpreter that is not there"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else "",
)
def test_a_program_that_cannot_be_started_says_why(tmp_path: Path, command: list[str], reason: str) -> None:
    """A command that is no program is told in one sentence."""
    (tmp_path / "plain").touch(0o600)
    (tmp_path / "odd").write_text("#!/nowhere/interpreter\n")
    (tmp_path / "odd").chmod(0o700)
    program = Program(command, environment=clean(), directory=tmp_path, limit_seconds=PATIENCE)
    assert program.run() == Run(ended="not started", errors=reason)


def test_a_directory_that_is_missing_is_named(tmp_path: Path) -> None:
    """A directory that does not exist is the reason why a program does not start."""
    run = Program(["true"], environment=clean(), directory=tmp_path / "gone", limit_seconds=PATIENCE).run()
    assert run.errors == f"true cannot be started: there is no directory {tmp_path / 'gone'}"


def test_a_command_names_a_program(tmp_path: Path) -> None:
    """An empty command is refused when it is given."""
    with pytest.raises(ValueError, match="the command must name a program; it is empty"):
        Program([], environment={}, directory=tmp_path, limit_seconds=1)


def test_output_is_kept_in_files(shell: Shell, tmp_path: Path) -> None:
    """What a program prints is kept in two files of a folder, which is made."""
    folder = tmp_path / "kept" / "here"
    shell("echo out; echo err >&2", keep=folder).run()
    assert ((folder / OUTPUT).read_text(), (folder / ERRORS).read_text()) == ("out\n", "err\n")


def test_a_folder_that_cannot_be_made_is_told(shell: Shell, tmp_path: Path) -> None:
    """A folder for the output that cannot be made is the reason why a program does not start."""
    (tmp_path / "file").touch()
    run = shell("true", keep=tmp_path / "file").run()
    assert run.errors == f"sh cannot be started: {tmp_path / 'file'}: File exists"


@pytest.mark.parametrize(
    ("written", "held", "kept"),
    [(b"1234", "1234", b"1234"), (b"12345678", "12345678", b"12345"), (b"123x56789", None, b"123x5")],
    ids=["little", "as much as is held", "more"],
)
def test_output_is_bounded(tmp_path: Path, written: bytes, held: str | None, kept: bytes) -> None:
    """Of much output the beginning and the end are held, and the beginning is kept."""
    reader, writer = os.pipe()
    file = tmp_path / "file"
    output = Output(os.fdopen(reader, "rb"), file.open("wb", buffering=0), held_bytes=4, kept_bytes=5)
    os.write(writer, written)
    os.close(writer)
    assert output.wait(PATIENCE) == (held or "123x\n(1 bytes are left out here)\n6789")
    assert file.read_bytes() == kept


def test_a_full_disk_holds_no_program_up() -> None:
    """Output that cannot be kept is held all the same."""
    reader, writer = os.pipe()
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - the output closes it
    output = Output(os.fdopen(reader, "rb"), full)
    os.write(writer, b"first ")
    os.write(writer, b"\xffsecond")
    os.close(writer)
    assert output.wait(PATIENCE) == "first \ufffdsecond"


@pytest.mark.usefixtures("hold")
def test_whatever_interrupts_a_run_ends_the_program(
    shell: Shell, started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is interrupted, as by Ctrl-C, leaves nothing running."""

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            if told:
                return super().wait(timeout)
            told.append(int(started.read_text()))
            raise KeyboardInterrupt

    told: list[int] = []
    monkeypatch.setattr("contracts.drive.programs.running.Event", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        shell("echo $$ > started; cat hold").run()
    assert not is_running(told[0])
