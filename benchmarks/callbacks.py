"""How late callbacks are: thousands fall due within one second while some receivers hang until they are given up.

The tasks are in a state file before the program starts, with ends spread evenly over the second, by a clock that runs
in real time. Lateness is the time from a task's end until its callback arrived, whole, at a receiver on another core.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from benchmarks.processes import pinned, processor_seconds, waited_seconds
from benchmarks.receivers import HOST
from mock_server.core.types import SECOND, Bill, Instant, Sending, Status, Task, Timeline
from mock_server.journal.journal import Journals
from mock_server.store import SqliteStore
from mock_server.universes.clock import wall_clock
from mock_server.universes.universes import Universes

LEAD: Final = 5.0
"""Seconds from the creation of the tasks to the first end: for the start of the program."""

CALM: Final = 5.0
"""Seconds after which every healthy receiver has been reached."""

PATIENCE: Final = 14.0
"""Seconds after which those that hang have been given up and tried again."""

HANGING: Final = 50
"""One of so many receivers hangs at the first attempt."""

RUNS: Final = {"HTTP": 5_000, "HTTPS": 1_000}
"""How many fall due within the second. Most of an attempt over HTTPS is the handshake."""


class Lateness(msgspec.Struct, frozen=True):
    """What one run saw: lateness at healthy receivers in milliseconds, how many attempts were recorded and delivered.

    `cost` is what the server computed for each callback, in microseconds; `waited` how long it had to wait for its core
    meanwhile because others were on it, in milliseconds.
    """

    p50: float
    p99: float
    worst: float
    attempts: int
    delivered: int
    cost: float
    waited: float


def run(*, quick: bool) -> None:
    """Print the medians of some runs."""
    print(f"due within 1 s, one in {HANGING} receivers hanging for 10 s at first; lateness at the healthy ones, in ms")
    print(f"{'':16}{'p50':>8}{'p99':>8}{'max':>8}{'attempts':>10}{'delivered':>11}{'CPU us each':>13}{'core lost':>11}")
    for scheme, number in RUNS.items():
        runs = [measure(number, tls=scheme == "HTTPS") for _ in range(1 if quick else 5)]
        found = Lateness(
            *(statistics.median(column) for column in zip(*map(msgspec.structs.astuple, runs), strict=True))
        )
        print(f"{f'{number:,} by {scheme}':16}{found.p50:8.1f}{found.p99:8.1f}{found.worst:8.1f}", end="")
        print(f"{found.attempts:10,.0f}{found.delivered:11,.0f}{found.cost:13.0f}{found.waited:11.0f}", flush=True)


def measure(number: int, *, tls: bool) -> Lateness:
    """Let so many callbacks fall due within a second."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ca_file = folder / "ca.pem"
        process, address = stack.enter_context(receivers(ca_file if tls else None))
        start = wall_clock() + round(LEAD * SECOND)
        asyncio.run(fill(folder / "state.db", number, start))
        options = ["--callback-route", f"https://{HOST}={address}", *(["--callback-ca", str(ca_file)] if tls else [])]
        pid = stack.enter_context(simulator(folder / "state.db", options))
        sleep_until(start - SECOND // 2)
        computed, waited = processor_seconds(pid), waited_seconds(pid)
        sleep_until(start + round(CALM * SECOND))
        computed, waited = processor_seconds(pid) - computed, waited_seconds(pid) - waited
        sleep_until(start + round(PATIENCE * SECOND))
        arrivals = dict(json.loads(process.communicate()[0]))
        attempts, delivered = asyncio.run(count(folder / "state.db"))
    late = sorted((at - due(each, number, start)) / 1e3 for each, at in arrivals.items() if each % HANGING)
    p50, p99, worst = late[len(late) // 2], late[len(late) * 99 // 100], late[-1]
    return Lateness(p50, p99, worst, attempts, delivered, computed / number * 1e6, waited * 1e3)


@contextmanager
def receivers(ca_file: Path | None) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Start the receivers on core 1; yields their process and the origin at which they are."""
    command = [*pinned(1), sys.executable, "-m", "benchmarks.receivers", *([str(ca_file)] if ca_file else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        port = json.loads(process.stdout.readline())["port"]
        yield process, f"{'https' if ca_file else 'http'}://127.0.0.1:{port}"


@contextmanager
def simulator(state: Path, options: list[str]) -> Iterator[int]:
    """Start the program on core 0; yields its process id."""
    command = [*pinned(0), sys.executable, "-m", "mock_server.cli", "serve", "--port", "0", "--speed", "1"]
    with subprocess.Popen([*command, "--state", str(state), *options], stdout=subprocess.DEVNULL) as process:
        try:
            yield process.pid
        finally:
            process.terminate()


def sleep_until(instant: Instant) -> None:
    """Wait until an instant of real time."""
    time.sleep(max(0.0, (instant - wall_clock()) / SECOND))


async def fill(state: Path, number: int, start: Instant) -> None:
    """Store so many tasks that end within the second from `start`."""
    store = SqliteStore(state)
    await Universes(store, seed=b"bench", rate=1.0, journals=Journals(0)).open("default")
    for each in range(number):
        await store.create_task(make_task(each, due(each, number, start)), opening=10**15)
    await store.close()


async def count(state: Path) -> tuple[int, int]:
    """Return how many attempts are recorded, and how many callbacks were delivered."""
    store = SqliteStore(state)
    records = await store.callbacks("default")
    await store.close()
    return sum(len(record.attempts) for record in records), sum(record.state == "delivered" for record in records)


def due(each: int, number: int, start: Instant) -> Instant:
    """Return when a task ends."""
    return start + each * SECOND // number


def make_task(number: int, ends_at: Instant) -> Task:
    """Make a task whose callback has a URL of its own."""
    created_at = ends_at - 120 * SECOND
    return Task(
        id=f"task-unified-{created_at // SECOND:010d}-{number:08d}",
        universe="default",
        account="ACCOUNT",
        user_group="default",
        model="wan2.6-reference-video-flash",
        object="video.generation.task",
        type="video",
        timeline=Timeline(created_at, created_at, ends_at, 120 * SECOND, 120, Status.COMPLETED),
        bill=Bill("per_second", 0, 0, 238_000, 238_000),
        request=b'{"prompt":"A person dancing"}',
        result=f"/ACCOUNT/videos/{number:032x}.mp4",
        origin="http://127.0.0.1:8765",
        callback_url=f"https://{HOST}/{'quick' if number % HANGING else 'hang'}/{number}",
        sendings=(Sending(ends_at),),
    )
