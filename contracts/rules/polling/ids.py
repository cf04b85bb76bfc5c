"""By which id, and how, a task is polled (C1)."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import TASKS
from contracts.recording.replies import Reply, reply_of
from contracts.recording.sights import NO_IDS
from contracts.verdict import Examination, Rule, breach

_SHORTEST: Final = 8
"""How many characters two ids have in common at least to be taken for one."""


def check_ids(record: ClientRecord) -> Examination:
    """C1: yield for each poll of a task that the client was shown, and for each with an id that is like one's."""
    shown = {sight.task: sight.exchange for task in record.tasks.values() for sight in reversed(task.sights)}
    made = [call for call in record.creates if call.tasks]
    meant = _find_meant(record, shown)
    for exchange, asked in _polls(record):
        refused = reply_of(exchange) is Reply.REFUSED
        astray = refused and asked not in shown
        like = meant.get(asked) if astray else None
        if asked in shown and not refused:
            body = exchange.request_body and f"a body of {len(exchange.request_body)} bytes"
            yield breach(exchange.path, "a GET without a body", body, exchange) if body else None
        elif like is not None:
            yield breach(exchange.path, f"GET {TASKS}{like}", f"GET {exchange.path}", shown[like], exchange)
        elif astray and asked.strip().lower() in NO_IDS and made and made[0].ended_at <= exchange.started_at:
            yield breach(
                exchange.path, f"GET {TASKS}{made[0].tasks[0]}", f"GET {exchange.path}", made[0].last, exchange
            )


def _find_meant(record: ClientRecord, shown: Iterable[str]) -> dict[str, str]:
    """Return, for the ids that were asked for in vain, those that they were meant for, as far as they are like any."""
    astray = {asked for exchange, asked in _polls(record) if reply_of(exchange) is Reply.REFUSED}.difference(shown)
    known = {task.lower(): task for task in shown}
    lengths = {len(name) for name in known}
    ends = {name[end - _SHORTEST : end] for name in known for end in range(_SHORTEST, len(name) + 1)}
    like = {asked: _find_like(asked, known, lengths, ends) for asked in astray}
    return {asked: task for asked, task in like.items() if task is not None}


def _find_like(asked: str, known: Mapping[str, str], lengths: Iterable[int], ends: Container[str]) -> str | None:
    """Return the task that an id was meant for: cut, quoted, padded, escaped twice, or in other letters.

    `known` are the tasks by their ids in small letters, `ends` how any part of such an id may end.
    """
    plain = unquote(asked).strip("\"' \t\n/{}<>").lower()
    if len(plain) < _SHORTEST:
        return None
    cut = (task for name, task in known.items() if plain in name)
    if plain[-_SHORTEST:] in ends and (task := next(cut, None)) is not None:
        return task
    parts = (plain[start : start + length] for length in lengths for start in range(len(plain) - length + 1))
    return next((known[part] for part in parts if part in known), None)


def _polls(record: ClientRecord) -> Iterator[tuple[Exchange, str]]:
    """Find the requests for one task, each with what stands in the place of the id."""
    for exchange in record.api:
        asked = exchange.path.removeprefix(TASKS)
        if exchange.method == "GET" and asked != exchange.path:
            yield exchange, unquote(asked)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="C1",
        title="A task is polled by its exact id, percent-encoded, with a GET that has no body.",
        check=check_ids,
        clauses=("TASK-READ", "TASK-ID-FORM", "RES-ID"),
        exposure="A task that an answer had shown was polled.",
        advice="Keep the id as a text just as the create gave it, and put it into the path by urllib.parse.quote(id, "
        'safe="") or encodeURIComponent(id).',
    ),
)
"""The rule on ids."""
