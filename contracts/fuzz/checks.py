"""The checks: errors in the documented form, clauses of requests and answers, and rules on all that was seen."""

import math
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec
import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure, FailureGroup

from contracts.fuzz.trace import Trace, paced, read_body, read_last, trace_of
from contracts.invariants import RULES
from contracts.recording.exchange import NO_JSON, read_json
from contracts.recording.pages import find_page
from contracts.recording.server import ServerRecord
from contracts.verdict import Finding, Grade, Rule, judge
from openapi.clauses import load_clauses
from openapi.operations import Operation, Operations, load_operations
from openapi.page_clauses import find_clause
from openapi.violations import Violation

_ENVELOPES: Final = tuple(rule for rule in RULES if rule.id == "P1")
_OTHERS: Final = tuple(rule for rule in RULES if rule.id != "P1")


class ContractFailure(Failure):
    """What a server does against the contract: the rule or the clauses that say otherwise, and what to do about it.

    `key` tells two of them apart in one operation.
    """

    kind_title = "The contract is broken"
    __slots__ = ("key",)

    def __init__(self, *, operation: str | None, title: str, message: str, key: str) -> None:
        super().__init__(operation=operation, title=title, message=message)
        self.key = key

    @property
    def _unique_key(self) -> str:
        """What schemathesis compares failures of one operation by."""
        return self.key


@schemathesis.check
def error_envelope(_context: CheckContext, _response: Response, case: Case[Any]) -> bool | None:
    """Every error has the documented body, whatever its status (rule P1)."""
    record = trace_of(case).around(case)
    if record is None or (read_last(record).status or 0) < HTTPStatus.BAD_REQUEST:
        return True
    last = msgspec.structs.replace(record, exchanges=(read_last(record),))
    _raise(_judge(_ENVELOPES, last, case.operation.label))
    return None


@schemathesis.check
def kept_clauses(_context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Every request that is accepted, and every answer, keeps the clauses of the strict contract."""
    contract, sent = trace_of(case).contract, read_json(read_body(response.request.body))
    body = None if sent is NO_JSON else sent
    operation = find_page(contract, case.method, case.operation.path, body, status=response.status_code)
    if operation is None:
        return True
    _raise(
        ContractFailure(
            operation=case.operation.label,
            title=f"{violation.clause or 'The contract'} is broken",
            message=_describe(where, violation, contract),
            key=f"{where}|{violation.path}|{violation.rule}",
        )
        for where, violation in _violations(operation, sent, response)
    )
    return None


@schemathesis.check
class KeptRules:
    """What was called so far keeps the rules that bind (`contracts.invariants`): after each call, and in the end.

    Args:
        frozen: Whether the server's clock stands still.
        skew: By how many seconds it may be off. A simulator's goes at a speed of its own, so any number will do if
            none is given.
    """

    def __init__(self, *, frozen: bool = False, skew: float = math.inf) -> None:
        self._clock = {"pace": 0.0 if frozen else 1.0, "skew": skew}
        self._told: set[str] = set()
        self._traces: dict[int, Trace] = {}

    def after_response(self, _context: CheckContext, _response: Response, case: Case[Any]) -> bool | None:
        """Judge a call together with what was last seen of its tasks."""
        trace = trace_of(case)
        self._traces[id(trace)] = trace
        record = trace.around(case)
        if record is None:
            return True
        failures = _judge(_OTHERS, paced(record, **self._clock), case.operation.label, read_last(record).number)
        self._told |= {failure.key for failure in failures}
        _raise(failures)
        return None

    def after_run(self, _context: CheckContext) -> None:
        """Judge all calls together, by the rules that no single call has broken yet."""
        unbroken = [rule for rule in _OTHERS if rule.id not in self._told]
        for trace in self._traces.values():
            _raise(_judge(unbroken, paced(trace.record, **self._clock), None))


def _judge(
    rules: Iterable[Rule[ServerRecord]], record: ServerRecord, operation: str | None, number: int | None = None
) -> list[ContractFailure]:
    """Return a failure for each rule that is broken; if a number is given, by that exchange."""
    found = {
        outcome.rule.id: _failure(outcome.rule, finding, operation)
        for outcome in judge(rules, record).of(Grade.FAIL)
        for finding in reversed(outcome.findings)
        if number is None or number in finding.exchanges
    }
    return list(found.values())


def _failure(rule: Rule[ServerRecord], finding: Finding, operation: str | None) -> ContractFailure:
    subject = f"{finding.subject}: " if finding.subject else ""
    lines = [
        f"{subject}expected {finding.expected}; seen: {finding.seen}",
        *_cite(rule.clauses, load_operations()),
        rule.advice,
    ]
    return ContractFailure(
        operation=operation, title=f"{rule.id}: {rule.title}", message="\n".join(filter(None, lines)), key=rule.id
    )


def _violations(operation: Operation, sent: Any, response: Response) -> Iterator[tuple[str, Violation]]:
    """Find what an accepted request gets wrong, and what its answer does; others look at undocumented statuses."""
    status = response.status_code
    if status < HTTPStatus.BAD_REQUEST and sent is not NO_JSON:
        for violation in operation.request_violations(sent):
            yield f"a request that was accepted with {status}", violation
    answered = read_json(response.content or b"")
    if status in operation.statuses and answered is not NO_JSON:
        for violation in operation.response_violations(status, answered):
            yield f"the answer {status}", violation


def _describe(where: str, violation: Violation, contract: Operations) -> str:
    subject = violation.path or "the body"
    cited = _cite(filter(None, [violation.clause]), contract)
    return "\n".join([f"In {where}, {subject} {violation.message}.", *cited])


def _cite(clauses: Iterable[str], contract: Operations) -> list[str]:
    known = {name: load_clauses().get(name) or find_clause(contract, name) for name in clauses}
    return [f"{name}: {clause.says}" for name, clause in known.items() if clause is not None]


def _raise(failures: Iterable[ContractFailure]) -> None:
    found = list(failures)
    if found:
        raise FailureGroup(found)
