"""What the journal and universes cost: a query without them, with the journal, and in a thousand universes in turn."""

import json
import urllib.request
from typing import Any, Final

from benchmarks.load import CONNECTIONS, Measured
from benchmarks.processes import resident, server
from benchmarks.servers import JOURNAL
from benchmarks.throughput import EXAMPLE, get, load, median, ratio, show
from mock_server.settings import Settings

TASKS: Final = "1000"
UNIVERSES: Final = 1_000
REQUESTS: Final = 1_000_000
REQUESTS_QUICK: Final = 50_000
MIB: Final = 1_048_576
MARGIN: Final = 8
"""MiB by which the process may grow beyond the journal's bound: what is under way, and what allocation leaves over."""


def run(*, quick: bool) -> None:
    """Measure the cost in rounds, so that every case sees the same machine; then fill a journal, and look at memory."""
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    compare(rounds, seconds)
    print()
    fill(REQUESTS_QUICK if quick else REQUESTS, seconds)


def compare(rounds: int, seconds: float) -> None:
    """Print how many queries a second are answered, and the ratios to a server that keeps no journal."""
    with (
        server("simulator", TASKS, "0") as (off, _),
        server("simulator", TASKS) as (on, _),
        server("simulator", TASKS) as (many, _),
    ):
        cases: dict[str, tuple[int, list[str]]] = {
            "journal off": (off["port"], queries(off)),
            "journal on": (on["port"], queries(on)),
            f"{UNIVERSES:,} universes": (many["port"], queries_of_universes(many["port"])),
        }
        runs: dict[str, list[Measured]] = {name: [] for name in cases}
        for _ in range(rounds):
            for name, (port, requests) in cases.items():
                runs[name].append(load(port, requests, seconds))
    print(f"{f'query, {CONNECTIONS} connections':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of off':>9}")
    for name, measured in runs.items():
        show(name, median(measured), None if name == "journal off" else ratio(measured, runs["journal off"]))


def fill(number: int, seconds: float) -> None:
    """Print memory before and while so many requests are journalled: the process's own, and what the journal says."""
    with server("simulator", TASKS) as (ours, pid):
        load(ours["port"], [get("/_mock/health")], seconds)
        before = resident(pid)
        print(f"{'requests journalled':>24}{'resident MiB':>16}{'journal MiB':>14}{'entries':>10}")
        for share in (0, 0.1, 0.5, 1):
            while (held := journal(ours["port"]))["last"] < number * share:
                load(ours["port"], queries(ours), seconds)
            row = f"{resident(pid):16.1f}{held['bytes'] / MIB:14.1f}{held['entries']:10,}"
            print(f"{held['last']:24,}{row}", flush=True)
        grown, bound = resident(pid) - before, Settings().journal_bytes // MIB
        print(f"grown by {grown:.1f} MiB; the bound is {bound} MiB, and {MARGIN} MiB beside it are allowed")


def queries(said: dict[str, Any]) -> list[str]:
    """Return the queries of a simulator's tasks."""
    return [get(f"/v1/tasks/{task}") for task in said["ids"]]


def queries_of_universes(port: int) -> list[str]:
    """Create a task in each universe, and return the queries of them."""
    keys = [f"sk-mock-{number}" for number in range(UNIVERSES)]
    return [get(f"/v1/tasks/{create(port, key)}", key=key) for key in keys]


def create(port: int, key: str) -> str:
    """Create a task, and return its id."""
    url, headers = f"http://127.0.0.1:{port}/v1/videos/generations", {"authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, EXAMPLE.encode(), {**headers, "content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        task: str = json.load(answer)["id"]
    return task


def journal(port: int) -> dict[str, int]:
    """Ask what a simulator's journal holds."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{JOURNAL}") as answer:
        held: dict[str, int] = json.load(answer)
    return held
