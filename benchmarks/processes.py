"""The processes of a benchmark: each on a core of its own, where that can be done."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


def pinned(core: int) -> list[str]:
    """Return what pins a command to one core, where that can be done."""
    return ["taskset", "-c", str(core)] if (os.cpu_count() or 1) > 1 and Path("/usr/bin/taskset").exists() else []


@contextmanager
def server(*arguments: str) -> Iterator[tuple[dict[str, Any], int]]:
    """Start one of the servers on core 0; yields what it said and its process id."""
    command = [*pinned(0), sys.executable, "-m", "benchmarks.servers", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        try:
            yield json.loads(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def resident(pid: int) -> float:
    """Return a process's resident memory in MiB."""
    return _status(pid, "VmRSS")


def most_resident(pid: int) -> float:
    """Return the most resident memory that a process has had, in MiB."""
    return _status(pid, "VmHWM")


def processor_seconds(pid: int) -> float:
    """Return how long a process has been computing, in seconds."""
    with suppress(OSError):
        user, system = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return float("nan")


def waited_seconds(pid: int) -> float:
    """Return how long a process was ready to compute and had to wait for its core: what others took from it."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[1]) / 1e9
    return float("nan")


def _status(pid: int, name: str) -> float:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1_024
    return float("nan")
