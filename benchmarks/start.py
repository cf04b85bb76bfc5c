"""How long it takes from the command to the first answer."""

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory


def run(*, quick: bool) -> None:
    """Start the program some times, and print how long it took; the first time, which fills caches, does not count."""
    times = 3 if quick else 9
    with TemporaryDirectory() as folder:
        taken = [first_answer(Path(folder) / "ready.json") for _ in range(times + 1)][1:]
    print(f"cold start to the first 200, s: median {statistics.median(taken):.3f}", end="")
    print(f" (of {times}: {min(taken):.3f} to {max(taken):.3f})")


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
