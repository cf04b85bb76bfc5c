"""How many requests a second are answered: create and query beside bare routes of the same stack, in turns."""

import json
import statistics
import subprocess
import sys
import urllib.request
from typing import Final

import msgspec

from benchmarks.load import CONNECTIONS, Measured
from benchmarks.processes import pinned, resident, server
from benchmarks.servers import KEY

EXAMPLE: Final = json.dumps(
    {
        "model": "wan2.6-reference-video-flash",
        "prompt": "A person dancing",
        "video_urls": ["https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/xxx.mp4"],
    }
)
BASES: Final = {"query": "bare GET", "create": "bare POST", "bare POST, body read": "bare POST"}
"""What each figure is held against."""


def run(*, quick: bool) -> None:
    """Measure in rounds, so that every case sees the same machine, and print the medians."""
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    with server("bare") as (bare, bare_pid), server("simulator", "1000") as (ours, ours_pid):
        before = resident(ours_pid)
        cases: dict[str, tuple[int, list[str]]] = {
            "bare GET": (bare["port"], [get("/v1/tasks/x")]),
            "query": (ours["port"], [get(f"/v1/tasks/{name}") for name in ours["ids"]]),
            "bare POST": (bare["port"], [post("/constant")]),
            "bare POST, body read": (bare["port"], [post("/v1/videos/generations")]),
            "create": (ours["port"], [post("/v1/videos/generations")]),
        }
        runs: dict[str, list[Measured]] = {name: [] for name in cases}
        for _ in range(rounds):
            for name, (port, requests) in cases.items():
                runs[name].append(load(port, requests, seconds))
        print(f"{f'{CONNECTIONS} connections':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of bare':>9}")
        for name in cases:
            show(name, median(runs[name]), ratio(runs[name], runs[BASES[name]]) if name in BASES else None)
        print(f"\nresident memory, MiB: bare {resident(bare_pid):.0f}, simulator {before:.0f} at the start,", end=" ")
        print(f"{resident(ours_pid):.0f} after the creates of this run ({created(ours['port'])} tasks)")


def load(port: int, requests: list[str], seconds: float) -> Measured:
    """Load a server from core 1."""
    order = json.dumps({"port": port, "seconds": seconds, "requests": requests})
    command = [*pinned(1), sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=order.encode(), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def get(path: str, *, key: str = KEY) -> str:
    """Return a GET request as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\n{head(key)}\r\n"


def post(path: str) -> str:
    """Return the published example's create request as it goes over the wire."""
    entity = f"content-type: application/json\r\ncontent-length: {len(EXAMPLE)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{head(KEY)}{entity}\r\n{EXAMPLE}"


def head(key: str) -> str:
    """Return the headers that every request has."""
    return f"host: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"


def median(runs: list[Measured]) -> Measured:
    """Return the medians of some runs."""
    return Measured(
        rate=statistics.median(run.rate for run in runs),
        p50=statistics.median(run.p50 for run in runs),
        p99=statistics.median(run.p99 for run in runs),
        failed=sum(run.failed for run in runs),
    )


def ratio(runs: list[Measured], base: list[Measured]) -> float:
    """Return the median of the ratios, round by round."""
    return statistics.median(run.rate / other.rate for run, other in zip(runs, base, strict=True))


def created(port: int) -> int:
    """Ask how many tasks the benchmark's account has."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/tasks", headers={"authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        total: int = json.load(answer)["total"]
    return total


def show(name: str, measured: Measured, of_bare: float | None) -> None:
    """Print one row."""
    share = "" if of_bare is None else f"{of_bare:9.2f}"
    failed = f"  {measured.failed} FAILED" if measured.failed else ""
    print(f"{name:24}{measured.rate:12,.0f}{measured.p50:9.2f}{measured.p99:9.2f}{share}{failed}")
