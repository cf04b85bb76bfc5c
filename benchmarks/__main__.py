"""`make bench`: prints every figure that the documentation quotes, measured in this run on this machine."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.load import Measured
from benchmarks.servers import KEY

EXAMPLE: Final = json.dumps(
    {
        "model": "wan2.6-reference-video-flash",
        "prompt": "A person dancing",
        "video_urls": ["https://help-static-aliyun-doc.aliyuncs.com/file-manage-files/xxx.mp4"],
    }
)
HEAD: Final = f"host: 127.0.0.1\r\nauthorization: Bearer {KEY}\r\n"
SIZES: Final = (1_000, 1_000_000)


def get(path: str) -> str:
    """Return a GET request as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\n{HEAD}\r\n"


def post(path: str) -> str:
    """Return the published example's create request as it goes over the wire."""
    entity = f"content-type: application/json\r\ncontent-length: {len(EXAMPLE)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{HEAD}{entity}\r\n{EXAMPLE}"


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


def load(port: int, requests: list[str], seconds: float) -> Measured:
    """Load a server from core 1."""
    order = json.dumps({"port": port, "seconds": seconds, "requests": requests})
    command = [*pinned(1), sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(command, input=order.encode(), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


def resident(pid: int) -> float:
    """Return a process's resident memory in MiB."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1_024
    return float("nan")


def median(runs: list[Measured]) -> Measured:
    """Return the medians of some runs."""
    return Measured(
        rate=statistics.median(run.rate for run in runs),
        p50=statistics.median(run.p50 for run in runs),
        p99=statistics.median(run.p99 for run in runs),
        failed=sum(run.failed for run in runs),
    )


def compare(rounds: int, seconds: float) -> None:
    """Print create and query beside bare routes, in turns."""
    with server("bare") as (bare, bare_pid), server("simulator", "1000") as (ours, ours_pid):
        before = resident(ours_pid)
        queries = [get(f"/v1/tasks/{name}") for name in ours["ids"]]
        cases: dict[str, tuple[int, list[str]]] = {
            "bare GET": (bare["port"], [get("/v1/tasks/x")]),
            "query": (ours["port"], queries),
            "bare POST": (bare["port"], [post("/constant")]),
            "bare POST, body read": (bare["port"], [post("/v1/videos/generations")]),
            "create": (ours["port"], [post("/v1/videos/generations")]),
        }
        runs: dict[str, list[Measured]] = {name: [] for name in cases}
        for _ in range(rounds):
            for name, (port, requests) in cases.items():
                runs[name].append(load(port, requests, seconds))
        print(f"{'':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of bare':>9}")
        bases = {"query": "bare GET", "create": "bare POST", "bare POST, body read": "bare POST"}
        for name in cases:
            show(name, median(runs[name]), ratio(runs[name], runs[bases[name]]) if name in bases else None)
        print(f"\nresident memory, MiB: bare {resident(bare_pid):.0f}, simulator {before:.0f} at the start,", end=" ")
        print(f"{resident(ours_pid):.0f} after the creates of this run ({created(ours['port'])} tasks)")


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


def grow(rounds: int, seconds: float) -> None:
    """Print what a request costs with few and with many tasks stored."""
    small, large = SIZES
    with server("simulator", str(small)) as (few, _), server("simulator", str(large)) as (many, many_pid):
        print(f"\nresident memory with {large:,} tasks, MiB: {resident(many_pid):.0f}")
        print(f"{'':24}{small:>12,}{large:>14,}{'time, many/few':>17}")
        for name in ("query", "create"):
            rates: list[tuple[float, float]] = []
            for _ in range(rounds):
                pair = []
                for said in (few, many):
                    queries = [get(f"/v1/tasks/{task}") for task in said["ids"]]
                    requests = queries if name == "query" else [post("/v1/videos/generations")]
                    pair.append(load(said["port"], requests, seconds).rate)
                rates.append((pair[0], pair[1]))
            cost = statistics.median(few_rate / many_rate for few_rate, many_rate in rates)
            first, second = (statistics.median(column) for column in zip(*rates, strict=True))
            print(f"{name:24}{first:12,.0f}{second:14,.0f}{cost:17.2f}")


def start(times: int) -> None:
    """Print how long it takes from the command to the first 200."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [first_answer(Path(folder) / "ready.json") for _ in range(times + 1)]
    print(f"\ncold start to the first 200, s: median {statistics.median(taken[1:]):.3f}", end="")
    print(f" (of {times}: {min(taken[1:]):.3f} to {max(taken[1:]):.3f})")


def first_answer(ready: Path) -> float:
    """Start `evolink-mock serve` and return the seconds until it answered a request."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "mock_server.cli", "serve", "--port", "0", "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while not ready.exists():
            time.sleep(0.001)
        url = json.loads(ready.read_text("utf-8"))["url"]
        with urllib.request.urlopen(f"{url}/_mock/health") as answer:  # noqa: S310 - our own server
            answer.read()
        taken = time.perf_counter() - began
        process.terminate()
    ready.unlink(missing_ok=True)
    return taken


def main() -> None:
    """Run all of it, or with --quick a shorter form whose figures are rough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round and fewer tasks; rough figures")
    quick = parser.parse_args().quick
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    start(3 if quick else 9)
    print()
    compare(rounds, seconds)
    if not quick:
        grow(rounds, seconds)


if __name__ == "__main__":
    main()
