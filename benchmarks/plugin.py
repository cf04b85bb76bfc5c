"""What the pytest plugin costs: its fixture, a request, a generation of minutes, and a start of pytest without any."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.bridged import CASES, measure

OTHERS: Final = {"pytest_httpserver": "pytest-httpserver", "moto": "'moto[server]'"}
"""Packages whose fixtures are measured beside ours, if they can be imported, and what to install for them."""

ROWS: Final = {
    "test_empty": "an empty fixture",
    "test_evolink": "evolink",
    "test_client": "evolink, httpx2.Client()",
    "test_work_evolink_httpx2": "work, evolink, httpx2",
    "test_work_httpserver_httpx2": "work, httpserver, httpx2",
    "test_work_evolink_requests": "work, evolink, requests",
    "test_work_httpserver_requests": "work, httpserver, requests",
    "test_work_moto_requests": "work, moto, requests",
    "test_generation_time_sleep": "5 minutes, time.sleep",
    "test_generation_asyncio_sleep": "5 minutes, asyncio.sleep",
}
PHASES: Final = ("setup", "call", "teardown")
NO_TESTS: Final = 5
"""How pytest ends where there are none."""

COLLECT: Final = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider")
STARTS: Final = {
    "no plugins": None,
    "evolink": "contracts.plugin",
    "Faker, a dependency": "faker.contrib.pytest.plugin",
    "anyio, a dependency": "anyio.pytest_plugin",
    "respx, of an extra": "respx.plugin",
    "schemathesis, of an extra": "schemathesis.pytest.plugin",
}
"""Plugins that are there once we are installed: ours, and those that what we need brings with it."""


def run(*, quick: bool) -> None:
    """Measure each part in turns with what it is held against, and print the medians."""
    show_works(5 if quick else 60)
    show_requests(3 if quick else 15)
    show_start(3 if quick else 25)


def show_works(number: int) -> None:
    """Run tests with our fixture and with those of others, and print what each took."""
    command = [sys.executable, "-m", "benchmarks.works", str(number)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    taken: Mapping[str, Mapping[str, list[float]]] = json.loads(done.stdout)
    print(f"{'tests, median ms':30}{'set-up':>9}{'test':>9}{'tear-down':>11}{'in all':>9}{'first':>9}")
    for name, title in ROWS.items():
        if "call" in taken.get(name, {}):  # which a test that is skipped has not
            turns = list(zip(*(taken[name][phase] for phase in PHASES), strict=True))
            columns = [statistics.median(column) * 1e3 for column in zip(*turns, strict=True)]
            whole, first = statistics.median(map(sum, turns)) * 1e3, sum(turns[0]) * 1e3
            print(f"{title:30}{columns[0]:9.2f}{columns[1]:9.2f}{columns[2]:11.2f}{whole:9.2f}{first:9.0f}")
    print("work is one POST and 30 GETs; 5 minutes are polled every 10 s; first is the first turn, with imports.")
    print(
        "Clients of httpx2 share what they read of the system's certificates, but for the one that is made for itself."
    )
    missing = [package for name, package in OTHERS.items() if not find_spec(name)]
    if missing:
        print(f"not measured beside it, as they are not installed: pip install {' '.join(missing)}")


def show_requests(rounds: int) -> None:
    """Send requests through the bridge and to a bare app, and print what one takes."""
    taken = measure(rounds)
    print(f"\n{'one request':30}{'us':>9}{'of bare':>9}")
    for name in CASES:
        ratios = [one / bare for one, bare in zip(taken[name], taken["bare ASGITransport"], strict=True)]
        print(f"{name:30}{statistics.median(taken[name]) * 1e6:9.0f}{statistics.median(ratios):9.2f}")


def show_start(rounds: int) -> None:
    """Start pytest where there are no tests, with one plugin and without any, and print what each adds."""
    with TemporaryDirectory() as folder:
        turns = [{name: start(folder, plugin) for name, plugin in STARTS.items()} for _ in range(rounds + 1)][1:]
    print(f"\n{'pytest --collect-only':30}{'ms':>9}{'more':>9}{'processor ms':>14}{'more':>9}")
    for name in STARTS:
        print(f"{name:30}", end="")
        for kind, width in enumerate((9, 14)):
            taken = statistics.median(turn[name][kind] for turn in turns) * 1e3
            more = statistics.median(turn[name][kind] - turn["no plugins"][kind] for turn in turns) * 1e3
            print(f"{taken:{width}.0f}{more:9.1f}", end="")
        print()


def start(folder: str, plugin: str | None) -> tuple[float, float]:
    """Return the seconds that a run of pytest takes which finds no tests, and how many of them it computes."""
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [*COLLECT, *(() if plugin is None else ("-p", plugin)), folder]
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False)
    after, taken = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
    assert ended.returncode == NO_TESTS, command  # noqa: S101 - there are none
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
