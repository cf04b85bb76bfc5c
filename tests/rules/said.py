"""What the judge says of the traffic of tests, whole: the words and values that users read, one finding a line.

`said.txt` has every finding that a test of a rule brings forth. After a change of what a rule says,

    .venv/bin/python -m tests.rules.said

writes it anew, and its difference shows the change as users will see it.
"""

import sys
from pathlib import Path
from typing import Final

import pytest

from contracts.report.verdicts.words import one_line
from contracts.verdict import Finding

FILE: Final = Path(__file__).with_name("said.txt")


class Said:
    """All that was ever said; `heard` is what was said since it began to listen, None while it only compares."""

    def __init__(self) -> None:
        self.lines: Final = frozenset(FILE.read_text("utf-8").splitlines())
        self.heard: set[str] | None = None

    def check(self, rule: str, finding: Finding) -> None:
        """Have a finding be one that the file has."""
        numbers = ", ".join(map(str, finding.exchanges))
        about = "-" if finding.subject == "" else finding.subject
        line = f"{rule} [{numbers}] {about}: expected {finding.expected}; seen {finding.seen}"
        if self.heard is None:
            assert one_line(line) in self.lines, f"new, python -m tests.rules.said writes it down: {one_line(line)}"
        else:
            self.heard.add(one_line(line))


SAID: Final = Said()


def write(said: Said) -> int:
    """Run the tests of rules, and write down what they bring forth if they pass; return the exit code."""
    said.heard = set()
    code = pytest.main(["-q", "-p", "no:randomly", "-W", "ignore::pytest.PytestAssertRewriteWarning", str(FILE.parent)])
    if code == 0:
        FILE.write_text("".join(f"{line}\n" for line in sorted(said.heard)), "utf-8")
    return code


if __name__ == "__main__":
    from tests.rules import said

    sys.exit(write(said.SAID))
