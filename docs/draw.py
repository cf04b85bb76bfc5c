"""Draw what is made of the code's tables, so that nobody writes it twice.

The states in ARCHITECTURE.md, most of docs/reference/, and the calls and methods of the control API's clients.
python docs/draw.py writes them; a test fails when they are not what this draws.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from unittest.mock import patch

import msgspec

from contracts.coverage import cover, write_coverage
from docs.draw_client import draw_client, method_name
from docs.draw_commands import draw_commands, draw_settings
from docs.draw_imports import draw_imports
from docs.draw_plans import draw_common, draw_kinds, draw_match, draw_scenarios
from docs.draw_reference import (
    draw_battery,
    draw_errors,
    draw_file_errors,
    draw_fixtures,
    draw_keys,
    draw_plugin_options,
    draw_task_errors,
)
from docs.draw_rules import draw_rules
from docs.tables import table
from mock_server.control.operation import Nothing, Operation
from mock_server.control.operations import OPERATIONS
from mock_server.core.tasks.timeline import TERMINAL, TRANSITIONS
from mock_server.serving.banner import banner
from mock_server.settings import Settings
from openapi.clauses import load_clauses

ROOT: Final = Path(__file__).parents[1]
REFERENCE: Final = ROOT / "docs" / "reference"
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


def draw_banner() -> str:
    """Draw what the server says when it is started without an option."""
    url = f"http://{Settings().host}:{Settings().port}"
    with patch("mock_server.links.videos.available", lambda: False):  # as `make serve` installs it
        return f"```text\n{banner(Settings(), url, url).strip()}\n```\n"


def draw_operations() -> str:
    """Draw the table of the control API's operations."""
    return table(("operation", "what it does", "parameters", "in Python"), map(_operation, OPERATIONS))


def draw() -> Mapping[Path, str]:
    """Return each file that shows something of the code, as it should be."""
    client = ROOT / "mock_server" / "client"
    parts = {
        ROOT / "README.md": (draw_banner(),),
        ROOT / "ARCHITECTURE.md": (*draw_imports(), draw_states()),
        REFERENCE / "control.md": (draw_operations(),),
        REFERENCE / "errors.md": (draw_errors(), draw_keys(), draw_task_errors(), draw_file_errors()),
        REFERENCE / "plans.md": (draw_common(), draw_match(), draw_kinds()),
        REFERENCE / "pytest.md": (draw_fixtures(), draw_plugin_options()),
        REFERENCE / "scenarios.md": (draw_scenarios(), draw_battery()),
        REFERENCE / "settings.md": (draw_settings(),),
    }
    return {
        **{path: _redrawn(path, *drawn) for path, drawn in parts.items()},
        REFERENCE / "clauses.md": f"{CLAUSES}{write_coverage(cover(load_clauses(), None), 'markdown')}\n",
        REFERENCE / "commands.md": draw_commands(),
        **{REFERENCE / "rules" / name: text for name, text in draw_rules().items()},
        **{client / name: text for name, text in draw_client(OPERATIONS).items()},
    }


def _operation(operation: Operation) -> tuple[str, ...]:
    shapes = (operation.query, Nothing if operation.raw else operation.body)
    names = [field.encode_name for shape in shapes for field in msgspec.structs.fields(shape)]
    taken = ", ".join(f"`{name}`" for name in names) or ("a whole document" if operation.raw else "")
    return f"`{operation.method} {operation.path}`", operation.summary, taken, f"`{method_name(operation)}`"


def _redrawn(path: Path, *drawn: str) -> str:
    """Return a document's text with something else between each pair of marks."""
    text, rest = "", path.read_text("utf-8")
    for part in drawn:
        before, _, rest = rest.partition(BEGIN)
        _, _, rest = rest.partition(END)
        text += before + BEGIN + part + END
    return text + rest


def main() -> None:
    """Write the documents that are out of date, and take away the pages of rules that are no more."""
    drawn = draw()
    for path in {*(REFERENCE / "rules").glob("*.md")} - drawn.keys():
        path.unlink()
        print("removed", path.relative_to(ROOT))
    for path, text in drawn.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            print("wrote", path.relative_to(ROOT))


if __name__ == "__main__":
    main()
