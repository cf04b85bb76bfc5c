"""What plans cost that do not strike: a query without any, and with ten and a thousand of each sort, in turns."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Final

from benchmarks.load import CONNECTIONS, Measured
from benchmarks.processes import server
from benchmarks.throughput import get, load, median, ratio, show

TASKS: Final = "1000"
NUMBERS: Final = (10, 1_000)
NONE: Final = "no plans"

SORTS: Final[Mapping[str, str]] = {
    "other operations": "answer 503 on=create",
    "other tasks": "answer 503 on=query task=task-unified-1757169743-{number:08}",
    "other accounts": "answer 503 on=query account=OTHER{number}",
    "nth far away": "answer 503 on=query nth=100000000",
    "fields": "answer 503 on=query fields.prompt=cat",
    "a later time": "answer 503 on=query after=1000000",
    "next to no chance": "answer 503 on=query chance=0.000000001",
}
"""Why a plan does not strike a query, and one that does not for that reason."""


def run(*, quick: bool) -> None:
    """Measure in rounds, so that every case sees the same machine, and print the ratios to a server without plans."""
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    cases = {NONE: [], **{f"{number:,} {sort}": plans(words, number) for sort, words, number in sorts()}}
    runs: dict[str, list[Measured]] = {name: [] for name in cases}
    with server("simulator", TASKS) as (said, _):
        queries = [get(f"/v1/tasks/{task}") for task in said["ids"]]
        for _ in range(rounds):
            for name, planned in cases.items():
                set_plans(said["port"], planned)
                runs[name].append(load(said["port"], queries, seconds))
    print(f"{f'query, {CONNECTIONS} connections':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of none':>9}")
    for name, measured in runs.items():
        show(name, median(measured), None if name == NONE else ratio(measured, runs[NONE]))


def sorts() -> list[tuple[str, str, int]]:
    """Return what is compared: each sort by itself and all of them mixed, with so many plans."""
    mixed = "; ".join(SORTS.values())
    return [(sort, words, number) for number in NUMBERS for sort, words in {**SORTS, "mixed": mixed}.items()]


def plans(words: str, number: int) -> list[str]:
    """Return so many plans, in words."""
    several = words.split("; ")
    return [several[count % len(several)].format(number=count) for count in range(number)]


def set_plans(port: int, planned: list[str]) -> None:
    """Set these plans, and no others."""
    url, body = f"http://127.0.0.1:{port}/_mock/plans", json.dumps({"plans": planned}).encode()
    request = urllib.request.Request(url, body, {"content-type": "application/json"}, method="PUT")
    with urllib.request.urlopen(request):  # noqa: S310 - our own server
        pass
