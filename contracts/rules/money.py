"""H1 to H4: what a client knows of its credits. What is paid for twice is with the creation of tasks (B1 to B4)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from contracts.recording.accounts import account_of, read_balance
from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_NEAR: Final = 0.00005
_FREE: Final = frozenset({"failed", "cancelled"})


def check_budget(record: ClientRecord) -> Examination:
    """H1: yield for each budget that the client said it had."""
    budgets = [budget for report in record.reported if (budget := report.number("budget")) is not None]
    for budget in sorted(set(budgets)):
        taken, shown = 0.0, list[Exchange]()
        for call in record.creates:
            for task in call.tasks:
                taken += record.cost(task) or 0.0
                shown.append(call.last)
        expected = f"no request for a task beyond the budget of {budget:g} credits"
        over = breach("", expected, f"{taken:g} credits", *shown)
        yield over if taken > budget + _NEAR else None


def check_estimate(record: ClientRecord) -> Examination:
    """H2: yield for each task whose price the client said beforehand."""
    for task in record.tasks.values():
        told = _told(record, task, "estimated_credits")
        shown = next((sight for sight in task.answers if sight.reserved is not None), None)
        if told is not None and shown is not None and shown.reserved is not None:
            expected = f"an estimate of {shown.reserved:g} credits, as the API reserves"
            yield breach(task.id, expected, f"{told:g}", shown) if abs(told - shown.reserved) > _NEAR else None


def check_free(record: ClientRecord) -> Examination:
    """H3: yield for each failed or cancelled task of which the client said what it cost."""
    for task in record.tasks.values():
        told = _told(record, task, "charged_credits")
        if told is not None and task.terminal is not None and task.terminal.status in _FREE:
            expected = f"no credits for a task that is {task.terminal.status}"
            yield breach(task.id, expected, f"{told:g} credits", task.terminal) if told > _NEAR else None


def _told(record: ClientRecord, task: ClientTask, fact: str) -> float | None:
    """Return a number that the client reported of a task."""
    report = record.report_of(task.id)
    return None if report is None else report.number(fact)


def _tells(fact: str) -> Callable[[ClientRecord], bool]:
    """Return what tells whether the client reported a number."""
    return lambda record: any(report.number(fact) is not None for report in record.reported)


def check_shortage(record: ClientRecord) -> Examination:
    """H4: yield for each time that an account ran out of credits."""
    looks = [exchange for exchange in record.api if read_balance(exchange) is not None]
    rows: dict[str | None, list[Exchange]] = {}
    for call in record.creates:
        name = account_of(call.first)
        refusal = next((attempt for attempt in call.attempts if attempt.status == HTTPStatus.PAYMENT_REQUIRED), None)
        row = rows.get(name)
        if row and (refusal is None or _is_renewed(record, looks, row[-1], refusal)):
            yield _judge_row(row)
            row = None
        if refusal is not None and (row is None or refusal.started_at >= row[0].ended_at):
            rows[name] = [*(row or ()), refusal]
        elif row is None:
            rows.pop(name, None)
    for row in rows.values():
        yield _judge_row(row)


def _is_renewed(record: ClientRecord, looks: list[Exchange], before: Exchange, after: Exchange) -> bool:
    """Tell whether there may be credits again: somebody looked, or did something by hand."""
    start, end = before.ended_at, after.started_at
    return record.disturbed(start, end) or any(start <= look.started_at <= end for look in looks)


def _judge_row(row: list[Exchange]) -> Finding | None:
    if len(row) == 1:
        return None
    expected = "no further request for a task after 402, until there are credits again"
    return breach("402", expected, f"{len(row) - 1} more, each refused", *row)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="H1",
        title="A client with a budget asks for no task beyond it.",
        check=check_budget,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("RES-RESERVED",),
        exposure='The client reported a number of credits as its "budget".',
        advice="Add up usage.credits_reserved of every create, and stop before the next task would go beyond.",
        applies=_tells("budget"),
    ),
    Rule(
        id="H2",
        title="Who tells a price beforehand tells the one that the API reserves.",
        check=check_estimate,
        clauses=("BILL-PARTS", "BILL-IN-1", "BILL-IN-2", "BILL-IN-3", "BILL-IN-CAP", "BILL-OUT", "RES-RESERVED"),
        exposure='The client reported its "estimated_credits" of a task.',
        advice="Count the input as the page does: 5 s of one video, 2.5 s of each of two, 1.65 s of each of three; or "
        "show usage.credits_reserved instead of an estimate.",
        applies=_tells("estimated_credits"),
    ),
    Rule(
        id="H3",
        title="A task that failed or was cancelled is shown as free.",
        check=check_free,
        level=Level.SHOULD,
        clauses=("BILL-SUCCESS",),
        exposure='The client reported "charged_credits" of a failed or cancelled task.',
        advice="Show what billing or usage of the ended task says, and not what was reserved.",
        applies=_tells("charged_credits"),
    ),
    Rule(
        id="H4",
        title="When the credits have run out, nothing more is asked for.",
        check=check_shortage,
        clauses=("ERR-402",),
        exposure="A request for a task was answered with 402.",
        advice="Stop the whole batch at the first 402, and say how much is missing; go on when GET /v1/credits shows "
        "enough.",
    ),
)
"""The rules on credits."""
