"""When a client fetches results, and what it does when a link leads nowhere (F1, F2, F8)."""

from collections import defaultdict
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange
from contracts.recording.replies import Reply, reply_of
from contracts.rules.failures.retrying import is_over
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_DAY: Final = 24 * 3600.0
_GONE: Final = frozenset({403, 404, 410})
"""What a link is answered with that has expired, or never led anywhere."""

_IN_A_ROW: Final = 5
"""How often a link may be refused without a look at the task."""

_IN_ALL: Final = 10
"""How often it may be refused in all: each look may show the same link again."""


def check_promptness(record: ClientRecord) -> Examination:
    """F1: yield for each link of a result that was fetched, for the first time that it was."""
    for task in record.tasks.values():
        for link, requests in requests_for(task).items():
            known = min((s.exchange for s in task.sights if link in s.links), key=_end, default=None)
            if known is not None and not record.disturbed(known.ended_at, requests[0].started_at):
                yield _check_age(record, task, known, requests[0])


def _end(exchange: Exchange) -> float:
    return exchange.ended_at


def requests_for(task: ClientTask) -> dict[str, list[Exchange]]:
    """Return the requests for a task's results, by their URLs, those of later redirects included."""
    found: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in task.downloads:
        found[exchange.url.partition("#")[0]].append(exchange)
    return found


def _check_age(record: ClientRecord, task: ClientTask, known: Exchange, fetched: Exchange) -> Finding | None:
    age = (fetched.started_at - known.ended_at) * record.view.pace
    if age <= _DAY:
        return None
    expected, seen = "the result fetched within 24 hours", f"{age / 3600:.1f} hours after its link was shown"
    return breach(task.id, expected, seen, known, fetched)


def check_dead_links(record: ClientRecord) -> Examination:
    """F2: yield for each link of a result that was refused as one that leads nowhere."""
    for task in record.tasks.values():
        for requests in requests_for(task).values():
            refused = [exchange for exchange in requests if exchange.status in _GONE]
            if refused:
                yield _check_refused(task, refused)


def _check_refused(task: ClientTask, refused: list[Exchange]) -> Finding | None:
    run: list[Exchange] = []
    for exchange in refused:
        fresh = run and any(run[-1].ended_at <= poll.started_at <= exchange.started_at for poll in task.polls)
        run = [exchange] if fresh else [*run, exchange]
        if len(run) > _IN_A_ROW:
            expected = f"at most {_IN_A_ROW} requests for a link that is refused, before the task is asked for again"
            return breach(task.id, expected, f"{len(run)}, each refused with {exchange.status}", *run)
    if len(refused) <= _IN_ALL:
        return None
    expected = f"at most {_IN_ALL} requests for a link that is refused"
    return breach(task.id, expected, f"{len(refused)}", *refused)


def check_all_results(record: ClientRecord) -> Examination:
    """F8: yield for each task with several results of which one was fetched, and that a client had time for."""
    for task in record.tasks.values():
        asked = requests_for(task)
        whole = all(reply_of(requests[-1]) in {Reply.SUCCESS, Reply.REDIRECT} for requests in asked.values())
        several = task.terminal is not None and len(set(task.links)) > 1
        if several and asked and whole:
            missing = [link for link in task.links if link not in asked]
            if not missing:
                yield None
            elif is_over(record, task.downloads[-1]):
                seen = f"{len(missing)} of {len(task.links)} never asked for"
                yield breach(task.id, "all results fetched", seen, *task.downloads)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="F1",
        title="A result is fetched within 24 hours, as its link works no longer.",
        check=check_promptness,
        clauses=("OP-LINK-24H",),
        exposure="A result was fetched of which it is known when the client was shown its link.",
        advice="Fetch the video as soon as the task has ended, and keep a copy of your own.",
    ),
    Rule(
        id="F2",
        title="A link that is refused is not asked for again and again: the task is looked at, or an error raised.",
        check=check_dead_links,
        ground=Ground.ROB,
        clauses=("OP-LINK-24H",),
        exposure="A request for a result got 403, 404 or 410.",
        advice="Ask for the task once more, try the link that it shows, and then raise an error that names the task.",
    ),
    Rule(
        id="F8",
        title="Of several results all are fetched.",
        check=check_all_results,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("TASK-RESULTS",),
        exposure="A task ended with several results, and one of them was fetched.",
        advice="Go through all of results, in their order, and put each into a file of its own.",
    ),
)
"""The rules on links."""
