"""What is said of each rule, and the fixes that it names."""

import re
import subprocess
import sys

import pytest

from contracts.explanations import LANGUAGES, Language, explain, load_explanations, place_of, show_fix
from contracts.rules import ALL_RULES
from docs.draw_rules import draw_rules
from tests.explanations.conftest import FIXES
from tests.running import PATIENCE, clean

FIXES_OF_RULES = sorted({fix for told in load_explanations().values() for fix in told.fixes})


def test_each_rule_is_explained() -> None:
    """In whole sentences, and no other rule is."""
    told = load_explanations()
    assert [explain(rule.id).why for rule in ALL_RULES]
    assert told.keys() == {rule.id for rule in ALL_RULES}
    with pytest.raises(LookupError, match=r"^rule L4 is not explained: .* contracts/rules/fixes/L\.yaml$"):
        explain("L4")
    assert all(each.why.endswith(".") and each.seen.endswith(".") for each in told.values())
    assert [rule for rule, each in told.items() if not each.fixes] == ["Z1"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@pytest.mark.parametrize("fix", FIXES_OF_RULES)
def test_fixes_can_be_shown(fix: str, language: Language) -> None:
    """Each is there in each language, without what only our own checks need."""
    shown = show_fix(fix, language)
    assert shown
    assert "noqa" not in shown
    if language.name == "Python":
        compile(shown, fix, "exec")


def test_parts() -> None:
    """A part is one function or class, with its decorators and comments; what is not there is told."""
    python, typescript = LANGUAGES
    assert show_fix("reading.Task", python).startswith("@dataclass(frozen=True)\nclass Task:")
    assert show_fix("waiting.pause", python).splitlines()[-1].startswith("    return told")
    shown = show_fix("spending.paid_seconds", typescript).splitlines()
    assert shown[1] == "export function paidSeconds(lengths, duration) {"
    assert (shown[0][:3], shown[-1]) == ("// ", "}")
    with pytest.raises(ValueError, match=r"^waiting has no nap in TypeScript$"):
        show_fix("waiting.nap", typescript)


def test_no_module_is_without_a_rule() -> None:
    """Whatever is in a folder of the small client is a fix of some rule."""
    used = {place_of(fix, language) for fix in FIXES_OF_RULES for language in LANGUAGES}
    found = {
        path.relative_to(FIXES).as_posix() for language in LANGUAGES for path in (FIXES / language.folder).glob("*.*")
    }
    assert found - used == {"python/__init__.py"}


def test_pages_lead_to_the_fixes() -> None:
    """The links of pages are right as seen from where they are."""
    for page in draw_rules().values():
        for link in re.findall(r"\]\(((?:\.\./)+[^)]*)\)", page):
            assert (FIXES.parents[2] / "docs" / "reference" / "rules" / link).exists(), link


def test_judging_reads_none_of_it() -> None:
    """Neither the rules nor the judge import it."""
    code = "import sys, contracts.rules, contracts.verdict; print({*sys.modules} & {'contracts.explanations', 'httpx'})"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=clean(), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    assert ran.stdout.strip() == "set()"
