import re
from pathlib import Path

import click
import pytest

from contracts.rules import ALL_RULES
from docs.draw import draw, draw_operations, draw_states
from docs.draw_commands import draw_commands, draw_settings
from docs.links import read_anchors, read_links
from mock_server.cli import main
from mock_server.control.operations import OPERATIONS
from mock_server.core.tasks.timeline import TRANSITIONS
from mock_server.settings import Settings
from tests.docs.conftest import PAGES, ROOT, RULES, name

pytestmark = pytest.mark.uncounted


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    """What a document links to is a file of the repository, and an anchor is that of one heading there."""
    for link in read_links(path.read_text("utf-8")):
        file = (path.parent / link.path).resolve() if link.path else path
        assert file.is_file(), link
        assert not link.anchor or read_anchors(file.read_text("utf-8")).count(link.anchor) == 1, link


def test_each_page_can_be_found() -> None:
    """In the navigation of the site, once; the pages of rules from their table."""
    navigation = re.findall(r'"([\w/.-]+\.md)"', (ROOT / "docs" / "zensical.toml").read_text("utf-8"))
    pages = [path for path in PAGES if path.parent != RULES or path.name == "README.md"]
    assert sorted(navigation) == sorted(map(name, pages))


def test_what_is_drawn_is_up_to_date() -> None:
    """`make docs` has been run since the code changed."""
    for path, text in draw().items():
        assert path.read_text("utf-8") == text, f"{name(path)} is out of date: run make docs"


def test_each_rule_for_clients_has_a_page() -> None:
    """And a row in the table; there is no other page."""
    pages = {path.stem for path in RULES.glob("*.md")} - {"README"}
    table = (RULES / "README.md").read_text("utf-8")
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


def test_the_settings_are_all_there() -> None:
    """Each flag and each variable has a row."""
    table = draw_settings()
    flags = {flag for option in main.commands["serve"].params for flag in (*option.opts, *option.secondary_opts)}
    assert set(re.findall(r"`(--[a-z-]+)`", table)) >= flags
    variables = re.findall(r"`EVOLINK_MOCK_(\w+)` \|", table)
    assert variables == [*(field.upper() for field in Settings.__struct_fields__), "CONFIG"]


@pytest.mark.parametrize("field", ["host", "port", "speed", "credits", "seed", "body_limit"])
def test_the_settings_tell_the_defaults(field: str) -> None:
    """A default in the table is the default."""
    default = getattr(Settings(), field)
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    assert f"`EVOLINK_MOCK_{field.upper()}` | `{shown}` |" in draw_settings()


def test_each_command_is_drawn_with_its_options() -> None:
    """As `--help` has them, but for hidden ones; what may be markup in its words is none."""

    @click.group()
    def tool() -> None:
        """Do things, to `<x>` and <y>."""

    @tool.command()
    @click.option("--kind", type=click.Choice(["a", "b"]), default="a", show_default=True, help="What kind.")
    @click.option("--name", multiple=True, metavar="NAME", help="Who.  [default: nobody]")
    @click.option("--on/--off", default=None, help="Whether.")
    @click.argument("file")
    def act(**_: object) -> None:
        """Act."""

    tool.add_command(click.Command("secret", hidden=True))
    tool.add_command(click.Command("bare"))
    drawn = draw_commands({"tool": tool})
    assert "Do things, to `<x>` and \\<y\\>." in drawn
    assert "tool act [OPTIONS] FILE" in drawn
    assert "| `--kind` | `a` `b` | `a` | What kind. |" in drawn
    assert "| `--name` | `NAME` | nobody | Who. |" in drawn
    assert "| `--on`, `--off` | | | Whether. |" in drawn
    assert "### `tool bare`" in drawn
    assert "secret" not in drawn
