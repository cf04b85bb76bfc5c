import re
from pathlib import Path

import pytest

from contracts.rules import ALL_RULES
from docs.draw import draw, draw_operations, draw_states
from mock_server.cli import serve
from mock_server.control.operations import OPERATIONS
from mock_server.core.timeline import TRANSITIONS
from mock_server.serving.banner import banner
from mock_server.settings import Settings
from tests.docs.conftest import DOCUMENTS, ROOT, name, snippets

LINK = re.compile(r"\]\((?!https?://)([^)#]+)(?:#[^)]*)?\)")
README = ROOT / "README.md"


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "docs" / "rules" / "README.md"], ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    """What a document links to is in the repository."""
    for link in LINK.findall(path.read_text("utf-8")):
        assert (path.parent / link).exists(), link


def test_what_is_drawn_is_up_to_date() -> None:
    """`make docs` has been run since the code changed."""
    for path, text in draw().items():
        assert path.read_text("utf-8") == text, f"{name(path)} is out of date: run make docs"


def test_each_rule_for_clients_has_a_page() -> None:
    """And a row in the table; there is no other page."""
    pages = {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} - {"README"}
    table = (ROOT / "docs" / "rules" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| (?:must|should|may) \|", table, re.MULTILINE)
    assert pages == {rule.id for rule in ALL_RULES}
    assert rows == [(rule.id, rule.id) for rule in ALL_RULES]


def test_the_diagram_has_each_transition_and_no_other() -> None:
    """The drawing can be read back into the table."""
    arrows = set(re.findall(r"^  (\w+) --> (\w+)$", draw_states(), re.MULTILINE))
    assert arrows == {(status, after) for status, following in TRANSITIONS.items() for after in following}


def test_the_table_has_each_operation_of_the_control_api() -> None:
    """With its method, its path and its method in Python."""
    rows = re.findall(r"^\| `([A-Z]+) (\S+)` \|.*\| `([a-z_]+)` \|$", draw_operations(), re.MULTILINE)
    assert [(method, path) for method, path, _ in rows] == [(found.method, found.path) for found in OPERATIONS]
    assert [name.replace("_", "") for _, _, name in rows] == [found.id.lower() for found in OPERATIONS]


def test_the_readme_shows_the_banner_as_it_is() -> None:
    """The first thing that a person sees is what they were told they would."""
    shown = [snippet.text.strip() for snippet in snippets(README, "text")]
    url = "http://127.0.0.1:8765"
    assert shown == [banner(Settings(), url, url).strip()]


def test_the_readme_lists_every_option() -> None:
    """Each flag and each setting has a row."""
    text = README.read_text("utf-8")
    rows = [
        [cell.strip(" `") for cell in row.split("|")[1:4]]
        for row in re.findall(r"^\| `?-.*|^\| \| `.*", text, re.MULTILINE)
    ]
    flags = {flag for parameter in serve.params for flag in (*parameter.opts, *parameter.secondary_opts)}
    assert {flag for row in rows for flag in re.findall(r"--[a-z-]+", row[0])} == flags
    assert {row[1] for row in rows if row[1]} == set(Settings.__struct_fields__)


@pytest.mark.parametrize("field", ["host", "port", "speed", "credits", "seed", "body_limit"])
def test_the_readme_tells_the_defaults(field: str) -> None:
    """A default in the table is the default."""
    default = getattr(Settings(), field)
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    assert re.search(rf"\| `{field}` \| `{re.escape(shown)}` \|", README.read_text("utf-8"))
