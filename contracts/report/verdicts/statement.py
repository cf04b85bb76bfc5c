"""What a report says, all of it as it may be shown. As JSON it is a report itself, and the other writers read it.

The form has a version; what is added does not change it, what is changed or taken away does.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from contracts.recording.exchange import split_url
from contracts.recording.masking import read_bearer
from contracts.report.verdicts.curl import name_keys, write_curl
from contracts.report.verdicts.redaction import Shown, redact
from contracts.report.verdicts.report import Report
from contracts.verdict import Finding, Grade, Ground, Level, Outcome, Rule
from mock_server.journal.entries import Message
from openapi.clauses import load_clauses

FORM: Final = "evolink-verdict"
"""What the form is called, in its field `form`."""

VERSION: Final = 1
"""The version of the form."""

BROKEN: Final = (Grade.FAIL, Grade.ERROR, Grade.WARN)
"""The grades of rules that there is something to look into, the worst first."""


class StatedClause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of the contract; `says` and `source` are empty for one that the contract no longer has."""

    id: str
    says: str
    source: str


class StatedFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding; `exchanges` are numbers, and those that are recorded are among the report's exchanges."""

    subject: str
    expected: str
    seen: str
    exchanges: tuple[int, ...]


class StatedAllowance(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings of a rule are accepted, and why; they are not listed unless all of the rule's are."""

    reason: str
    findings: int


class StatedOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and what came of it.

    `exposures` is how often it was put to the test. `docs` is the page of the rule. `error` is why it could not be
    judged.
    """

    rule: str
    title: str
    level: Level
    ground: Ground
    clauses: tuple[StatedClause, ...]
    exposure: str
    advice: str
    docs: str | None
    grade: Grade
    exposures: int
    findings: tuple[StatedFinding, ...]
    allowances: tuple[StatedAllowance, ...]
    error: str | None

    @property
    def reference(self) -> str:
        """Where all about the rule is: its page, or else the command that shows it."""
        return self.docs or f"evolink-contracts rules {self.rule}"

    @property
    def reasons(self) -> str:
        """Why findings are accepted."""
        return "; ".join(allowance.reason for allowance in self.allowances)


class StatedExchange(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange that a finding shows.

    `at` is when it began, in seconds after the beginning of the report. `path` is that of its operation where a page
    describes one, and `operation` its id. `curl` makes it again. `status` is null where no answer came, and `error`
    says why none came whole.
    """

    number: int
    callback: bool
    at: float
    milliseconds: float
    method: str
    url: str
    path: str
    operation: str | None
    status: int | None
    error: str | None
    faults: tuple[str, ...]
    request: Message
    answer: Message
    curl: str

    @property
    def came(self) -> str:
        """The status that came back, or that none did."""
        return "no answer" if self.status is None else str(self.status)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says. `counts` is how many rules have each grade, `exit_code` what a command exits with."""

    form: str
    version: int
    title: str
    target: str
    artifact: str | None
    started_at: float
    tool_version: str
    exit_code: int
    counts: Mapping[str, int]
    stale: tuple[str, ...]
    outcomes: tuple[StatedOutcome, ...]
    exchanges: tuple[StatedExchange, ...]

    def of(self, *grades: Grade) -> tuple[StatedOutcome, ...]:
        """Return the outcomes with one of these grades, in the order of the grades."""
        return tuple(outcome for grade in grades for outcome in self.outcomes if outcome.grade is grade)

    def shown(self, finding: StatedFinding) -> tuple[StatedExchange, ...]:
        """Return the exchanges that show a finding."""
        return tuple(exchange for exchange in self.exchanges if exchange.number in finding.exchanges)


def state(report: Report) -> Statement:
    """Return what a report says.

    Secrets are looked for in the exchanges that findings show, and taken out of all that is said of them.
    """
    cited = {number for outcome in report.verdict.outcomes for each in outcome.findings for number in each.exchanges}
    redaction = redact(
        (exchange for exchange in report.exchanges if exchange.number in cited),
        (callback for callback in report.callbacks if callback.number in cited),
        shows_prompts=report.shows_prompts,
    )
    keys = name_keys(report.exchanges)
    stated = [_exchange(shown, report, keys, redaction.text) for shown in redaction.exchanges]
    stated += [_exchange(shown, report, keys, redaction.text, callback=True) for shown in redaction.callbacks]
    outcomes = tuple(_outcome(outcome, report, redaction.text) for outcome in report.verdict.outcomes)
    return Statement(
        form=FORM,
        version=VERSION,
        title=redaction.text(report.title),
        target=redaction.text(report.target),
        artifact=None if report.artifact is None else redaction.text(report.artifact),
        started_at=report.started_at,
        tool_version=report.tool_version,
        exit_code=report.exit_code,
        counts={grade.value: sum(outcome.grade is grade for outcome in outcomes) for grade in Grade},
        stale=tuple(map(redaction.text, report.stale)),
        outcomes=outcomes,
        exchanges=tuple(sorted(stated, key=lambda exchange: exchange.number)),
    )


def write_json(report: Report) -> str:
    """Write a report as JSON: a `Statement`."""
    return msgspec.json.format(msgspec.json.encode(state(report)), indent=2).decode() + "\n"


def _outcome(outcome: Outcome[object], report: Report, text: Callable[[str], str]) -> StatedOutcome:
    rule: Rule[object] = outcome.rule
    return StatedOutcome(
        rule=rule.id,
        title=rule.title,
        level=rule.level,
        ground=rule.ground,
        clauses=tuple(map(_clause, rule.clauses)),
        exposure=rule.exposure,
        advice=rule.advice,
        docs=None if report.docs is None else f"{report.docs}{rule.id}.md",
        grade=outcome.grade,
        exposures=outcome.exposures,
        findings=tuple(_finding(finding, text) for finding in outcome.findings),
        allowances=tuple(
            StatedAllowance(reason=text(allowance.reason), findings=allowance.findings)
            for allowance in report.allowances
            if allowance.rule == rule.id
        ),
        error=None if outcome.error is None else text(outcome.error),
    )


def _clause(name: str) -> StatedClause:
    clause = load_clauses().get(name)
    return StatedClause(id=name, says=clause.says if clause else "", source=clause.source if clause else "")


def _finding(finding: Finding, text: Callable[[str], str]) -> StatedFinding:
    return StatedFinding(
        subject=text(finding.subject),
        expected=text(finding.expected),
        seen=text(finding.seen),
        exchanges=finding.exchanges,
    )


def _exchange(
    shown: Shown, report: Report, keys: Mapping[str, str], text: Callable[[str], str], *, callback: bool = False
) -> StatedExchange:
    exchange, operation = shown.exchange, shown.operation
    return StatedExchange(
        number=exchange.number,
        callback=callback,
        at=round(exchange.started_at - report.started_at, 6),
        milliseconds=round((exchange.ended_at - exchange.started_at) * 1_000, 3),
        method=text(exchange.method),
        url=shown.url,
        path=split_url(shown.url).path if operation is None else operation.path,
        operation=None if operation is None else operation.id,
        status=exchange.status,
        error=None if exchange.error is None else text(exchange.error),
        faults=tuple(map(text, exchange.faults)),
        request=shown.request,
        answer=shown.answer,
        curl=write_curl(
            shown.request,
            method=text(exchange.method),
            url=shown.url,
            key=keys.get(read_bearer(exchange.header("authorization")) or ""),
        ),
    )
