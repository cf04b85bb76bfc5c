"""A report of one test as HTML: its time line as a drawing and as a list, in one file that opens without a network.

It has no script. What it may load is nothing, by a policy of its own, and whatever came from outside is escaped.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final

import msgspec

from contracts.report.exchanges import pretty, write_exchange
from contracts.report.frame import write_frame
from contracts.report.history import History, Violation, written_credits
from contracts.report.lanes import Lanes
from contracts.report.markup import Html, element, join
from contracts.report.timeline import Happening, happenings, written_seconds
from contracts.report.verdicts.html import read_style, write_section, write_shown
from contracts.report.verdicts.statement import BROKEN, Statement
from mock_server.control.shapes import TaskState
from mock_server.journal.masking import without_keys

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write_html(history: History, judged: Statement | None = None) -> str:
    """Return a report of a test as HTML, with what the judge says of its client, if it was asked."""
    found = happenings(history)
    body = element(
        "body",
        *_head(history),
        *_failure(history),
        *_violations(history.violations),
        *(() if judged is None else _findings(judged)),
        *_drawing(history, found),
        *_list(history, found),
        *_tasks(history.tasks),
        *_plans(history),
        element(
            "footer", f"Written by evolink-mock {version('evolink-mock')}. Times are those of the test's universe."
        ),
    )
    return write_frame(history.node, body, style=read_style())


def _head(history: History) -> Iterator[Html]:
    yield element("span", history.outcome, class_=f"outcome {history.outcome}")
    yield element("h1", history.node)
    began = (_EPOCH + timedelta(seconds=history.started_at)).isoformat(sep=" ", timespec="seconds")
    yield element("p", f"universe {history.universe}, which began at {began}", class_="soft")
    spent, unit = written_credits(history.credits_spent).split()
    facts = (
        _count(len(history.entries), "request"),
        _count(len(history.tasks), "task"),
        (spent, f"{unit} spent"),
        _count(sum(len(delivery.attempts) for delivery in history.callbacks), "callback attempt"),
        _count(history.faults, "fault"),
        (written_seconds(max(0.0, history.ended_at - history.started_at)), "of the universe's time"),
    )
    yield element(
        "ul", *(element("li", element("b", number), element("span", name)) for number, name in facts), class_="facts"
    )


def _count(number: int, noun: str) -> tuple[str, str]:
    return str(number), noun if number == 1 else f"{noun}s"


def _failure(history: History) -> Iterator[Html]:
    if history.failure:
        yield element("h2", "What the test said")
        yield element("pre", without_keys(history.failure))


def _violations(violations: tuple[Violation, ...]) -> Iterator[Html]:
    if violations:
        yield element("h2", "What was broken of the contract")
    for violation in violations:
        link = element("a", f"request {violation.number}", href=f"#exchange-{violation.number}")
        yield element("div", element("code", violation.clause), violation.message, " (", link, ")", class_="broken")


def _findings(judged: Statement) -> Iterator[Html]:
    """Yield what the judge found; the requests that show it are in the list below, and callbacks stand here."""
    found = [section for grade in BROKEN for section in write_section(judged, grade)]
    callbacks = [exchange for exchange in judged.exchanges if exchange.callback]
    if found:
        yield element("h2", "What the judge found")
        yield from found
    if found and callbacks:
        yield element("h2", "Callbacks that show it")
        yield element("div", *map(write_shown, callbacks), class_="rows")


def _drawing(history: History, found: tuple[Happening, ...]) -> Iterator[Html]:
    yield element("h2", "What happened")
    if history.dropped:
        yield element("p", f"The journal could not keep the first {history.dropped} requests.", class_="soft")
    if found:
        yield Lanes(history).draw()
        yield element(
            "p",
            "Round went well, angular did not; a ring is a fault that was planned. Bars are tasks that wait and work."
            " Of money, what is reserved is dashed and what was charged is not.",
            class_="soft",
        )


def _list(history: History, found: tuple[Happening, ...]) -> Iterator[Html]:
    if not found:
        yield element("p", "Nothing: no request reached the simulator.")
        return
    entries = {entry.number: entry for entry in history.entries}
    rows = list[Html]()
    for happening in found:
        line = _line(happening, found[0].at)
        entry = entries.get(happening.exchange or 0)
        rows.append(element("div", line, class_="row") if entry is None else write_exchange(entry, line))
    yield element("h2", "One thing after another")
    yield element("div", *rows, class_="rows")


def _line(happening: Happening, first: float) -> Html:
    ended = "ill" if happening.bad else "well" if happening.lane in {"client", "callback"} else ""
    return join(
        element("span", f"+{written_seconds(max(0.0, happening.at - first))}", class_="at"),
        element("span", happening.lane, class_="lane"),
        element(
            "span",
            happening.what,
            " ",
            *(element("span", note, class_="note") for note in happening.notes),
            class_="what",
        ),
        element("span", happening.came, class_=f"came {ended}".strip()),
    )


def _tasks(tasks: tuple[TaskState, ...]) -> Iterator[Html]:
    if not tasks:
        return
    yield element("h2", "Tasks")
    rows = [
        element(
            "details",
            element(
                "summary",
                element("span", task.status, class_="lane"),
                element("span", task.group, class_="lane"),
                element("span", task.id, " ", element("span", task.model, class_="note"), class_="what"),
                element("span", _cost(task), class_="came"),
            ),
            element("div", element("pre", pretty(msgspec.json.encode(task).decode())), class_="inside"),
        )
        for task in tasks
    ]
    yield element("div", *rows, class_="rows")


def _cost(task: TaskState) -> str:
    return ", ".join(f"{line.kind} {written_credits(line.credits)}" for line in task.ledger)


def _plans(history: History) -> Iterator[Html]:
    if not history.plans:
        return
    yield element("h2", "Plans")
    names = element("tr", *(element("th", name) for name in ("plan", "matched", "struck", "")))
    rows = [
        element(
            "tr",
            element("td", element("code", plan.name)),
            element("td", str(plan.matched)),
            element("td", str(plan.struck)),
            element("td", "" if plan.struck else "never used"),
        )
        for plan in history.plans
    ]
    yield element("table", names, *rows)
