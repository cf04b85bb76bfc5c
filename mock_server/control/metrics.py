"""The counts of a server in the form that Prometheus reads. Needs the extra `metrics`.

Each server has a registry of its own, so that two in one process do not mix.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from mock_server.core.tasks.timeline import observe
from mock_server.counters import LATENESS_SECONDS, Counters
from mock_server.simulator import Simulator

if TYPE_CHECKING:
    from prometheus_client import Metric

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""The type of the text."""


def available() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("prometheus_client") is not None


async def write_metrics(simulator: Simulator) -> bytes:
    """Write what the server has counted, and how many tasks there are by status."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415 - an extra

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collected(simulator.counters, await count_tasks(simulator)))
    return generate_latest(registry)


async def count_tasks(simulator: Simulator) -> Mapping[str, int]:
    """Count the tasks of all universes by what a reader would see of them now."""
    counts: Counter[str] = Counter()
    for name in await simulator.universes.names():
        universe = await simulator.universes.find(name)
        if universe is not None:
            now = universe.now()
            counts.update(await simulator.store.count_ended(name, now=now))
            counts.update(
                observe(task.timeline, now).status for task in await simulator.store.unended_tasks(name, now=now)
            )
    return counts


class Collected:
    """What Prometheus collects: families of metrics, made anew each time.

    Args:
        counters: What the server has counted.
        tasks: How many tasks there are, by status.
    """

    def __init__(self, counters: Counters, tasks: Mapping[str, int]) -> None:
        self._counters = counters
        self._tasks = tasks

    def collect(self) -> "Iterator[Metric]":
        """Make the families."""
        from prometheus_client.core import (  # noqa: PLC0415 - an extra
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        counters = self._counters
        requests = CounterMetricFamily(
            "evolink_mock_requests", "Requests, by operation and status.", labels=("operation", "status")
        )
        for (operation, status), number in sorted(counters.requests.items()):
            requests.add_metric((operation, str(status)), number)
        faults = CounterMetricFamily("evolink_mock_faults", "Faults that struck, by kind.", labels=("kind",))
        for kind, number in sorted(counters.faults.items()):
            faults.add_metric((kind,), number)
        attempts = CounterMetricFamily(
            "evolink_mock_callback_attempts", "Attempts at callbacks, by the status that came back.", labels=("status",)
        )
        for outcome, number in sorted(counters.attempts.items()):
            attempts.add_metric((outcome,), number)
        tasks = GaugeMetricFamily("evolink_mock_tasks", "Tasks, by what a reader sees of them.", labels=("status",))
        for seen, number in sorted(self._tasks.items()):
            tasks.add_metric((seen,), number)
        lateness = HistogramMetricFamily(
            "evolink_mock_callback_lateness_seconds", "How long after they were due attempts were begun."
        )
        lateness.add_metric((), _cumulative(counters.lateness), sum_value=counters.late_seconds)
        yield from (requests, faults, attempts, tasks, lateness)


def _cumulative(groups: list[int]) -> list[tuple[str, float]]:
    """Return each bound with how many are not beyond it, as Prometheus has it."""
    bounds = [*(str(bound) for bound in LATENESS_SECONDS), "+Inf"]
    return [(bound, sum(groups[: number + 1])) for number, bound in enumerate(bounds)]
