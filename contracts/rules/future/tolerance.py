"""I1 to I6: what the API may come to answer tomorrow, and no client may break by.

Whoever breaks by an answer falls silent after it. That alone says nothing: a client may have wanted to know no more. So
it counts only where the client was in a loop, asking again and again of itself, and stopped at the first such answer;
or where it reports an error though nothing else went wrong.
"""

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from contracts.recording.client import ClientRecord, Reported
from contracts.recording.client_tasks import ClientTask
from contracts.recording.replies import Reply, reply_of
from contracts.recording.sights import Sight
from contracts.rules.future.novelties import Kind, Novelty, find_novelties, find_repeated_headers
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_OWN_PACE: Final = 0.5
"""From how many seconds on a client waited between two requests, rather than being asked twice by its test."""

_EXPECTED: Final[dict[Kind, str]] = {
    "member": "members that no page describes to be passed over",
    "value": "a value that no page lists to be taken as any other",
    "number": "a number to be read in whatever form JSON has for it",
    "absent": "a member that is null or missing to be done without",
    "id": "the id to be kept as it is, whatever its form",
    "header": "a header that stands there twice to be read",
}


class Step(msgspec.Struct, frozen=True):
    """One answer about a task: what is new in it, and whether the client went on after it."""

    task: ClientTask
    sight: Sight
    novelties: tuple[Novelty, ...]
    went_on: bool

    def has(self, kind: Kind) -> bool:
        """Tell whether it has something new of a kind."""
        return any(novelty.kind == kind for novelty in self.novelties)


def _find_steps(task: ClientTask) -> Iterator[Step]:
    """Find the answers about a task that have anything new in them, with what came of them."""
    for sight in task.answers:
        novelties = (*find_novelties(sight), *find_repeated_headers(sight.exchange))
        if novelties:
            yield Step(task, sight, novelties, went_on=_latest(task) >= sight.exchange.ended_at)


def _latest(task: ClientTask) -> float:
    """Return when the client last had to do with a task."""
    later = (*task.polls, *task.downloads, *(each.exchange for each in task.sights))
    return max(exchange.started_at for exchange in later)


def _find_new(record: ClientRecord) -> tuple[Step, ...]:
    """Return the answers of all tasks that have anything new in them."""
    return tuple(step for task in record.tasks.values() for step in _find_steps(task))


def _check(kind: Kind) -> Callable[[ClientRecord], Examination]:
    """Return a check that yields for each answer with something new of a kind whose effect can be seen."""

    def check(record: ClientRecord) -> Examination:
        """Yield for each such answer, and for each report of an error after one."""
        steps = tuple(step for step in record.once(_find_new) if step.has(kind))
        stands = any(step.went_on for step in steps)
        for step in steps:
            if step.went_on:
                yield None
            elif not stands and _breaks_off(record, step, kind):
                yield _found(
                    step,
                    kind,
                    f"the client, which was asking every few seconds, asks no more after {_name(step, kind)}",
                )
        for report in record.reported:
            yield from _check_report(record, report, kind)

    return check


def _breaks_off(record: ClientRecord, step: Step, kind: Kind) -> bool:
    """Tell whether a client stopped asking in the midst of it, and nothing but something new can be why."""
    task, answer = step.task, step.sight.exchange
    if step.sight.ended or any(novelty.kind != kind for novelty in step.novelties) or _gave_up(record, task):
        return False
    gap = next((gap for gap in task.gaps if gap.after.number == answer.number), None)
    if gap is None or gap.seconds < _OWN_PACE or record.disturbed(gap.before.ended_at, answer.ended_at):
        return False
    before = next((each for each in task.answers if each.exchange.number == gap.before.number), None)
    return before is not None and not before.ended and isinstance(step.sight.status, str) and bool(step.sight.states)


def _gave_up(record: ClientRecord, task: ClientTask) -> bool:
    """Tell whether a client says that its time for a task was over."""
    return any(report.outcome == "timeout" and report.task in {None, task.id} for report in record.reported)


def _check_report(record: ClientRecord, report: Reported, kind: Kind) -> Examination:
    """Yield if what a client says came of a task tells whether it got along with something new."""
    task = record.tasks.get(report.task or "")
    if task is None:
        return
    steps = tuple(_find_steps(task))
    struck = [step for step in steps if step.has(kind)]
    if not struck or not _is_sound(task):
        return
    if report.outcome == "completed":
        yield None
    elif report.outcome == "error" and all(novelty.kind == kind for step in steps for novelty in step.novelties):
        yield _found(struck[-1], kind, f"{report.error or 'an error'}, after {_name(struck[-1], kind)}")


def _is_sound(task: ClientTask) -> bool:
    """Tell whether everything about a task went well, as far as HTTP and its status say."""
    attempts = () if task.creation is None else task.creation.attempts
    whole = all(reply_of(each) is Reply.SUCCESS for each in (*attempts, *task.polls, *task.downloads))
    return whole and all(each.states and each.status not in {"failed", "cancelled"} for each in task.answers)


def _name(step: Step, kind: Kind) -> str:
    return str(next(novelty for novelty in step.novelties if novelty.kind == kind))


def _found(step: Step, kind: Kind, seen: str) -> Finding:
    return breach(step.task.id, _EXPECTED[kind], seen, step.sight)


def check_ids(record: ClientRecord) -> Examination:
    """I5: as the others, and yield for each id of another form under which a task is asked for, whole or maimed."""
    yield from _check("id")(record)
    for task in record.tasks.values():
        created = next((each for each in task.answers if each.way == "create"), None)
        if created is None or not any(novelty.kind == "id" for novelty in find_novelties(created)):
            continue
        for other in record.tasks.values():
            if other.id != task.id and other.polls and not other.answers and _is_maimed(other.id, task.id):
                yield breach(task.id, f"{task.id} to be asked for", other.id, created, other.polls[0])


def _is_maimed(asked: str, made: str) -> bool:
    """Tell whether an id is what something that cuts ids, or changes their letters, makes of another."""
    return made.startswith(asked) or asked == made.lower() or asked == made.upper()


_ADVICE: Final[dict[Kind, str]] = {
    "member": "Let your decoder pass over unknown members (pydantic extra='ignore', zod .passthrough()).",
    "value": "Decode such fields as plain text, or give their enum a value for what is unknown.",
    "number": "Decode numbers as numbers, not by their look; take ids and large amounts as text or decimals.",
    "absent": "Make every member optional that you can do without, and give it a default.",
    "id": "Treat ids as opaque text: no pattern, no fixed length, no change of case; percent-encode them in paths.",
    "header": "Read headers by name without regard to case, and take the first of several.",
}


def _rule(number: int, kind: Kind, title: str, exposure: str) -> Rule[ClientRecord]:
    return Rule(
        id=f"I{number}",
        title=title,
        check=check_ids if kind == "id" else _check(kind),
        ground=Ground.ROB,
        exposure=exposure,
        advice=_ADVICE[kind],
    )


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    _rule(
        1, "member", "Members that no page describes are passed over.", "An answer about a task had an unknown member."
    ),
    _rule(
        2,
        "value",
        "Values that no page lists are no error.",
        "type, object, billing_rule, user_group or another had a new value.",
    ),
    _rule(
        3,
        "number",
        "Numbers are read in whatever form they come.",
        "A number had a fraction, was very large, or was a text.",
    ),
    _rule(
        4,
        "absent",
        "Members that are null or missing are no error.",
        "A member was null, or missing, that the client can do without.",
    ),
    _rule(5, "id", "Ids are opaque: of any length, in any letters.", "An id had another form than today's."),
    _rule(6, "header", "Headers may stand in an answer twice.", "An answer about a task had a header twice."),
)
"""The rules on what may come."""
