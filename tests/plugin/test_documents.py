"""The tests that documents show, and the example, as a reader would run them."""

import re
import shutil

import pytest

from contracts.evolink.options import Options
from tests.docs.conftest import DOCUMENTS, ROOT, snippets
from tests.examples.conftest import TESTED
from tests.plugin.conftest import Run

pytestmark = pytest.mark.uncounted

LIVE = ROOT / "docs" / "how-to" / "pytest-live.md"
REFERENCE = ROOT / "docs" / "reference" / "pytest.md"
TESTS = [snippet.text for path in DOCUMENTS if path != LIVE for snippet in snippets(path, "python") if snippet.is_test]
"""Those of a page for live servers are run beside what else is told of those."""


@pytest.mark.parametrize("number", range(len(TESTS)))
def test_snippets(run: Run, number: int) -> None:
    """Each is a module of tests, which pass."""
    result = run(TESTS[number])
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] >= 1


def test_the_keywords_are_those_of_the_mark() -> None:
    """Each has a row, and each row is one."""
    rows = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| [^|]+ \|$", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert tuple(rows) == Options.__struct_fields__


def test_the_example(run: Run, pytester: pytest.Pytester) -> None:
    """It passes as it stands."""
    for name in TESTED:
        shutil.copy(ROOT / "examples" / name, pytester.path)
    written = re.findall(r"^def test_", (ROOT / "examples" / TESTED[-1]).read_text("utf-8"), re.MULTILINE)
    run("", TESTED[-1]).assert_outcomes(passed=len(written))
