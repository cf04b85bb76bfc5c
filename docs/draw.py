"""Draw what the documents show of the code: the states in ARCHITECTURE.md, and the clauses in docs/clauses.md.

python docs/draw.py writes them; a test fails when they are not what this draws.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.coverage import cover, write_coverage
from mock_server.core.timeline import TERMINAL, TRANSITIONS
from openapi.clauses import load_clauses

ROOT: Final = Path(__file__).parents[1]
BEGIN: Final = "<!-- drawn by docs/draw.py: begin -->\n"
END: Final = "<!-- drawn by docs/draw.py: end -->\n"

CLAUSES: Final = """\
# The contract, clause by clause

Every statement that the API's pages make, and what official clients rely on besides. `openapi/clauses.yaml` is the
source of this list; `evolink-contracts clauses` shows it with the tests that cover each clause.

"""


def draw_states() -> str:
    """Draw the table of transitions as a Mermaid diagram."""
    first = next(iter(TRANSITIONS))
    arrows = [f"[*] --> {first}"]
    for status, following in TRANSITIONS.items():
        arrows += [f"{status} --> {after}" for after in TRANSITIONS if after in following]
    arrows += [f"{status} --> [*]" for status in TRANSITIONS if status in TERMINAL]
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"  {arrow}" for arrow in arrows), "```"]) + "\n"


def draw() -> Mapping[Path, str]:
    """Return each document that shows something of the code, as it should be."""
    architecture = ROOT / "ARCHITECTURE.md"
    before, _, rest = architecture.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    clauses = write_coverage(cover(load_clauses(), None), "markdown")
    return {
        architecture: before + BEGIN + draw_states() + END + after,
        ROOT / "docs" / "clauses.md": f"{CLAUSES}{clauses}\n",
    }


def main() -> None:
    """Write the documents that are out of date."""
    for path, text in draw().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            print("wrote", path.relative_to(ROOT))


if __name__ == "__main__":
    main()
