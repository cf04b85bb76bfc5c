"""What a client does upon callbacks (E2 to E4, E6, E11)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord, Reported
from contracts.recording.client_tasks import ClientTask
from contracts.recording.exchange import Exchange, split_url
from contracts.recording.origins import origin_of
from contracts.recording.sights import Sight
from contracts.recording.timing import comes_after
from contracts.rules.receiving.callbacks import (
    deliveries_of,
    has_receiver,
    is_accepted,
    is_unreadable,
    was_left,
)
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

_ONE_EFFECT: Final = "one effect, however often a callback comes"
_SECRET: Final = 16
"""From how many characters on a part of a URL may be a secret that only the API knows."""


def check_acceptance(record: ClientRecord) -> Examination:
    """E2: yield for each callback that could not be read, and for each task that was reported after its callback."""
    for exchange in record.heard:
        if is_unreadable(exchange):
            yield from _check_unread(record, exchange)
    for task in record.tasks.values():
        if not _is_disordered(task):
            yield from _check_reports(record, task)


def _check_unread(record: ClientRecord, exchange: Exchange) -> Examination:
    tasks = record.called_at.get(exchange.url, ())
    left = [was_left(record, task, exchange.started_at) for task in tasks]
    if not is_accepted(exchange) or False in left:
        yield None
    elif left and all(left):
        seen = f"{exchange.status} to a body that is no JSON, and no request for the task's state after it"
        expected = "no 2xx to a callback that cannot be used, so that it comes again"
        yield breach(tasks[0].id, expected, seen, exchange)


def _check_reports(record: ClientRecord, task: ClientTask) -> Examination:
    """Yield for each report on a task whose end the client had been told, and had said that it took."""
    taken = [sight for sight in deliveries_of(task) if sight.ended and is_accepted(sight.exchange)]
    for report in record.reported:
        before = [sight for sight in taken if report.at is None or comes_after(report.at, sight.exchange.ended_at)]
        if report.task == task.id and before:
            yield _compare(task, report, before[0])


def _compare(task: ClientTask, report: Reported, told: Sight) -> Finding | None:
    """Compare what a client says with what the API, or else the callback, said."""
    truth = task.terminal or told
    fine = {"completed", "error"} if truth.status == "completed" else {"failed", "error"}
    if report.outcome in fine:
        return None
    shown = sorted((told, truth), key=lambda sight: sight.number)
    seen = f"the client reports {report.outcome}"
    return breach(task.id, f"{truth.status}, as it was told and had taken", seen, *shown)


def check_order(record: ClientRecord) -> Examination:
    """E4: yield for each report on a task whose callbacks came before their time, or after it."""
    for task in record.tasks.values():
        if _is_disordered(task):
            yield from _check_reports(record, task)


def _is_disordered(task: ClientTask) -> bool:
    """Tell whether a callback came before the create's answer was there, or one of an earlier state after the end."""
    created = next((sight.exchange.ended_at for sight in task.answers if sight.way == "create"), float("-inf"))
    told = list(deliveries_of(task))
    early = any(sight.exchange.started_at < created for sight in told)
    ends = [sight.exchange.started_at for sight in told if sight.ended]
    since = min((*ends, *(() if task.ended_at is None else (task.ended_at,))), default=float("inf"))
    return early or any(sight.states and not sight.ended and sight.exchange.started_at > since for sight in told)


def check_effects(record: ClientRecord) -> Examination:
    """E3: yield for each task whose end was told more than once, and whose effect can be seen."""
    uses = _find_uses(record)
    for task in record.tasks.values():
        told = [sight.exchange for sight in deliveries_of(task) if sight.ended]
        if len(told) > 1:
            yield from _check_repeated_reports(record, task, told)
            yield from _check_repeated_creates(task, told, uses)


def _check_repeated_reports(record: ClientRecord, task: ClientTask, told: Sequence[Exchange]) -> Examination:
    reports = [report for report in record.reported if report.task == task.id]
    wanted = sum(sight.way == "create" for sight in task.answers) or 1
    if reports:
        several = breach(task.id, _ONE_EFFECT, f"{len(reports)} reports of the same task", *told)
        yield several if len(reports) > wanted else None


def _find_uses(record: ClientRecord) -> Mapping[str, list[Call]]:
    """Return the calls that made a task of a file, by the file's URL."""
    uses = defaultdict[str, list[Call]](list)
    for call in record.creates:
        for link in {*_used(call.body)} if call.tasks else ():
            uses[link].append(call)
    return uses


def _check_repeated_creates(
    task: ClientTask, told: Sequence[Exchange], uses: Mapping[str, Sequence[Call]]
) -> Examination:
    """Yield if the client made something of the result, each time that it was told of it."""
    used = {call.first.number: call for link in task.links for call in uses.get(link, ())}
    made = [call for call in used.values() if call.first.started_at > told[0].started_at]
    first, *others = made or (None,)
    if first is None:
        return
    again = next((call for call in others if call.body == first.body and call.tasks != first.tasks), None)
    between = again is not None and any(
        first.first.started_at < exchange.started_at <= again.first.started_at for exchange in told[1:]
    )
    if again is None or not between:
        yield None
    else:
        seen, shown = "the same task asked and paid for again", [told[0], first.first, *told[1:], again.first]
        yield breach(task.id, _ONE_EFFECT, seen, *shown)


def _used(body: dict[str, Any]) -> Iterator[str]:
    urls = body.get("video_urls")
    return (url.partition("#")[0] for url in (urls if isinstance(urls, list) else ()) if isinstance(url, str))


def check_authenticity(record: ClientRecord) -> Examination:
    """E6: yield for each result that was fetched of a task that a callback told of."""
    for task in record.tasks.values():
        told = [sight for sight in deliveries_of(task) if sight.links]
        if not told or not record.api or _has_secret(told[0].exchange.url):
            continue
        for download in task.downloads:
            named = [sight for sight in told if download.url.partition("#")[0] in sight.links]
            if named and named[0].exchange.started_at < download.started_at:
                yield _check_download(task, named[0], download)


def _check_download(task: ClientTask, told: Sight, download: Exchange) -> Finding | None:
    """Tell whether the API itself had shown the result before it was fetched, or at least its host."""
    shown = [sight for sight in task.answers if sight.exchange.ended_at <= download.started_at and sight.links]
    hosts = {origin_of(link) for sight in shown for link in sight.links if isinstance(link, str)}
    if origin_of(download.url) in hosts:
        return None
    expected = f"GET /v1/tasks/{task.id} to confirm what the callback says, before it is acted on"
    seen = f"{origin_of(download.url)} asked for a file that only the callback had named"
    return breach(task.id, expected, seen, told.exchange, download)


def _has_secret(url: str) -> bool:
    """Tell whether a callback URL may have a secret in it, by which its receiver knows who sends."""
    parts = split_url(url)
    pieces = (*parts.path.split("/"), *(pair.partition("=")[2] for pair in parts.query.split("&")))
    return any(len(piece) >= _SECRET and any(letter.isdigit() for letter in piece) for piece in pieces)


def check_race(record: ClientRecord) -> Examination:
    """E11: yield for each result that was fetched whole, though the client was told more than once that it is there."""
    for task in record.tasks.values():
        heard = [sight for sight in deliveries_of(task) if sight.status == "completed"]
        once = len(heard) == 1 and not any(sight.status == "completed" for sight in task.answers)
        if not heard or once or _is_spoilt(task):
            continue
        for link in task.links:
            whole = [
                exchange
                for exchange in task.downloads
                if exchange.url.partition("#")[0] == link and _is_whole(exchange)
            ]
            if whole:
                seen = f"{len(whole)} times all of it"
                yield None if len(whole) == 1 else breach(task.id, "the result fetched once", seen, *whole)


def _is_spoilt(task: ClientTask) -> bool:
    """Tell whether a plan may have spoilt the file, so that it is fetched again for a reason."""
    struck = () if task.creation is None else task.creation.attempts
    names = [name for attempt in struck for name in attempt.faults]
    return any(download.faults for download in task.downloads) or any(not name.startswith("callback") for name in names)


def _is_whole(exchange: Exchange) -> bool:
    plain = exchange.method == "GET" and exchange.header("range") is None
    return plain and exchange.status == HTTPStatus.OK and exchange.error is None


def _applies_to_reports(record: ClientRecord) -> bool:
    return has_receiver(record) and bool(record.reported)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="E2",
        title="2xx is answered only to a callback that was taken for good; what was taken is not lost.",
        check=check_acceptance,
        ground=Ground.ROB,
        clauses=("CB-SUCCESS", "CB-RETRIES"),
        exposure="A callback came that could not be read, or the client reported a task whose callback it took.",
        advice="Read and store the callback before you answer 2xx; answer 4xx or 5xx if that fails: it comes again.",
        applies=has_receiver,
    ),
    Rule(
        id="E3",
        title="A callback that comes several times has one effect.",
        check=check_effects,
        ground=Ground.ROB,
        clauses=("CB-RETRIES",),
        exposure="A task's end was told more than once, and the client reported it or made a task of its result.",
        advice="Keep the ids of the tasks that are done, under a unique key, and do nothing the second time.",
        applies=has_receiver,
    ),
    Rule(
        id="E4",
        title="Callbacks that come too early or too late do not turn a task's state back.",
        check=check_order,
        ground=Ground.ROB,
        clauses=("CB-WHEN",),
        exposure="A callback came before its create was answered, or with an earlier state, and the task was reported.",
        advice="Never let a task leave a final state, and let a callback for an id that is not stored yet come again.",
        applies=_applies_to_reports,
    ),
    Rule(
        id="E6",
        title="What an unsigned callback says is confirmed by the API before it is acted on.",
        check=check_authenticity,
        ground=Ground.SEC,
        clauses=("TASK-READ",),
        exposure="A result was fetched that a callback had named.",
        advice="Take the id alone from the callback, GET /v1/tasks/{id} with your key, and act on that answer.",
        applies=has_receiver,
    ),
    Rule(
        id="E11",
        title="A result is fetched once, whoever tells of it first.",
        check=check_race,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure="The end of a task was told by a callback and once more, and its result was fetched.",
        advice="Let callback and polling mark the task as done in one place, and fetch where the mark was set.",
        applies=has_receiver,
    ),
)
"""The rules on what is done upon callbacks."""
