"""What a request costs when many tasks are stored, beside what it costs when few are."""

import statistics
from typing import Any, Final

from benchmarks.processes import resident, server
from benchmarks.throughput import get, load, post

FEW: Final = 1_000
MANY: Final = 1_000_000
MANY_QUICK: Final = 50_000


def run(*, quick: bool) -> None:
    """Measure two simulators in turns, and print the medians."""
    many = MANY_QUICK if quick else MANY
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    with server("simulator", str(FEW)) as (small, _), server("simulator", str(many)) as (large, large_pid):
        print(f"resident memory with {many:,} tasks, MiB: {resident(large_pid):.0f}")
        print(f"{'requests/s':24}{f'{FEW:,} tasks':>16}{f'{many:,} tasks':>18}{'time, many/few':>17}")
        for name in ("query", "create"):
            pairs = [(rate(name, small, seconds), rate(name, large, seconds)) for _ in range(rounds)]
            cost = statistics.median(first / second for first, second in pairs)
            first, second = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:24}{first:16,.0f}{second:18,.0f}{cost:17.2f}")


def rate(name: str, said: dict[str, Any], seconds: float) -> float:
    """Return how many queries or creates a second one of the simulators answers."""
    queries = [get(f"/v1/tasks/{task}") for task in said["ids"]]
    return load(said["port"], queries if name == "query" else [post("/v1/videos/generations")], seconds).rate
