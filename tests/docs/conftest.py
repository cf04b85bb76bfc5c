import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FENCE = re.compile(r"^```(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a document: its info string, such as `sh no-run`, and its text."""

    info: str
    text: str


def snippets(path: Path, *infos: str) -> list[Snippet]:
    """Return the snippets of a document that have one of these info strings; all of them if none is given."""
    found = [Snippet(*match.groups()) for match in FENCE.finditer(path.read_text("utf-8"))]
    return [snippet for snippet in found if not infos or snippet.info in infos]


def name(path: Path) -> str:
    """Name a document in the name of a test."""
    return str(path.relative_to(ROOT))
