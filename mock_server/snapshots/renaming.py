"""A snapshot under another name: its accounts become those of the same owners in the other universe."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec

from mock_server.core.ids import universe_code
from mock_server.snapshots.document import BucketPart, FilePart, KeyPart, Snapshot, TaskPart

_CODE: Final = len(universe_code(""))

Counted = TypeVar("Counted")
_Owned = TypeVar("_Owned", BucketPart, FilePart, KeyPart, TaskPart)


def rename(snapshot: Snapshot, universe: str) -> Snapshot:
    """Return the same snapshot as one of another universe."""
    move = _Move(snapshot.universe, universe)
    counts = snapshot.plan_counts
    return msgspec.structs.replace(
        snapshot,
        universe=universe,
        rules={move.account(account): rules for account, rules in snapshot.rules.items()},
        accounts=tuple(msgspec.structs.replace(account, id=move.account(account.id)) for account in snapshot.accounts),
        buckets=tuple(map(move.part, snapshot.buckets)),
        tasks=tuple(map(move.task, snapshot.tasks)),
        keys=tuple(map(move.part, snapshot.keys)),
        files=tuple(map(move.file, snapshot.files)),
        plans=tuple(map(move.plan, snapshot.plans)),
        plan_counts=msgspec.structs.replace(counts, each=move.counts(counts.each), buckets=move.counts(counts.buckets)),
    )


class _Move:
    """Takes what belongs to an account of one universe to the other."""

    def __init__(self, old: str, new: str) -> None:
        self._old = universe_code(old)
        self._new = universe_code(new)

    def account(self, account: str) -> str:
        """Return the id that an account has there; whatever is no account of here stays as it is."""
        return self._new + account[_CODE:] if account.startswith(self._old) else account

    def part(self, part: _Owned) -> _Owned:
        """Return a part that belongs to an account."""
        return msgspec.structs.replace(part, account=self.account(part.account))

    def file(self, file: FilePart) -> FilePart:
        """Return a file; its id tells the universe."""
        return msgspec.structs.replace(self.part(file), id=file.id.replace(self._old, self._new, 1))

    def task(self, task: TaskPart) -> TaskPart:
        """Return a task; the path of its result begins with its account."""
        return msgspec.structs.replace(self.part(task), result=f"/{self.account(task.result[1:])}")

    def plan(self, plan: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a plan, which may mean one account only."""
        match = plan.get("match") or {}
        account = match.get("account")
        return plan if account is None else {**plan, "match": {**match, "account": self.account(account)}}

    def counts(self, counts: Mapping[str, Counted]) -> dict[str, Counted]:
        """Return what plans count, by the plan and what it counts for, such as `plan 2 ACCOUNT`."""
        names = ((name, *name.rpartition(" ")) for name in counts)
        return {f"{plan}{space}{self.account(subject)}": counts[name] for name, plan, space, subject in names}
