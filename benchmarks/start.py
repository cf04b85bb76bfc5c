"""How long it takes from the command to the first answer, without pages and with many."""

import json
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from openapi.pages import load_pages

PAGES = 120
"""How many models there are on the platform, roughly."""


def run(*, quick: bool) -> None:
    """Start the program some times, and print how long it took; the first time, which fills caches, does not count."""
    times = 3 if quick else 9
    with TemporaryDirectory() as folder:
        ready, pages = Path(folder) / "ready.json", Path(folder) / "pages"
        write_pages(pages)
        for name, options in (("", []), (f", {PAGES} pages", ["--page", str(pages)])):
            taken = [first_answer(ready, *options) for _ in range(times + 1)][1:]
            print(f"cold start to the first 200{name}, s: median {statistics.median(taken):.3f}", end="")
            print(f" (of {times}: {min(taken):.3f} to {max(taken):.3f})")


def write_pages(folder: Path) -> None:
    """Write pages of models that there are not, each like one of the package."""
    folder.mkdir()
    kinds = [name for name, page in load_pages().items() if "/v1/videos/generations" in page["paths"]]
    for number in range(PAGES):
        name = kinds[number % len(kinds)]
        text = json.dumps(load_pages()[name]).replace(name, f"sketch-{number}")
        (folder / f"sketch-{number}.json").write_text(text, "utf-8")


def first_answer(ready: Path, *options: str) -> float:
    """Start `evolink-mock serve` and return the seconds until it answered a request."""
    began = time.perf_counter()
    serve = ["serve", "--port", "0", "--ready-file", str(ready), *options]
    with subprocess.Popen([sys.executable, "-m", "mock_server.cli", *serve], stdout=subprocess.DEVNULL) as process:
        while not ready.exists():
            time.sleep(0.001)
        url = json.loads(ready.read_text("utf-8"))["url"]
        with urllib.request.urlopen(f"{url}/_mock/health") as answer:  # noqa: S310 - our own server
            answer.read()
        taken = time.perf_counter() - began
        process.terminate()
    ready.unlink(missing_ok=True)
    return taken
