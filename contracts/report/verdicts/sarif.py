"""A report as SARIF 2.1.0, as code scanning reads it: rules with help, and a result for each finding."""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import msgspec

from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import StatedExchange, StatedFinding, StatedOutcome, Statement, state
from contracts.report.verdicts.text import write_moment
from contracts.report.verdicts.words import stable_parts
from contracts.verdict import Grade, Level

_Json: TypeAlias = dict[str, Any]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[Mapping[Grade, str]] = {Grade.FAIL: "error", Grade.WARN: "warning", Grade.ALLOWED: "note"}
_DEFAULTS: Final[Mapping[Level, str]] = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note"}


def write_sarif(report: Report) -> str:
    """Write a report as SARIF.

    What is allowed is a suppressed result. A rule that could not be judged, and a baseline that is out of date, are
    notifications of the tool. Rules that passed or were not put to the test have no result; they are listed as
    properties of the run.
    """
    statement = state(report)
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(statement)]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


def _run(statement: Statement) -> _Json:
    driver = {
        "name": "evolink-contracts",
        "version": statement.tool_version,
        "rules": [_rule(outcome) for outcome in statement.outcomes],
    }
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"evolink-contracts/{quote(statement.title, safe=' ')}/"},
        "invocations": [_invocation(statement)],
        "results": list(_results(statement)),
        "columnKind": "unicodeCodePoints",
        "properties": {
            "target": statement.target,
            "passed": [outcome.rule for outcome in statement.of(Grade.PASS)],
            "untested": [outcome.rule for outcome in statement.of(Grade.UNTESTED)],
            "notApplicable": [outcome.rule for outcome in statement.of(Grade.NOT_APPLICABLE)],
        },
    }


def _rule(outcome: StatedOutcome) -> _Json:
    says = [f"{clause.id}: {clause.says}" if clause.says else clause.id for clause in outcome.clauses]
    told = "\n\n".join(part for part in (outcome.title, *says, outcome.advice, f"See {outcome.reference}") if part)
    return {
        "id": outcome.rule,
        "shortDescription": {"text": outcome.title},
        "fullDescription": {"text": "\n\n".join([outcome.title, *says])},
        "help": {"text": told, "markdown": told},
        "defaultConfiguration": {"level": _DEFAULTS[outcome.level]},
        "properties": {"tags": [outcome.ground.value, *(clause.id for clause in outcome.clauses)]},
        **({} if outcome.docs is None else {"helpUri": outcome.docs}),
    }


def _invocation(statement: Statement) -> _Json:
    failed = [
        {
            "level": "error",
            "message": _message(f"{outcome.rule} could not be judged: {outcome.error}"),
            "associatedRule": {"id": outcome.rule},
        }
        for outcome in statement.of(Grade.ERROR)
    ]
    stale = [{"level": "error", "message": _message(sentence)} for sentence in statement.stale]
    return {
        "executionSuccessful": not failed,
        "exitCode": statement.exit_code,
        "startTimeUtc": write_moment(statement),
        "toolExecutionNotifications": failed,
        "toolConfigurationNotifications": stale,
    }


def _results(statement: Statement) -> Iterator[_Json]:
    alike: Counter[str] = Counter()
    for index, outcome in enumerate(statement.outcomes):
        for finding in outcome.findings:
            fingerprint = _fingerprint(outcome, finding)
            alike[fingerprint] += 1
            yield {
                "ruleId": outcome.rule,
                "ruleIndex": index,
                "level": _LEVELS[outcome.grade],
                "message": _message(_told(outcome, finding)),
                "locations": [_location(statement, finding)],
                "relatedLocations": [_related(exchange) for exchange in statement.shown(finding)],
                "partialFingerprints": {"evolinkFinding/v1": f"{fingerprint}:{alike[fingerprint]}"},
                **(_suppression(outcome) if outcome.grade is Grade.ALLOWED else {}),
            }


def _fingerprint(outcome: StatedOutcome, finding: StatedFinding) -> str:
    """Return what is the same for this finding in each run: without its ids, its numbers and what was seen."""
    parts = [outcome.rule, *stable_parts(finding.subject), "", *stable_parts(finding.expected)]
    return blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _told(outcome: StatedOutcome, finding: StatedFinding) -> str:
    about = f" ({finding.subject})" if finding.subject else ""
    return f"{outcome.title}{about}\nExpected: {finding.expected}\nSeen: {finding.seen}"


def _message(text: str) -> _Json:
    """Return a text as a message, in which braces are doubled and nothing is a link."""
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _location(statement: Statement, finding: StatedFinding) -> _Json:
    """Return where a finding is: the operation of the last exchange that shows it, in the file that it points to."""
    exchanges = statement.shown(finding)
    where = exchanges[-1] if exchanges else None
    location: _Json = {
        "logicalLocations": [_logical(where) if where else {"name": finding.subject or statement.target}]
    }
    if statement.artifact is not None:
        uri = {"uri": quote(statement.artifact)}
        location["physicalLocation"] = {"artifactLocation": uri, "region": {"startLine": 1}}
    return location


def _logical(exchange: StatedExchange) -> _Json:
    name = f"{exchange.method} {exchange.path}"
    return {"name": exchange.operation or name, "fullyQualifiedName": name, "kind": "resource"}


def _related(exchange: StatedExchange) -> _Json:
    return {
        "id": exchange.number,
        "logicalLocations": [_logical(exchange)],
        "message": _message(f"exchange {exchange.number}, {exchange.came}: {exchange.curl}"),
    }


def _suppression(outcome: StatedOutcome) -> _Json:
    return {"suppressions": [{"kind": "external", "justification": outcome.reasons or "allowed"}]}
