"""What a client says of an error: each by its status, whatever else is in the answer (D1, D8, D9)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

from contracts.recording.client import ClientRecord, Reported
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.verdict import Examination, Ground, Rule, breach

_DOCUMENTED: Final = frozenset({400, 401, 402, 403, 404, 413, 429, 500})
_SAYING: Final = ("code", "status")
"""The facts of a report that tell one error from another as well."""


def check_distinct(record: ClientRecord) -> Examination:
    """D1: yield for each error that was told, if the client met several."""
    told: defaultdict[tuple[Any, ...], dict[int, Exchange]] = defaultdict(dict)
    for report, exchange in _told_errors(record):
        if exchange.status in _DOCUMENTED:
            facts = tuple(str(report.facts.get(name)) for name in _SAYING)
            told[report.error, report.message, *facts].setdefault(exchange.status or 0, exchange)
    if len({status for statuses in told.values() for status in statuses}) > 1:
        for (error, *_), statuses in told.items():
            seen = f"{error} for {' and '.join(map(str, statuses))}"
            alike = breach(error, "an error of its own for each status", seen, *statuses.values())
            yield alike if len(statuses) > 1 else None


def _told_errors(record: ClientRecord) -> Iterator[tuple[Reported, Exchange]]:
    """Find the errors that the client told of, each with the answer that it met last."""
    for report in record.reported:
        exchange = _find_answer(record, report) if report.outcome == "error" and report.error is not None else None
        if exchange is not None and (exchange.status or 0) >= HTTPStatus.BAD_REQUEST:
            yield report, exchange


def _find_answer(record: ClientRecord, report: Reported) -> Exchange | None:
    """Find the last answer before a report: to the polls of its task, or to the one create that asked for the same."""
    task = record.tasks.get(report.task or "")
    if task is not None:
        return task.polls[-1] if task.polls else None
    creates = [call for call in record.creates if report.wanted is not None and call.body == dict(report.wanted)]
    return creates[0].last if len(creates) == 1 else None


def check_unreadable(record: ClientRecord) -> Examination:
    """D8: yield for each error told of whose answer was no JSON, if another with its status was usual."""
    return _check_odd(record, lambda exchange: exchange.answered is NO_JSON)


def check_unusual(record: ClientRecord) -> Examination:
    """D9: yield for each error told of whose answer was JSON of another form, if another with its status was usual."""
    return _check_odd(record, lambda exchange: exchange.answered is not NO_JSON and not _is_usual(exchange.answered))


def _check_odd(record: ClientRecord, is_odd: Callable[[Exchange], bool]) -> Examination:
    told = [(report, each) for report, each in _told_errors(record) if "response" not in each.omitted]
    usual: defaultdict[int | None, set[str | None]] = defaultdict(set)
    for report, exchange in told:
        if _is_usual(exchange.answered):
            usual[exchange.status].add(report.error)
    for report, exchange in told:
        known = usual[exchange.status]
        if known and is_odd(exchange):
            expected = f"{' or '.join(map(str, sorted(map(str, known))))} for {exchange.status}, whatever its body is"
            yield None if report.error in known else breach("", expected, f"{report.error}", exchange)


def _is_usual(body: Any) -> bool:
    """Tell whether an error has the documented form (ERR-BODY)."""
    error = body.get("error") if isinstance(body, dict) else None
    return isinstance(error, dict) and all(isinstance(error.get(name), str) for name in ("code", "message", "type"))


def _reports(record: ClientRecord) -> bool:
    return bool(record.reported)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="D1",
        title="Errors that mean different things are told as different errors.",
        check=check_distinct,
        clauses=("ERR-400", "ERR-401", "ERR-402", "ERR-403", "ERR-429", "ERR-500", "TASK-404", "HTTP-413"),
        exposure="The client told of errors whose answers had different documented statuses.",
        advice="Have a class of errors for each status, or carry the status and the code with the error.",
        applies=_reports,
    ),
    Rule(
        id="D8",
        title="An error whose body is no JSON is told by its status.",
        check=check_unreadable,
        ground=Ground.ROB,
        exposure="The client told of two errors with one status, one as documented and one whose body is no JSON.",
        advice="Look at the status first, and read the body only for details, with a fallback if it cannot be read.",
        applies=_reports,
    ),
    Rule(
        id="D9",
        title="An error whose body has another form than documented is told by its status.",
        check=check_unusual,
        ground=Ground.ROB,
        exposure="The client told of two errors with one status, one as documented and one in another form.",
        advice="Take a member of error only if it is there and a text; error itself may be a text, or missing.",
        applies=_reports,
    ),
)
"""The rules on what is said of errors."""
