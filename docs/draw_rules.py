"""Draw docs/reference/rules/: a page for each rule that clients are judged by, and the table of them."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

from contracts.explanations import LANGUAGES, Explanation, Language, explain, place_of, show_fix
from contracts.recording.client import ClientRecord
from contracts.rules import ALL_RULES, GROUPS
from contracts.verdict import Ground, Level, Rule
from openapi.clauses import load_clauses

WIDTH: Final = 120
"""How long a line may be."""

LEVELS: Final[Mapping[Level, str]] = {
    Level.MUST: "It binds: a finding fails the run.",
    Level.SHOULD: "A finding is a warning, unless `--level should` makes it fail the run.",
    Level.MAY: "A finding is a warning, unless `--level all` makes it fail the run.",
}
"""What comes of a finding of each level."""

GROUNDS: Final[Mapping[Ground, str]] = {
    Ground.DOC: "the API's pages say so",
    Ground.RFC: "a standard of the web says so",
    Ground.SEC: "security rests on it",
    Ground.ROB: "a client that works on bad days needs it",
}
"""What each ground means."""

_README: Final = """\
# The rules for clients

What holds of any client of the API. `evolink-contracts traffic FILE` [judges a recording](../../how-to/traffic.md) by
them, and `evolink.assert_client()` [a test](../../how-to/pytest.md); `evolink-contracts rules ID` shows a rule in the
terminal. A `must` fails a run; a `should` warns, unless the level says that it fails too.
[What a finding means](../../explanation/verdict.md) is told elsewhere.

Each page shows a fix: a part of one small client that keeps all rules, in
Python (`contracts/rules/fixes/python`) and in TypeScript (`contracts/rules/fixes/typescript`). It needs httpx, and
Starlette for its receiver; in TypeScript it needs nothing but Node 20.
"""

_UNTESTED: Final = "Where nothing of that happened, the rule is untested, and that is no pass."

_FIXES: Final = "../../../contracts/rules/fixes"
"""Where the fixes are, from a page."""

_MARKUP: Final = re.compile(r"([\\`*<>\[\]|]|(?<![^\W_])_|_(?![^\W_]))")
"""What Markdown takes for markup; an underscore within a name is none."""


def draw_rules() -> Mapping[str, str]:
    """Return the pages by the names of their files."""
    return {"README.md": _table(), **{f"{rule.id}.md": _page(rule) for rule in ALL_RULES}}


def _table() -> str:
    parts = [_README]
    for letter, title in GROUPS.items():
        rules = [rule for rule in ALL_RULES if rule.id.startswith(letter)]
        rows = [
            f"| [{rule.id}]({rule.id}.md) | {rule.level} | {rule.ground} | {_plain(rule.title)} |" for rule in rules
        ]
        parts.append("\n".join([f"## {title}\n", "| rule | level | ground | what holds |", "|---|---|---|---|", *rows]))
    return "\n".join(f"{part.rstrip()}\n" for part in parts)


def _page(rule: Rule[ClientRecord]) -> str:
    told = explain(rule.id)
    parts = [
        f"# {rule.id}",
        f"**{_plain(rule.title)}**",
        f"Level: {rule.level}. {LEVELS[rule.level]}",
        f"Ground: {rule.ground}, as {GROUNDS[rule.ground]}.",
        "## Why",
        _plain(told.why),
        *(["## What the contract says", _clauses(rule.clauses)] if rule.clauses else []),
        "## What is looked at",
        _plain(told.seen),
        f"What puts it to the test: {_plain(rule.exposure)} {_UNTESTED}",
        "## What to do about a finding",
        _plain(rule.advice),
        *(part for language in LANGUAGES if told.fixes for part in _fixes(told, language)),
        "[All rules](README.md)",
    ]
    return "\n\n".join(map(_wrapped, parts)) + "\n"


def _fixes(told: Explanation, language: Language) -> Iterator[str]:
    """Yield the modules that show how to fix it in a language, and where those are that they import."""
    yield f"### In {language.name}"
    for fix in told.fixes:
        yield f"```{language.fence}\n{show_fix(fix, language)}\n```"
    places = dict.fromkeys(place_of(fix, language) for fix in told.fixes)
    links = " and ".join(f"[{place}]({_FIXES}/{place})" for place in places)
    yield f"In {links}, of a small client that keeps all rules."


def _clauses(names: tuple[str, ...]) -> str:
    known = load_clauses()
    return "\n".join(_item(f"`{name}`: {_plain(known[name].says)}") for name in names)


def _item(text: str) -> str:
    return textwrap.fill(
        text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _wrapped(text: str) -> str:
    """Return a paragraph in lines that are not too long; what has lines already is left as it is."""
    return text if "\n" in text else textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _plain(text: str) -> str:
    """Return a text in which nothing is taken for markup."""
    return _MARKUP.sub(r"\\\1", text)
