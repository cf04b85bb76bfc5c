"""The list of the clauses."""

import re
from pathlib import Path

from openapi.clauses import Clause, load_clauses
from openapi.pages import load_pages

ROOT = Path(__file__).parents[2]


def test_a_clause() -> None:
    """It can be looked up by its id."""
    assert load_clauses()["PROMPT-MAX"] == Clause(
        id="PROMPT-MAX",
        group="request",
        says="prompt has at most 1500 characters.",
        source="wan2.6-reference-video-flash",
        where=("openapi/overlays/strict.yaml",),
    )


def test_every_clause_is_well_formed() -> None:
    """An id in capitals, a sentence, a page that exists, and a place or the reason why there is none."""
    pages = {*load_pages(), "error-codes", "observed"}
    for clause in load_clauses().values():
        assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)+", clause.id)
        assert clause.says.endswith(".")
        assert clause.source in pages
        assert clause.where or clause.unobservable
        assert clause.unobservable is None or clause.unobservable.endswith(".")


def test_every_clause_is_held_where_it_says() -> None:
    """The files that are named exist."""
    named = {place for clause in load_clauses().values() for place in clause.where}
    assert [place for place in sorted(named) if not (ROOT / place).is_file()] == []


def test_the_clauses_of_the_model_page_are_all_there() -> None:
    """The groups that were taken from the page of the model keep their numbers of clauses."""
    counted: dict[str, int] = {}
    for clause in load_clauses().values():
        counted[clause.group] = counted.get(clause.group, 0) + 1
    assert {name: counted[name] for name in ("operation", "auth", "request", "billing", "callback", "response")} == {
        "operation": 5,
        "auth": 2,
        "request": 22,
        "billing": 8,
        "callback": 10,
        "response": 12,
    }
