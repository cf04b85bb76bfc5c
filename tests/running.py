"""The running program, as tests start it: a process of its own on a free port, with nobody's settings."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx2
import pytest

COMMAND: Final = str(Path(sys.executable).with_name("evolink-mock"))
"""The program as it is installed beside the Python that runs the tests."""

PATIENCE: Final = 30.0
"""Seconds until a process is given up. Only a test that fails waits so long."""

_INHERITED: Final = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True)
class Program:
    """A server that answers at `url` to `key`. `folder` is where it runs and where its ready file and output are."""

    process: subprocess.Popen[bytes]
    url: str
    key: str
    folder: Path

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return (self.folder / "stdout").read_text("utf-8")

    @property
    def errors(self) -> str:
        """What it has printed to standard error so far."""
        return (self.folder / "stderr").read_text("utf-8")

    def client(self, key: str | None = None) -> httpx2.Client:
        """Return a client of the server with a key; the offered one if none is given."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def started(*options: str, folder: Path | None = None, environment: Mapping[str, str] = {}) -> Iterator[Program]:
    """Start `evolink-mock serve` on a free port with more options and variables; stop it in the end if it still runs.

    It runs in a folder of its own if none is given.
    """
    with TemporaryDirectory() as scratch:
        home = folder or Path(scratch)
        command = [COMMAND, "serve", "--port", "0", "--ready-file", "ready", *options]
        with (home / "stdout").open("wb") as output, (home / "stderr").open("wb") as errors:
            process = subprocess.Popen(command, cwd=home, env=clean(environment), stdout=output, stderr=errors)
        try:
            yield _when_ready(process, home)
        finally:
            process.terminate()
            _reap(process)


def run_program(
    *command: str | Path,
    folder: Path | None = None,
    environment: Mapping[str, str] = {},
    given: str | None = None,
    patience: float = PATIENCE,
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end, in an environment as `clean` makes it; `given` is what it reads from standard input."""
    return subprocess.run(
        command,
        cwd=folder,
        env=clean(environment),
        input=given,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def printed_by(*command: str | Path, **how: Any) -> str:
    """Run a program as `run_program` does, to a good end without complaints, and return what it printed."""
    ended = run_program(*command, **how)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    return ended.stdout


def clean(environment: Mapping[str, str] = {}) -> dict[str, str]:
    """Return an environment without anybody's settings, in which every warning is an error, plus `environment`."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {**inherited, "PYTHONWARNINGS": "error", **environment}


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for another process; a bound on real time, and the only use of it in the tests."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE:g} s in vain until {what}"
        time.sleep(0.01)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")


def _when_ready(process: subprocess.Popen[bytes], home: Path) -> Program:
    ready = home / "ready"
    wait_until(lambda: ready.exists() or process.poll() is not None, "the server answers")
    assert ready.exists(), f"the server ended with exit code {process.returncode}: {(home / 'stderr').read_text()}"
    told = json.loads(ready.read_text("utf-8"))
    return Program(process, told["url"], told["key"], home)


def _reap(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise
