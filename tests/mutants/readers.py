"""Servers where the wrong ones find a task, or nobody does (L9, L12, L15)."""

from typing import Any, Final

import msgspec

from contracts.probes.targets import KEYS
from mock_server.store import SqliteStore
from tests.mutants.changes import BATCH, LIST, put, refusal, replies, told
from tests.mutants.mutant import Mutant
from tests.mutants.wrapping import Asked, ChangeRequest

_FILES: Final = "/api/v1/files/"


def _as_owner(path: str, method: str = "GET") -> ChangeRequest:
    """Return what takes every key for that of the first account, for one kind of request."""
    own = f"Bearer {KEYS[0]}".encode()

    def change(asked: Asked) -> Asked:
        if asked.method != method or not asked.path.startswith(path):
            return asked
        headers = tuple((name, own if name == b"authorization" else value) for name, value in asked.headers)
        return msgspec.structs.replace(asked, headers=headers)

    return change


def _forget(_: Any) -> Any:
    """The state is in memory alone."""
    return lambda _: SqliteStore()


MUTANTS: Final = (
    Mutant(
        id="lost",
        wrong="No query finds a task.",
        probes=("life",),
        rules=("L9",),
        clauses=("OP-ASYNC", "TASK-READ"),
        told="status 404",
        answers=replies(404, refusal("task_not_found"), path="/v1/tasks/", to=200, method="GET"),
    ),
    Mutant(
        id="empty-list",
        wrong="Lists are empty.",
        probes=("life",),
        rules=("L9",),
        clauses=("LIST-READ",),
        told="0 tasks without it",
        answers=told(LIST, put("data", [])),
    ),
    Mutant(
        id="empty-batch",
        wrong="Batches are empty.",
        probes=("life",),
        rules=("L9",),
        clauses=("BATCH-READ",),
        told="0 tasks without it",
        answers=told(BATCH, put("data", []), method="POST"),
    ),
    Mutant(
        id="open-queries",
        wrong="Whoever knows a task's id can read it.",
        probes=("others",),
        rules=("L12",),
        clauses=("TASK-403", "AUTH-BEARER"),
        told="status 200",
        requests=_as_owner("/v1/tasks/"),
    ),
    Mutant(
        id="open-list",
        wrong="The list shows everybody's tasks.",
        probes=("others",),
        rules=("L12",),
        clauses=("LIST-READ",),
        told="it is shown",
        requests=_as_owner(LIST),
    ),
    Mutant(
        id="open-batch",
        wrong="A batch shows anybody's tasks.",
        probes=("others",),
        rules=("L12",),
        clauses=("BATCH-OMITS",),
        told="it is shown",
        requests=_as_owner(BATCH, "POST"),
    ),
    Mutant(
        id="open-files",
        wrong="The list of files shows everybody's.",
        probes=("others-files",),
        rules=("L12",),
        clauses=("FILE-LIST",),
        told="it is shown",
        requests=_as_owner(_FILES),
    ),
    Mutant(
        id="anybody-deletes",
        wrong="Whoever knows a file's id can delete it.",
        probes=("others-files",),
        rules=("L12",),
        clauses=("FILE-DELETE",),
        told="it is deleted",
        requests=_as_owner(_FILES, "DELETE"),
    ),
    Mutant(
        id="forgetful",
        wrong="A restart loses all tasks.",
        probes=("restart",),
        rules=("L15",),
        clauses=("TASK-READ",),
        told="status 404",
        patches={"contracts.probes.own.SqliteStore": _forget},
    ),
)
"""The servers where a task is found by the wrong ones."""
