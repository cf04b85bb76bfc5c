"""What it costs the API that somebody looks: queries of ten thousand tasks, with and without the dashboard's lanes."""

import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2

from benchmarks.load import CONNECTIONS, Measured
from benchmarks.processes import server
from benchmarks.servers import KEY
from benchmarks.throughput import get, load, median, ratio, show

TASKS: Final = "10000"
LANES: Final = 25
"""How many lanes the time line shows at once."""


class Looker(threading.Thread):
    """Does over the wire what the dashboard does: it listens, and reads the lanes anew when something has changed.

    Args:
        port: Where the server is.
    """

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.taken = list[float]()
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=None)
        self._told: dict[str, Any] = {}
        self._left = threading.Event()

    def run(self) -> None:
        """Look until somebody leaves."""
        with self._client, self._client.stream("GET", "/_mock/dashboard/events?universe=default") as events:
            for line in events.iter_lines():
                if self._left.is_set():
                    return
                if line.startswith("data:"):
                    self._read()

    def leave(self) -> None:
        """Look no more: what happens next is the last that is heard of."""
        self._left.set()
        httpx2.get(self._client.base_url.join("/v1/credits"), headers={"authorization": f"Bearer {KEY}"})
        self.join()

    def _read(self) -> None:
        since = {} if not self._told else {"generation": self._told["generation"], "after": self._told["last"]}
        began = time.perf_counter()
        answer = self._client.get("/_mock/dashboard/lanes", params={"page": 1, "size": LANES, **since})
        self._told = json.loads(answer.raise_for_status().content)
        self.taken.append(time.perf_counter() - began)


def run(*, quick: bool) -> None:
    """Measure in rounds, so that both cases see the same machine."""
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    cases: dict[str, list[Measured]] = {"nobody looks": [], "somebody looks": []}
    taken = list[float]()
    with server("simulator", TASKS) as (ours, _):
        requests = [get(f"/v1/tasks/{name}") for name in ours["ids"]]
        for _ in range(rounds):
            cases["nobody looks"].append(load(ours["port"], requests, seconds))
            with looking(ours["port"]) as looker:
                cases["somebody looks"].append(load(ours["port"], requests, seconds))
            taken += looker.taken
    print(f"{f'query, {CONNECTIONS} connections':24}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'of alone':>9}")
    show("nobody looks", median(cases["nobody looks"]), None)
    show("somebody looks", median(cases["somebody looks"]), ratio(cases["somebody looks"], cases["nobody looks"]))
    print(f"\nthe time line was read {len(taken)} times, in {statistics.median(taken) * 1_000:.1f} ms each (median)")


@contextmanager
def looking(port: int) -> Iterator[Looker]:
    """Look at a server's dashboard for a while."""
    looker = Looker(port)
    looker.start()
    yield looker
    looker.leave()
