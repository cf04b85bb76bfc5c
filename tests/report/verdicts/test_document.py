"""The document on reports: it names what the JSON form has, no more and no less."""

import re
from pathlib import Path

import msgspec
import pytest

from contracts.report.verdicts import WRITERS
from contracts.report.verdicts.baseline import read_baseline
from contracts.report.verdicts.statement import StatedExchange, StatedOutcome, Statement

TEXT = Path(__file__).parents[3].joinpath("docs", "reference", "verdicts.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("table", "shape"), [("report", Statement), ("outcome", StatedOutcome), ("exchange", StatedExchange)]
)
def test_the_tables_name_each_field(table: str, shape: type[msgspec.Struct]) -> None:
    """In the first column, in any order."""
    (rows,) = re.findall(rf"^\| of (?:an?|the) {table} \|.*\n\|.*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    cells = [row.split("|")[1] for row in rows.splitlines()]
    assert sorted(re.findall(r"`(\w+)`", "".join(cells))) == sorted(shape.__struct_fields__)


def test_each_form_is_named() -> None:
    """By the name that chooses it."""
    assert {form for form in WRITERS if f"`{form}`" in TEXT} == set(WRITERS)


def test_the_baseline_of_the_document_can_be_read() -> None:
    """As it stands there."""
    (snippet,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert [known.rule for known in read_baseline(snippet, ["P6", "K4"]).known] == ["P6", "K4"]
