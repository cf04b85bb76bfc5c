"""Servers whose answers have another form than their pages: one for each clause on what is answered."""

from collections.abc import Mapping
from typing import Any, Final

from tests.mutants.changes import BATCH, CREDITS, LIST, Way, drop, put, refusal, replies, shown, told, when
from tests.mutants.mutant import Mutant
from tests.mutants.wrapping import Answered, Asked, ChangeAnswer, with_json
from tests.serving import CREATE

_MODELS: Final = "/v1/models"
_CREATED: Final = {
    "RES-CREATED": ("created", "soon"),
    "RES-ID": ("id", 7),
    "RES-MODEL": ("model", 26),
    "RES-OBJECT": ("object", "task"),
    "RES-PROGRESS": ("progress", 0.5),
    "RES-STATUS": ("status", "accepted"),
    "RES-CANCANCEL": ("task_info.can_cancel", "yes"),
    "RES-ETA": ("task_info.estimated_time", -5),
    "RES-TYPE": ("type", "film"),
    "RES-RULE": ("usage.billing_rule", "per_frame"),
    "RES-RESERVED": ("usage.credits_reserved", "9"),
    "RES-GROUP": ("usage.user_group", "gold"),
}
"""Of the answer to a create a field for each clause, and a value that it cannot have."""

_SHOWN: Final = {
    "TASK-CREATED": ("created", "soon"),
    "TASK-ID": ("id", "7"),
    "TASK-MODEL": ("model", 26),
    "TASK-OBJECT": ("object", "task"),
    "TASK-PROGRESS": ("progress", 101),
    "TASK-STATUS": ("status", "running"),
    "TASK-TYPE": ("type", "film"),
    "TASK-CANCANCEL": ("task_info.can_cancel", "yes"),
    "TASK-ETA": ("task_info.estimated_time", -5),
    "TASK-USAGE": ("usage.credits_reserved", "9"),
    "TASK-BILLING": ("billing.charge_status", "paid"),
}
"""The same of the answer to a query."""

_COMPLETED: Final = {
    "TASK-RESULTS": ("results", "https://example.com/a.mp4"),
    "TASK-RESULT-DATA": ("result_data", ["https://example.com/a.mp4"]),
    "TASK-DURATION": ("duration", "long"),
}
_FAILED: Final = {
    "TASK-ERROR": ("error", "Failed"),
    "TASK-ERROR-CODE": ("error.code", 400),
    "TASK-ERROR-MESSAGE": ("error.message", ["No"]),
    "TASK-ERROR-TYPE": ("error.type", "api_error"),
}
_OTHERS: Final[Mapping[str, tuple[str, str, Any]]] = {
    "CRED-SUCCESS": (CREDITS, "success", "yes"),
    "CRED-MESSAGE": (CREDITS, "message", None),
    "CRED-DATA": (CREDITS, "data", []),
    "CRED-TOKEN-REMAINING": (CREDITS, "data.token.remaining_credits", "9"),
    "CRED-TOKEN-UNLIMITED": (CREDITS, "data.token.unlimited_credits", "no"),
    "CRED-TOKEN-USED": (CREDITS, "data.token.used_credits", "9"),
    "CRED-USER-REMAINING": (CREDITS, "data.user.remaining_credits", "9"),
    "CRED-USER-USED": (CREDITS, "data.user.used_credits", "9"),
    "LIST-BODY": (LIST, "object", "tasks"),
    "MODELS-LIST": (_MODELS, "data", {}),
    "MODELS-ITEM": (_MODELS, "data", [{"id": "wan2.6-reference-video-flash", "object": "thing"}]),
}
"""The same of answers from other paths."""

_ERRORS: Final = {
    "ERR-400": ("POST", CREATE, 400, "wrong"),
    "ERR-401": ("POST", CREATE, 401, "keys"),
    "ERR-402": ("POST", CREATE, 402, "shortage"),
    "ERR-403": ("POST", CREATE, 403, "closed"),
    "ERR-429": ("POST", CREATE, 429, "often"),
    "IDEM-CONFLICT": ("POST", CREATE, 409, "repetition"),
    "HTTP-413": ("POST", CREATE, 413, "size"),
    "HTTP-415": ("POST", CREATE, 415, "wrong"),
    "TASK-ID-FORM": ("GET", "/v1/tasks/nothing", 400, "wrong"),
    "TASK-401": ("GET", "/v1/tasks/", 401, "keys"),
    "TASK-403": ("GET", "/v1/tasks/", 403, "others"),
    "TASK-404": ("GET", "/v1/tasks/", 404, "readings"),
    "TASK-429": ("GET", "/v1/tasks/", 429, "often"),
    "CRED-401": ("GET", CREDITS, 401, "keys"),
    "CRED-429": ("GET", CREDITS, 429, "often"),
    "MODELS-404": ("GET", "/v1/models/", 404, "wrong"),
}
"""For each clause on an error where and with what status it is answered, and what brings it about."""


def _created(clause: str) -> Mutant:
    return _badly(clause, "The answer to a create", *_CREATED[clause], "others", "create")


def _shown(clause: str) -> Mutant:
    return _badly(clause, "The answer to a query", *_SHOWN[clause], "others", "query")


def _ended(clause: str) -> Mutant:
    if clause in _FAILED:
        return _badly(clause, "A failed task", *_FAILED[clause], "failure", "query", status="failed")
    return _badly(clause, "A completed task", *_COMPLETED[clause], "life", "query", status="completed")


def _badly(clause: str, what: str, path: str, value: Any, probe: str, way: Way, *, status: str = "") -> Mutant:
    change = put(path, value)
    return Mutant(
        id=f"bad-{clause.lower()}",
        wrong=f"{what} has {value!r} as {path}.",
        probes=(probe,),
        rules=("S1",),
        clauses=(clause,),
        told=path,
        answers=shown(when(change, status) if status else change, way),
    )


def _other(clause: str) -> Mutant:
    where, path, value = _OTHERS[clause]
    return Mutant(
        id=f"bad-{clause.lower()}",
        wrong=f"The answer to GET {where} has {value!r} as {path}.",
        probes=("readings",),
        rules=("S1",),
        clauses=(clause,),
        told=path,
        answers=told(where, put(path, value)),
    )


def _error(clause: str) -> Mutant:
    method, path, status, probe = _ERRORS[clause]
    return Mutant(
        id=f"bad-{clause.lower()}",
        wrong=f"The error {status} of {method} {path} has a code of its own.",
        probes=(probe,),
        rules=("R3",),
        clauses=(clause,),
        told=f"{_CODE} of type",
        answers=_recode(method, path, status),
    )


_CODE: Final = 999


def _recode(method: str, path: str, status: int) -> ChangeAnswer:
    def change(asked: Asked, answered: Answered) -> Answered:
        meant = asked.method == method and asked.path.startswith(path) and answered.status == status
        return with_json(answered, put("error.code", _CODE)(answered.json)) if meant else answered

    return change


def _absent(clause: str, path: str) -> Mutant:
    return Mutant(
        id=f"no-{clause.lower()}",
        wrong=f"{path} is not there.",
        probes=("readings",),
        rules=("S2",),
        clauses=(clause,),
        told="404",
        answers=replies(404, refusal("not_found"), path=path),
    )


MUTANTS: Final = (
    *map(_created, _CREATED),
    *map(_shown, _SHOWN),
    *map(_ended, [*_COMPLETED, *_FAILED]),
    *map(_other, _OTHERS),
    *map(_error, _ERRORS),
    _absent("CRED-READ", CREDITS),
    _absent("LIST-READ", LIST),
    _absent("BATCH-READ", BATCH),
    _absent("MODELS-LIST", _MODELS),
    Mutant(
        id="bad-batch-body",
        wrong="A batch is a list.",
        probes=("readings",),
        rules=("S1",),
        clauses=("BATCH-BODY",),
        told="data",
        answers=told(BATCH, lambda body: {"tasks": body["data"]}, method="POST"),
    ),
    Mutant(
        id="bad-list-item",
        wrong="Rows of the list say nothing of when their tasks were created.",
        probes=("life",),
        rules=("S1",),
        clauses=("LIST-ITEM",),
        told="created_at",
        answers=shown(drop("created_at"), "list"),
    ),
    Mutant(
        id="oldest-first",
        wrong="The oldest task comes first.",
        probes=("pages",),
        rules=("R5",),
        clauses=("LIST-ORDER",),
        told="created_at rises",
        answers=told(LIST, lambda body: {**body, "data": body["data"][::-1]}),
    ),
    Mutant(
        id="unfiltered",
        wrong="The list has tasks of all kinds, whatever was asked for.",
        probes=("pages",),
        rules=("R5",),
        clauses=("LIST-STATUS", "LIST-TYPE", "LIST-MODEL"),
        told="status is",
        patches={
            "mock_server.store.sqlite._conditions": lambda _: (
                lambda terms, values, *_: (" AND ".join(terms), tuple(values))
            ),
        },
    ),
    Mutant(
        id="unknown-model",
        wrong="The tasks of other models are listed as those of one.",
        probes=("pages",),
        rules=("R5",),
        clauses=("LIST-MODEL", "LIST-TYPE"),
        told="type is 'audio'",
        answers=shown(lambda body: {**body, "model": "wan2.6", "type": "audio"}, "list"),
    ),
    Mutant(
        id="upload-without-a-link",
        wrong="An upload is answered without a link to the file.",
        probes=("files",),
        rules=("S1",),
        clauses=("FILE-STORED", "FILE-UPLOAD-BASE64"),
        told="file_url",
        answers=told(
            "/api/v1/files/upload/base64",
            lambda body: {**body, "data": drop("file_url")(body["data"])},
            method="POST",
        ),
    ),
    Mutant(
        id="quota-of-words",
        wrong="The quota of files is no object.",
        probes=("files",),
        rules=("S1",),
        clauses=("FILE-QUOTA",),
        told="data",
        answers=told("/api/v1/files/quota", put("data", "much")),
    ),
)
"""The servers whose answers have another form."""
