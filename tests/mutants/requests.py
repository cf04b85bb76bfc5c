"""Servers that accept what breaks their pages: one for each clause on requests."""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from contracts.probes.broken import BROKEN_ORDERS
from contracts.probes.orders import CREATE, order
from contracts.probes.served import PROBES as VISITING
from mock_server.core.models.references import Sizing
from tests.mutants.changes import refusal, replies, with_body
from tests.mutants.mutant import Mutant, Patch, always
from tests.mutants.wrapping import Asked, ChangeRequest
from tests.serving import CREATE as PATH

VISITS: Final = VISITING[0]
"""The probe that asks each page for what breaks it."""

_BROKEN: Final = {
    "MODEL-REQ": "a model that is null",
    "MODEL-ENUM": "a model that is none",
    "PROMPT-REQ": "a prompt that is no text",
    "PROMPT-MAX": "a prompt of 1501 characters",
    "URLS-REQ": "no video at all",
    "URLS-HTTP": "a video by FTP",
    "URLS-MAX": "four videos",
    "RATIO-VALUES": "an aspect ratio that is none",
    "QUALITY-VALUES": "a quality that is none",
    "DURATION-INT": "a duration that is not whole",
    "DURATION-RANGE": "eleven seconds",
    "PARAMS-OBJECT": "model_params that are a list",
    "SHOT-VALUES": "a shot_type that is none",
    "AUDIO-DEFAULT": "generate_audio as a text",
    "CB-URI": "a callback_url that is a number",
    "CB-HTTPS": "a callback_url by http",
    "CB-LENGTH": "a callback_url of more than 2048 characters",
    "LIST-STATUS": "a list of tasks with a status that is none",
    "LIST-TYPE": "a list of tasks of a type that is none",
    "LIST-PAGE": "page 0 of the list",
    "LIST-PAGE-SIZE": "a page of 51 tasks",
    "BATCH-IDS": "a batch of ids that are numbers",
    "BATCH-COUNT": "a batch of no ids",
}
"""What is accepted that breaks a clause."""

_BROKEN_ELSEWHERE: Final = {
    "DURATION-RANGE-15": "sixteen seconds",
    "EXTEND-DEFAULT": "prompt_extend as a text",
    "SOUND-URI": "an audio_url that is no URI",
    "IMAGES-REQ": "no picture where one is required",
    "IMAGES-MAX": "two pictures",
}
"""What is accepted that breaks a clause of another model's page than the one that probes order from."""


def _accept(clause: str) -> ChangeRequest:
    """Return what mends a request for a task that breaks a clause, so that it is accepted."""

    def change(asked: Asked) -> Asked:
        try:
            body = msgspec.json.decode(asked.body) if asked.is_create else None
        except msgspec.DecodeError:
            return asked
        broken = {each.path for each in CREATE.request_violations(body) if each.clause == clause}
        return _mend(asked, body, broken) if isinstance(body, dict) and broken else asked

    return change


def _mend(asked: Asked, body: dict[str, Any], broken: Iterable[str]) -> Asked:
    """Give the fields that are broken a value that can be; leave out those that need not be there."""
    sound = order()
    names = {re.split(r"[.\[]", path)[0] for path in broken}
    kept = {name: value for name, value in body.items() if name not in names}
    return with_body(asked, {**kept, **{name: sound[name] for name in names if name in sound}})


def _pass_over(clause: str) -> dict[str, Patch]:
    """Return patches by which a clause is not checked."""

    def make(original: Any) -> Any:
        return lambda broken: original(each for each in broken if each.clause != clause)

    refusing = {f"mock_server.operations.{name}.refuse": make for name in ("creation", "tasks")}
    return {**refusing, "mock_server.operations.tasks.TaskFilter": always(_AnyFilter)}


class _AnyFilter(msgspec.Struct, frozen=True):
    """What a list is to have, whatever that is."""

    page: int
    page_size: int
    status: str | None = None
    type: str | None = None
    model: str | None = None


def _plain_key(asked: Asked) -> Asked:
    """Take a key with spaces for one without."""
    headers = tuple(
        (name, value.replace(b" ", b"-") if name == b"idempotency-key" else value) for name, value in asked.headers
    )
    return msgspec.structs.replace(asked, headers=headers)


def _accepting(clause: str) -> Mutant:
    is_order = clause in BROKEN_ORDERS
    return Mutant(
        id=f"accepts-{clause.lower()}",
        wrong=f"The server accepts {_BROKEN[clause]}.",
        probes=("broken",),
        rules=("S3",),
        clauses=(clause,),
        told=f"({clause})",
        requests=_accept(clause) if is_order else None,
        patches={} if is_order else _pass_over(clause),
    )


def _refer_to_nothing(*_: Any) -> Sizing:
    """Look at no references, as they may be none."""
    return Sizing()


def _accepting_elsewhere(clause: str) -> Mutant:
    return Mutant(
        id=f"accepts-{clause.lower()}",
        wrong=f"The server accepts {_BROKEN_ELSEWHERE[clause]}.",
        probes=(VISITS.id,),
        rules=("S3",),
        clauses=(clause,),
        told=f"({clause})",
        patches={**_pass_over(clause), "mock_server.operations.creation.glance": always(_refer_to_nothing)},
    )


def _keep_rules(**bounds: Any) -> dict[str, Patch]:
    """Return patches by which reference videos have to be something else than the page says."""

    def make(original: Any) -> Any:
        return lambda rules, *places: original(msgspec.structs.replace(rules, **bounds), *places)

    return {f"mock_server.{place}.broken_rules": make for place in ("core.models.references", "operations.references")}


async def _measure_nothing(*_: Any) -> Sizing:
    """Take reference videos as they are said to be."""
    return Sizing()


MUTANTS: Final = (
    *map(_accepting, _BROKEN),
    *map(_accepting_elsewhere, _BROKEN_ELSEWHERE),
    Mutant(
        id="accepts-idem-key-form",
        wrong="The server accepts an idempotency key with a space in it.",
        probes=("broken",),
        rules=("S3",),
        clauses=("IDEM-KEY-FORM",),
        told="(IDEM-KEY-FORM)",
        requests=_plain_key,
    ),
    Mutant(
        id="any-task-id",
        wrong="An id that cannot be that of a task is looked up.",
        probes=("broken",),
        rules=("S3",),
        clauses=("TASK-ID-FORM",),
        told="(TASK-ID-FORM)",
        patches={"mock_server.operations.tasks.TASK_PREFIX": lambda _: ""},
    ),
    Mutant(
        id="nothing-is-good-enough",
        wrong="Requests for tasks that are as their page has them are refused as unprocessable.",
        probes=("lengths",),
        rules=("S2",),
        clauses=("OP-EXAMPLE", "OP-CREATE"),
        told="as the request is in order",
        answers=replies(422, refusal("unprocessable"), path=PATH, to=200),
    ),
    Mutant(
        id="example-refused",
        wrong="The published example is refused as wrong.",
        probes=("life",),
        rules=("S2",),
        clauses=("OP-EXAMPLE",),
        told="as the request is in order; seen: 400",
        answers=replies(400, refusal("invalid_request"), path=PATH, to=200),
    ),
    Mutant(
        id="any-length",
        wrong="Reference videos may last as long as they like.",
        probes=("stated",),
        rules=("R2",),
        clauses=("VIDEO-LENGTH",),
        told="(VIDEO-LENGTH)",
        patches=_keep_rules(shortest=0, longest=10**12),
    ),
    Mutant(
        id="any-video",
        wrong="Reference videos are not looked at, be they pictures or not there at all.",
        probes=("uploads",),
        rules=("R2",),
        clauses=("VIDEO-FORMAT", "VIDEO-PROBE"),
        told="400, as videos last 0 s",
        patches={"mock_server.operations.creation.measure": always(_measure_nothing)},
    ),
    Mutant(
        id="no-probe",
        wrong="A reference video that is not there gets 404.",
        probes=("uploads",),
        rules=("R2",),
        clauses=("VIDEO-PROBE",),
        told="404",
        answers=replies(404, refusal("not_found"), path=PATH, to=400),
    ),
    Mutant(
        id="no-uploads",
        wrong="The link of an upload is refused as a reference video.",
        probes=("uploads",),
        rules=("R2",),
        clauses=("URLS-UPLOAD",),
        told="a task from videos of 3 s",
        answers=replies(400, refusal("video_probe_failed"), path=PATH, to=200),
    ),
)
"""The servers that accept what they must not."""
