import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "from-clone-to-ci.md"
"""The page whose snippets make one way, from its first to its last."""

RULES = ROOT / "docs" / "reference" / "rules"
"""The pages of rules, whose fixes are tested where they come from."""

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
"""Every document."""

DOCUMENTS = [path for path in PAGES if path != TUTORIAL and path.parent != RULES]
"""Those whose snippets are run page by page."""

ADDRESS = "http://127.0.0.1:8765"
"""Where snippets believe the simulator to be."""

FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a document: its info string, such as `sh no-run`, and its text."""

    info: str
    text: str

    @property
    def is_test(self) -> bool:
        """Whether it is a module of tests, which pytest has to run."""
        return self.info == "python" and "def test_" in self.text


def snippets(path: Path, *infos: str) -> list[Snippet]:
    """Return the snippets of a document that have one of these info strings; all of them if none is given."""
    found = [Snippet(*match.groups()) for match in FENCE.finditer(path.read_text("utf-8"))]
    return [snippet for snippet in found if not infos or snippet.info in infos]


def commands() -> dict[str, str]:
    """Return the variable by which the package's commands are those of the Python that runs the tests."""
    return {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def name(path: Path) -> str:
    """Name a document in the name of a test."""
    return str(path.relative_to(ROOT))
