"""The documents about plans: each kind's example is the same in each of the forms that are shown."""

import json
import re
import shlex
from typing import Any, Final

import pytest

from docs.draw_plans import own_words
from mock_server.assembly import read_server_plans
from mock_server.core.plans import (
    EXAMPLES,
    HEADER,
    KINDS,
    Match,
    fields_of,
    read_directive,
    read_header,
    read_json,
    read_plans,
    read_words,
)
from mock_server.scenarios.bundled import scenario_names
from mock_server.settings import load_settings
from openapi.operations import load_operations
from tests.docs.conftest import FENCE, ROOT
from tests.plans.executing import executed

DOCUMENT: Final = "".join(
    (ROOT / "docs" / name).read_text("utf-8")
    for name in ("how-to/plans.md", "reference/plans.md", "reference/scenarios.md")
)


def section(name: str) -> str:
    """Return what the document says of a kind."""
    found = re.search(rf"^### `{name}`\n(.*?)(?=^##|<!--)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def blocks(name: str) -> dict[str, str]:
    """Return the snippets of a kind, by what they are."""
    return dict(FENCE.findall(section(name)))


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_shown_in_each_form(name: str, tmp_path: Any) -> None:
    """As a flag, JSON, a settings file, Python, and for the control API: the same plans."""
    shown, plans = blocks(name), read_words(EXAMPLES[name][0].words)
    flag = shlex.split(shown["text"].splitlines()[0])
    assert flag == ["evolink-mock", "serve", "--plan", EXAMPLES[name][0].words]
    assert read_json(shown["json"]) == plans
    assert executed(shown["python"]) == plans
    config = tmp_path / "settings.yaml"
    config.write_text(shown["yaml"])
    assert read_server_plans(load_settings({}, environment={}, config=config), (), load_operations()) == plans
    command = shlex.split(shown["sh"])
    assert read_plans(json.loads(command[command.index("-d") + 1])["plans"]) == plans


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_shown_with_a_request(name: str) -> None:
    """In a header and in a prompt, where it has a meaning for one request."""
    _, *own = blocks(name)["text"].splitlines()
    assert bool(own) == (name != "limit")
    if own:
        plans = read_words(own_words(EXAMPLES[name][0].words))
        assert read_header(own[0].removeprefix(f"{HEADER}: ")) == plans
        assert read_directive(json.loads(own[1])["prompt"]) == plans


@pytest.mark.parametrize("name", KINDS)
def test_all_of_a_kind_is_shown(name: str) -> None:
    """Each field, each fault and each example has a row."""
    rows = re.findall(r"^\| `(.*?)` \|", section(name), re.MULTILINE)
    kind = KINDS[name]
    fields = [field for field in fields_of(kind) if field not in ("match", "times", "name")]
    assert rows == [*fields, *kind.faults, *(example.words for example in EXAMPLES[name])]


def test_all_scenarios_are_shown() -> None:
    """Each has a row, in order."""
    table = DOCUMENT.partition("## Ready scenarios")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == scenario_names()


def test_each_settings_file_is_one(tmp_path: Any) -> None:
    """What is shown as a settings file plans something."""
    config = tmp_path / "settings.yaml"
    texts = [text for kind, text in FENCE.findall(DOCUMENT) if kind == "yaml"]
    assert texts
    for text in texts:
        config.write_text(text)
        assert read_server_plans(load_settings({}, environment={}, config=config), (), load_operations())


def test_the_words_are_plans() -> None:
    """Those that explain how a plan is said."""
    text = dict(FENCE.findall(DOCUMENT.partition("## In words")[2].partition("##")[0]))["text"]
    assert all(read_words(line) for line in text.splitlines())


MATCHES: Final = re.findall(
    r'^\| (`(?:on|task|account|fields|after|nth|chance|times)[.=].*?) \| `(".*?)`', DOCUMENT, re.MULTILINE
)


@pytest.mark.parametrize(("words", "members"), MATCHES)
def test_a_match_in_words_is_that_in_json(words: str, members: str) -> None:
    """The last that a row shows in words is what it shows in JSON."""
    *_, last = re.findall(r"`(.*?)`", words)
    where = members if "times" in members else f'"match": {{{members}}}'
    assert read_words(f"answer 503 {last}") == read_json(f'[{{"kind": "answer", "status": 503, {where}}}]')


def test_each_part_of_a_match_is_shown() -> None:
    """No field is without an example."""
    shown = " ".join(words for words, _ in MATCHES)
    assert all(f"{name}=" in shown or f"{name}." in shown for name in fields_of(Match) if name != "operation")
    assert "on=" in shown
