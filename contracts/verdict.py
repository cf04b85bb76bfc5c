"""What rules say of a record: findings, a grade for each rule, and a verdict on the whole.

A rule looks at a record and yields once for each time that the record put it to the test: None where all was as it
should be, a `Finding` where it was not. A rule that yields nothing was not put to the test, and that is never a pass.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, Generic, Literal, Protocol, TypeAlias, TypeVar

import msgspec

Record = TypeVar("Record")


class Level(StrEnum):
    """How binding a rule is (RFC 2119), the most binding first."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


Strictness: TypeAlias = Literal["must", "should", "all"]
"""How strictly somebody is judged: the least binding level whose findings fail."""

LEVELS: Final[Mapping[Strictness, tuple[Level, ...]]] = {
    "must": (Level.MUST,),
    "should": (Level.MUST, Level.SHOULD),
    "all": tuple(Level),
}
"""The levels whose findings fail a run, by what the user says."""


class Ground(StrEnum):
    """What a rule stands on: the API's pages, a standard of the web, security, or plain robustness."""

    DOC = "documented"
    RFC = "standard"
    SEC = "security"
    ROB = "robustness"


class Grade(StrEnum):
    """What came of a rule.

    `WARN` is a finding of a rule that is no MUST. `ALLOWED` is one that the user allows. `UNTESTED`: nothing put the
    rule to the test. `NOT_APPLICABLE`: the record has nothing in it that the rule is about. `ERROR`: the rule itself
    failed, or who was to put it to the test did, which says nothing about who is judged.
    """

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    WARN = "warn"
    ALLOWED = "allowed"
    UNTESTED = "untested"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


_WORST: Final = (
    Grade.ERROR,
    Grade.FAIL,
    Grade.WARN,
    Grade.ALLOWED,
    Grade.PASS,
    Grade.UNTESTED,
    Grade.NOT_APPLICABLE,
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as a rule wants it.

    Args:
        subject: What it is about: the id of a task, a file or a callback, a path, or nothing; baselines go by that.
        expected: What the rule wants, with values.
        seen: What there is instead.
        exchanges: The numbers of the exchanges that show it, in order.
    """

    expected: str
    seen: str
    subject: str = ""
    exchanges: tuple[int, ...] = ()


class Numbered(Protocol):
    """What has a number in a record: an exchange, or a look at a task."""

    @property
    def number(self) -> int:
        """The exchange's number."""
        ...


def breach(subject: str, expected: str, seen: str, *shown: Numbered) -> Finding:
    """Return a finding that some exchanges show."""
    numbers = tuple(dict.fromkeys(each.number for each in shown))
    return Finding(subject=subject, exchanges=numbers, expected=expected, seen=seen)


Examination = Iterator[Finding | None]
"""What a rule yields: None for each time that all was well, a finding for each time that it was not."""


class Rule(msgspec.Struct, Generic[Record], frozen=True, kw_only=True):
    """One rule.

    Args:
        id: Its short name, such as L4.
        title: What must hold, in one sentence.
        level: How binding it is.
        ground: What it stands on.
        clauses: The clauses of the contract that it checks (`openapi/clauses.yaml`).
        exposure: What must have happened to put it to the test.
        advice: What to do about a finding.
        check: Looks at a record.
        applies: Tells whether a record has what the rule is about, such as a receiver; left out, every one has.
    """

    id: str
    title: str
    check: Callable[[Record], Examination]
    level: Level = Level.MUST
    ground: Ground = Ground.DOC
    clauses: tuple[str, ...] = ()
    exposure: str = ""
    advice: str = ""
    applies: Callable[[Record], bool] | None = None


class Outcome(msgspec.Struct, Generic[Record], frozen=True, kw_only=True):
    """What came of a rule: how often it was put to the test, and what was found; `error` if it failed itself."""

    rule: Rule[Record]
    grade: Grade
    exposures: int = 0
    findings: tuple[Finding, ...] = ()
    error: str | None = None


class Verdict(msgspec.Struct, Generic[Record], frozen=True):
    """The outcomes of all rules, in the rules' order."""

    outcomes: tuple[Outcome[Record], ...]

    def of(self, *grades: Grade) -> tuple[Outcome[Record], ...]:
        """Return the outcomes with one of these grades."""
        return tuple(outcome for outcome in self.outcomes if outcome.grade in grades)

    @property
    def failed(self) -> bool:
        """Whether something is not as a rule that binds wants it."""
        return bool(self.of(Grade.FAIL))

    @property
    def exit_code(self) -> int:
        """What a command exits with: 0 when nothing failed, 1 with findings, 2 when a rule could not be judged."""
        return 2 if self.of(Grade.ERROR) else int(self.failed)


def judge(
    rules: Iterable[Rule[Record]],
    record: Record,
    *,
    binding: Collection[Level] = (Level.MUST,),
    allowed: Mapping[str, str] | Collection[str] = (),
) -> Verdict[Record]:
    """Let rules look at a record.

    Args:
        rules: The rules, each of which is asked whatever the others say.
        record: What they look at.
        binding: The levels whose findings fail; those of the others are warnings.
        allowed: The ids of rules whose findings are accepted.
    """
    return Verdict(tuple(_outcome(rule, record, binding, allowed) for rule in rules))


def unite(verdicts: Iterable[Verdict[Record]]) -> Verdict[Record]:
    """Return one verdict for several by the same rules: a rule comes to the worst that it came to in any of them."""
    return Verdict(tuple(map(_join, zip(*(verdict.outcomes for verdict in verdicts), strict=True))))


def _join(outcomes: tuple[Outcome[Record], ...]) -> Outcome[Record]:
    """Return one outcome for those of one rule."""
    return Outcome(
        rule=outcomes[0].rule,
        grade=min((outcome.grade for outcome in outcomes), key=_WORST.index),
        exposures=sum(outcome.exposures for outcome in outcomes),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        error=next((outcome.error for outcome in outcomes if outcome.error is not None), None),
    )


def _outcome(
    rule: Rule[Record], record: Record, binding: Collection[Level], allowed: Collection[str]
) -> Outcome[Record]:
    try:
        if rule.applies is not None and not rule.applies(record):
            return Outcome(rule=rule, grade=Grade.NOT_APPLICABLE)
        examined = tuple(rule.check(record))
    except Exception as error:  # noqa: BLE001 - one rule that fails must not hide what the others found
        return Outcome(rule=rule, grade=Grade.ERROR, error=f"{type(error).__name__}: {error}")
    findings = tuple(finding for finding in examined if finding is not None)
    grade = _grade(rule, binding, allowed) if findings else Grade.PASS if examined else Grade.UNTESTED
    return Outcome(rule=rule, grade=grade, exposures=len(examined), findings=findings)


def _grade(rule: Rule[Record], binding: Collection[Level], allowed: Collection[str]) -> Grade:
    """Return what findings of a rule amount to."""
    if rule.id in allowed:
        return Grade.ALLOWED
    return Grade.FAIL if rule.level in binding else Grade.WARN
