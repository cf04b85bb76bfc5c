"""`make bench`: prints every figure that the documentation quotes, measured in this run on this machine."""

import argparse
from collections.abc import Callable
from typing import Final

from benchmarks import callbacks, dashboard, growth, journal, judge, links, media, plans, plugin, start, throughput

PARTS: Final[dict[str, Callable[..., None]]] = {
    "start": start.run,
    "throughput": throughput.run,
    "growth": growth.run,
    "journal": journal.run,
    "plans": plans.run,
    "callbacks": callbacks.run,
    "media": media.run,
    "links": links.run,
    "dashboard": dashboard.run,
    "plugin": plugin.run,
    "judge": judge.run,
}
"""What can be measured, in the order in which it is."""


def main() -> None:
    """Run the parts that are asked for, or all; with --quick in a shorter form whose figures are rough."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="one short round and fewer tasks; rough figures")
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; known are {', '.join(PARTS)}")
    for number, name in enumerate(asked.parts or PARTS):
        print(f"{'' if number == 0 else chr(10)}== {name}", flush=True)
        PARTS[name](quick=asked.quick)


if __name__ == "__main__":
    main()
