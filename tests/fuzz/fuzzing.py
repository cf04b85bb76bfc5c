"""Schemathesis as a process of its own, and what its report says."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.running import clean

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("st")
PHASES = ["Examples", "Coverage", "Fuzzing", "Stateful"]


FREE: Final = os.environ.get("FREE_SEEDS") == "1"
"""Whether examples are to be drawn anew and in greater number, as at night: FREE_SEEDS=1."""


STILL, RUNNING = "in a universe that stands still", "while tasks run and end"
"""Two universes: where time stands still and where it runs. By day each is tried in one way, at night in every way."""


def write_config(path: Path, *, frozen: bool) -> Path:
    """Write the repository's configuration for a universe that runs or stands still, for other seeds if so wanted."""
    text = (ROOT / "schemathesis.toml").read_text("utf-8")
    text = (
        text.replace("[generation]\n", "[generation]\nmax-examples = 40\n")
        .replace("frozen = false", f"frozen = {str(frozen).lower()}")
        .replace("tests/fuzz", f"{ROOT}/tests/fuzz")
    )
    text += "\n[phases.stateful]\ngeneration.max-examples = 60 # so that each link is followed\n"
    path.write_text(text.replace("seed = 1\n", "") if FREE else text, "utf-8")
    return path


def fuzz(document: str, report: Path, *options: str, config: Path | None = None) -> str:
    """Run every phase of a document at a URL, and return what was printed; the report gets an event on each line.

    Links that schemathesis infers by itself need not lead anywhere; those of the document are followed.

    Without a configuration, it is the repository's own, schemathesis.toml, where there is one.
    """
    chosen = () if config is None else ("--config-file", str(config))
    done = subprocess.run(
        [COMMAND, *chosen, "run", document, *options, "--no-color", f"--report-ndjson-path={report}"],
        cwd=ROOT,
        env=clean({"PYTHONWARNINGS": "default"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=3_000 if FREE else 300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.findall(f"✅ ({'|'.join(PHASES)})$", done.stdout, re.MULTILINE) == PHASES
    links = re.search(r"API Links: +(\d+) covered / (\d+) selected / \2 total(?: \((\d+) inferred\))?", done.stdout)
    assert links, done.stdout
    covered, total, inferred = (int(number or 0) for number in links.groups())
    assert covered >= total - inferred, done.stdout
    return done.stdout


def followed(report: Path) -> set[str]:
    """Return the links that were followed."""
    events = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    return {link["id"] for link in _find("transition", events) if link}


def _find(name: str, value: Any) -> Iterator[Any]:
    """Find every value of this name, however deep."""
    if isinstance(value, dict):
        if name in value:
            yield value[name]
        for inner in value.values():
            yield from _find(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _find(name, inner)
