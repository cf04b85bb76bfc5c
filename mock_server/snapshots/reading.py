"""Reading a snapshot: whether a document is one, and whether it is whole."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

import msgspec

from mock_server.core.files.file import FILE_PREFIX, clean_name, clean_path, code_of_file
from mock_server.core.files.types import SUFFIXES
from mock_server.core.ids import universe_code
from mock_server.core.plans import PlanError, read_plans
from mock_server.core.tasks.billing import settlement
from mock_server.core.types import Bill
from mock_server.core.wording import shown_value
from mock_server.reading import ReadingError, read
from mock_server.snapshots.document import FORMAT, VERSION, Snapshot
from openapi.operations import Operations, load_operations

_ACCOUNT: Final = re.compile(r"[0-9A-Z]{18}")


class SnapshotError(ValueError):
    """A document cannot be restored. The message says why, and where in it."""


def read_snapshot(document: bytes, operations: Operations | None = None) -> Snapshot:
    """Read a document, and see that it is whole: every name in it leads somewhere, and the sums add up.

    `operations` are those that plans may name; those of the package if not given.

    Raises:
        SnapshotError: It is no snapshot, is one of another version, or is damaged.
    """
    try:
        value = msgspec.json.decode(document)
    except msgspec.DecodeError as error:
        raise SnapshotError(f"the snapshot is not JSON: {error}") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise SnapshotError(f"this is no snapshot: expected an object whose format is {FORMAT!r}")
    if value.get("version") != VERSION:
        raise SnapshotError(
            f"the snapshot has version {shown_value(value.get('version'))} of the form;"
            f" this evolink-mock reads version {VERSION}"
        )
    try:
        snapshot = read(value, Snapshot)
    except ReadingError as error:
        raise SnapshotError(f"the snapshot is damaged: {error}") from error
    for damage in _damages(snapshot, operations or load_operations()):
        raise SnapshotError(f"the snapshot is damaged: {damage}")
    return snapshot


def _damages(snapshot: Snapshot, operations: Operations) -> Iterator[str]:
    """Say what cannot be, each with where it is."""
    if (snapshot.clock.mode == "frozen") != (snapshot.clock.rate == 0):
        yield f"clock.mode: {snapshot.clock.mode} does not go with the rate {snapshot.clock.rate:g}"
    yield from _repeated("accounts", (account.id for account in snapshot.accounts))
    yield from _repeated("buckets", (bucket.account for bucket in snapshot.buckets))
    yield from _repeated("tasks", (task.id for task in snapshot.tasks))
    yield from _repeated("files", (file.id for file in snapshot.files))
    yield from _repeated("files", (f"{file.account}/{file.path}/{file.name}" for file in snapshot.files))
    yield from _wrong_contents(snapshot)
    yield from _repeated("keys", (f"{key.account} {key.key}" for key in snapshot.keys))
    yield from _unreadable_plans(snapshot, operations)
    yield from _strangers(snapshot)
    yield from _loose_tasks(snapshot)
    yield from _lost_ends(snapshot)
    yield from _wrong_sums(snapshot)


def _repeated(where: str, names: Iterable[str]) -> Iterator[str]:
    """Say what is there more than once."""
    for name, number in Counter(names).items():
        if number > 1:
            yield f"{where}: {shown_value(name)} is there {number} times"


def _unreadable_plans(snapshot: Snapshot, operations: Operations) -> Iterator[str]:
    """Say which plans are none, and whether each has its counts."""
    try:
        plans = read_plans([*snapshot.plans], operations=operations)
        for task in snapshot.tasks:
            read_plans([*task.plans], where=f"plans of {shown_value(task.id)}")
    except PlanError as error:
        yield str(error)
    else:
        counts = snapshot.plan_counts
        if not len(plans) == len(counts.set_at) == len(counts.counts):
            yield f"plan_counts: expected set_at and counts for {len(plans)} plans"


def _strangers(snapshot: Snapshot) -> Iterator[str]:
    """Say which accounts cannot be of this universe."""
    code = universe_code(snapshot.universe)
    named = {account.id for account in snapshot.accounts} | {*snapshot.rules}
    for parts in (snapshot.buckets, snapshot.files, snapshot.keys, snapshot.tasks):
        named.update(part.account for part in parts)
    for account in sorted(named):
        if not _ACCOUNT.fullmatch(account) or not account.startswith(code):
            name = shown_value(snapshot.universe)
            yield f"{shown_value(account)} is no account of {name}: those are 18 characters, {code}..."


def _loose_tasks(snapshot: Snapshot) -> Iterator[str]:
    """Say which tasks are without what belongs to them."""
    accounts = {account.id for account in snapshot.accounts}
    sent = Counter(callback.task for callback in snapshot.callbacks)
    for task in snapshot.tasks:
        name = shown_value(task.id)
        if task.account not in accounts:
            yield f"{name} belongs to {task.account}, which is not among the accounts"
        if not task.result.startswith(f"/{task.account}/"):
            yield f"{name} has a result that is not its account's"
        if task.sendings and "callback_url" not in task.request:
            yield f"{name} has callbacks, and its request has no callback_url"
        if sent[task.id] != len(task.sendings):
            yield f"{name} has not as many callbacks as sendings"


def _lost_ends(snapshot: Snapshot) -> Iterator[str]:
    """Say what belongs to a task that is not there."""
    tasks = {task.id: task for task in snapshot.tasks}
    for callback in snapshot.callbacks:
        if callback.task not in tasks:
            yield f"there is a callback of {shown_value(callback.task)}, which is not among the tasks"
    for key in snapshot.keys:
        if key.task not in tasks or tasks[key.task].account != key.account:
            told = f"leads to {shown_value(key.task)}, which is no task of its account"
            yield f"the idempotency key {shown_value(key.key)} {told}"


def _wrong_contents(snapshot: Snapshot) -> Iterator[str]:
    """Say which files are not what is said of them."""
    code = universe_code(snapshot.universe)
    for file in snapshot.files:
        if code_of_file(file.id) != code or not file.id.startswith(FILE_PREFIX):
            yield f"{shown_value(file.id)} is no file of here: their ids begin with {FILE_PREFIX}{code}"
        if file.type not in SUFFIXES:
            yield f"{shown_value(file.id)} has the type {shown_value(file.type)}, which no file has"
        if (file.name, file.path) != (clean_name(file.name), clean_path(file.path)):
            yield f"{shown_value(file.id)} has a name or a path that no file has"
        if file.content is not None and sha256(file.content).hexdigest() != file.digest:
            yield f"the content of {shown_value(file.id)} is not that of its digest"


def _wrong_sums(snapshot: Snapshot) -> Iterator[str]:
    """Say which accounts do not agree with their tasks."""
    reserved, charged = Counter[str](), Counter[str]()
    for task in snapshot.tasks:
        if task.settled:
            bill = msgspec.convert(task.bill, Bill, from_attributes=True)
            charged[task.account] += settlement(bill, task.timeline.outcome)[0]
        else:
            reserved[task.account] += task.bill.reserved
    for account in snapshot.accounts:
        for name, sums in (("reserved", reserved), ("charged", charged)):
            if getattr(account, name) != sums[account.id]:
                told = f"expected {sums[account.id]}, as its tasks say, got {getattr(account, name)}"
                yield f"{name} of the account {account.id}: {told}"
