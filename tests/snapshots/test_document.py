"""The form of a snapshot has a place for every fact that is stored."""

import msgspec
import pytest

from mock_server.core.files.file import StoredFile
from mock_server.core.plans import PlanState
from mock_server.core.types import Bill, Hold, Sending, Task, TaskError, Timeline
from mock_server.snapshots import document
from mock_server.store.records import (
    AccountRecord,
    Attempt,
    BucketRecord,
    CallbackRecord,
    Contents,
    KeyRecord,
    TaskRecord,
)
from mock_server.universes.universe import AccountRules, UniverseFacts

PLACES: dict[type[msgspec.Struct], tuple[type[msgspec.Struct], set[str]]] = {
    AccountRecord: (document.AccountPart, set()),
    AccountRules: (document.RulesPart, set()),
    Attempt: (document.AttemptPart, set()),
    Bill: (document.BillPart, set()),
    BucketRecord: (document.BucketPart, set()),
    CallbackRecord: (document.CallbackPart, {"id"}),
    Hold: (document.HoldPart, set()),
    KeyRecord: (document.KeyPart, set()),
    PlanState: (document.PlanCountsPart, set()),
    Sending: (document.SendingPart, set()),
    TaskError: (document.ErrorPart, set()),
    Timeline: (document.TimelinePart, set()),
}
"""Where each kind of fact is, and what of it is not kept: ids that a restore gives anew."""


def names(struct: type[msgspec.Struct]) -> set[str]:
    """Return the names of a struct's fields."""
    return {field.name for field in msgspec.structs.fields(struct)}


@pytest.mark.parametrize("stored", PLACES, ids=lambda stored: stored.__name__)
def test_every_fact_has_its_place(stored: type[msgspec.Struct]) -> None:
    """What is stored of an account, a callback, a life or a bill is in a document by its own name."""
    part, missing = PLACES[stored]
    assert names(stored) - missing == names(part)


def test_every_fact_of_a_task_has_its_place() -> None:
    """A task is in a document with all its facts, and whether it is settled."""
    assert names(Task) - {"universe"} | {"settled"} == names(document.TaskPart)
    assert names(TaskRecord) == {"task", "settled"}


def test_every_fact_of_a_file_has_its_place() -> None:
    """A file is in a document with all its facts, and what is in it."""
    assert names(StoredFile) - {"universe"} | {"content"} == names(document.FilePart)


def test_every_fact_of_a_universe_has_its_place() -> None:
    """What a universe is set to is in a document, but for what only a server and its life are concerned with."""
    kept = {"clock", "seed", "opened", "drawn", "requests", "limits", "accounts", "opening", "plans", "plan_state"}
    assert names(UniverseFacts) == kept | {"rate", "life", "given"}
    assert names(document.CountsPart) == {"opened", "drawn", "requests"}
    assert names(Contents) == {"accounts", "buckets", "tasks", "keys", "callbacks", "files"}
    assert names(document.Snapshot) == {
        *("format", "version", "universe", "clock", "seed", "counts", "opening", "limits", "rules"),
        *("accounts", "buckets", "tasks", "keys", "callbacks", "files", "plans", "plan_counts", "journal"),
    }
