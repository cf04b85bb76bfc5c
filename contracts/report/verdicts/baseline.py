"""A baseline: findings that are known, each with a reason, so that only new ones fail.

    known:
      - rule: P6
        subject: /v1/credits*
        reason: The gateway answers for it in plain text until May.

A pattern of the subject is as in a shell; without one, all findings of the rule are known. What matches nothing
although its rule was put to the test is out of date, and says so: a baseline only ever names what is still wrong.
"""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import chain
from typing import Annotated, Any, Final

import msgspec
import yaml

from contracts.report.verdicts.report import Allowance
from contracts.report.verdicts.words import count
from contracts.verdict import Finding, Grade, Outcome, Record, Verdict
from mock_server.reading import ReadingError, read

_Text = Annotated[str, msgspec.Meta(pattern=r"\S", description="a text that is not empty")]
_UNTOLD: Final = frozenset({Grade.UNTESTED, Grade.NOT_APPLICABLE, Grade.ERROR})


class BaselineError(ValueError):
    """A baseline cannot be used; the message says where in it something is wrong, and what."""


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Findings that are known: of a rule, about what (all if there is no pattern), and why they are accepted."""

    rule: _Text
    subject: _Text | None = None
    reason: _Text

    def covers(self, rule: str, finding: Finding) -> bool:
        """Tell whether a finding of a rule is one of them."""
        return rule == self.rule and (self.subject is None or fnmatchcase(finding.subject, self.subject))

    def __str__(self) -> str:
        return self.rule if self.subject is None else f"{self.rule} about {self.subject}"


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known."""

    known: tuple[Known, ...] = ()


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict after a baseline: what is left of it, what was accepted, and what is out of date, in sentences."""

    verdict: Verdict[Any]
    allowances: tuple[Allowance, ...]
    stale: tuple[str, ...]


def read_baseline(text: str | bytes, rules: Collection[str]) -> Baseline:
    """Read a baseline; `rules` are the ids of all rules, whether or not they are asked.

    Raises:
        BaselineError: It is not of the form, or names a rule that does not exist.
    """
    try:
        document = yaml.safe_load(text)
        baseline = read({} if document is None else document, Baseline)
    except yaml.YAMLError as error:
        raise BaselineError(f"it is not YAML that can be read: {_where(error)}") from error
    except ReadingError as error:
        raise BaselineError(str(error)) from error
    entries = [(known.rule, known.subject) for known in baseline.known]
    for index, known in enumerate(baseline.known):
        if known.rule not in rules:
            raise BaselineError(f"known[{index}].rule: there is no rule {known.rule[:60]!r}{_near(known.rule, rules)}")
        if entries[index] in entries[:index]:
            raise BaselineError(f"known[{index}]: {known} stands there twice")
    return baseline


def _where(error: yaml.YAMLError) -> str:
    """Say what is wrong with YAML, and where, in one line."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem}, line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}"
    return " ".join(str(error).split())


def _near(name: str, rules: Collection[str]) -> str:
    near = get_close_matches(name.upper(), rules, 1, 0.5)
    return f"; did you mean {near[0]}?" if near else ""


def apply_baseline(verdict: Verdict[Record], baseline: Baseline) -> Settled:
    """Take what is known out of a verdict.

    A rule all of whose findings are known is allowed, with them. Of another, only what is not known is left.
    """
    used = {known for outcome in verdict.outcomes for known in _used(outcome, baseline)}
    told = {outcome.rule.id: outcome for outcome in verdict.outcomes if outcome.grade not in _UNTOLD}
    stale = [known for known in baseline.known if known.rule in told and known not in used]
    return Settled(
        verdict=Verdict(tuple(_settle(outcome, baseline) for outcome in verdict.outcomes)),
        allowances=tuple(chain.from_iterable(_allowances(outcome, baseline) for outcome in verdict.outcomes)),
        stale=tuple(_out_of_date(known, told[known.rule]) for known in stale),
    )


def _entry(rule: str, finding: Finding, baseline: Baseline) -> Known | None:
    """Return the first entry that a finding is one of."""
    return next((known for known in baseline.known if known.covers(rule, finding)), None)


def _used(outcome: Outcome[Record], baseline: Baseline) -> Iterator[Known]:
    for known in baseline.known:
        if any(known.covers(outcome.rule.id, finding) for finding in outcome.findings):
            yield known


def _settle(outcome: Outcome[Record], baseline: Baseline) -> Outcome[Record]:
    left = tuple(finding for finding in outcome.findings if _entry(outcome.rule.id, finding, baseline) is None)
    if len(left) == len(outcome.findings):
        return outcome
    if left:
        return msgspec.structs.replace(outcome, findings=left)
    return msgspec.structs.replace(outcome, grade=Grade.ALLOWED)


def _allowances(outcome: Outcome[Record], baseline: Baseline) -> Iterator[Allowance]:
    entries = [_entry(outcome.rule.id, finding, baseline) for finding in outcome.findings]
    for known in dict.fromkeys(entries):
        if known is not None:
            yield Allowance(rule=known.rule, reason=known.reason, findings=entries.count(known))


def _out_of_date(known: Known, outcome: Outcome[Record]) -> str:
    found = "found nothing" if not outcome.findings else "found nothing of that kind"
    times = count(outcome.exposures, "time")
    return f"The baseline knows of {known}, but the rule was put to the test {times} and {found}: take the entry out."
