"""Taking a snapshot of a universe, and putting one into the place of a universe.

What a document leaves to the server that takes it is nothing that an answer depends on: the limits and the opening
credits that held are in it, wherever they came from. So two servers that go on from one document answer alike.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from mock_server.core.files.file import StoredFile
from mock_server.core.limits.limits import make_limits, name_limits
from mock_server.core.limits.ratelimit import Bucket
from mock_server.core.plans import PlanState, keep, pack, read_plans, unpack, write_plans
from mock_server.core.plans.state import Count
from mock_server.core.types import Bill, Sending, Task, Timeline
from mock_server.journal.shown import redact
from mock_server.simulator import Simulator
from mock_server.snapshots.document import (
    AccountPart,
    BillPart,
    BucketPart,
    CallbackPart,
    ClockPart,
    CountPart,
    CountsPart,
    FilePart,
    KeyPart,
    LimitsPart,
    PlanCountsPart,
    RulesPart,
    SendingPart,
    Snapshot,
    TaskPart,
    TimelinePart,
)
from mock_server.snapshots.renaming import rename
from mock_server.store.records import (
    AccountRecord,
    Attempt,
    BucketRecord,
    CallbackRecord,
    Contents,
    KeyRecord,
    TaskRecord,
)
from mock_server.universes.clock import Clock
from mock_server.universes.universe import AccountRules, Universe, UniverseFacts

Made = TypeVar("Made")

MOST_CONTENT: Final = 65_536
"""How many bytes of a file go along with what is known of it; of a larger one only that is kept."""


async def take_snapshot(simulator: Simulator, universe: Universe, *, secrets: bool) -> Snapshot:
    """Take a snapshot of a universe as it is now. Requests are shown as the journal shows them; whole with `secrets`.

    The same universe gives the same document, at whatever real time.
    """
    contents = await simulator.store.contents(universe.name, now=universe.now())
    facts, clock = universe.own_facts(), universe.clock
    return Snapshot(
        universe=universe.name,
        clock=ClockPart(mode=clock.mode, rate=clock.rate, now=clock.now()),
        seed=facts.seed,
        counts=_alike(facts, CountsPart),
        opening=simulator.opening(universe),
        limits=LimitsPart(**name_limits(simulator.limits(universe))),
        rules={account: _alike(rules, RulesPart) for account, rules in sorted(facts.accounts.items())},
        accounts=_all_alike(contents.accounts, AccountPart),
        buckets=_all_alike(contents.buckets, BucketPart),
        tasks=tuple(_task_part(simulator, record, secrets=secrets) for record in contents.tasks),
        keys=_all_alike(contents.keys, KeyPart),
        callbacks=_all_alike(contents.callbacks, CallbackPart),
        plans=tuple(write_plans(facts.plans)),
        plan_counts=_plan_counts(facts.plan_state or PlanState()),
        files=tuple(_file_part(simulator, file) for file in contents.files),
    )


async def put_back(simulator: Simulator, name: str, snapshot: Snapshot) -> Universe:
    """Put what a snapshot holds into the place of the universe of a name, and go on from there.

    A clock that runs goes on at its rate from the snapshot's time, and callbacks that are due are sent.
    """
    moved = rename(snapshot, name)
    for content in {file.content for file in moved.files if file.content is not None}:
        simulator.depot.keep(content)
    standing = await simulator.universes.find(name)
    if standing is not None:
        await simulator.callbacks.forget(standing)
    universe = await simulator.universes.replace(name, _facts(simulator, moved), _contents(moved))
    await simulator.callbacks.wake(universe)
    return universe


def _facts(simulator: Simulator, snapshot: Snapshot) -> UniverseFacts:
    clock = snapshot.clock
    return msgspec.structs.replace(
        simulator.universes.new_facts(snapshot.universe),
        clock=Clock(rate=clock.rate, wall=simulator.wall, start=clock.now).dump(),
        seed=snapshot.seed,
        **msgspec.structs.asdict(snapshot.counts),
        limits=make_limits(**msgspec.structs.asdict(snapshot.limits)),
        accounts={account: _alike(rules, AccountRules) for account, rules in snapshot.rules.items()},
        opening=snapshot.opening,
        plans=read_plans([*snapshot.plans], operations=simulator.operations),
        plan_state=_plan_state(snapshot.plan_counts),
    )


def _contents(snapshot: Snapshot) -> Contents:
    return Contents(
        accounts=_all_alike(snapshot.accounts, AccountRecord),
        buckets=_all_alike(snapshot.buckets, BucketRecord),
        tasks=tuple(TaskRecord(_task(part, snapshot.universe), part.settled) for part in snapshot.tasks),
        keys=_all_alike(snapshot.keys, KeyRecord),
        callbacks=tuple(_callback(part) for part in snapshot.callbacks),
        files=tuple(_file(part, snapshot.universe) for part in snapshot.files),
    )


def _plan_counts(state: PlanState) -> PlanCountsPart:
    return PlanCountsPart(
        set_at=tuple(state.set_at),
        counts=_all_alike(state.counts, CountPart),
        each={name: _alike(count, CountPart) for name, count in sorted(state.each.items())},
        buckets={name: bucket.full_at for name, bucket in sorted(state.buckets.items())},
        numbers=dict(sorted(state.numbers.items())),
        tasks=state.tasks,
        own=state.own,
    )


def _plan_state(counts: PlanCountsPart) -> PlanState:
    return PlanState(
        set_at=[*counts.set_at],
        counts=[*_all_alike(counts.counts, Count)],
        each={name: _alike(count, Count) for name, count in counts.each.items()},
        buckets={name: Bucket(full_at) for name, full_at in counts.buckets.items()},
        numbers={**counts.numbers},
        tasks=counts.tasks,
        own=counts.own,
    )


def _task_part(simulator: Simulator, record: TaskRecord, *, secrets: bool) -> TaskPart:
    task, request = record.task, msgspec.json.decode(record.task.request)
    if not secrets:
        request = redact(request, simulator.contract, model=task.model)
    return TaskPart(
        **{name: getattr(task, name) for name in TaskPart.__struct_fields__ if name != "settled"}
        | {
            "timeline": _alike(task.timeline, TimelinePart),
            "bill": _alike(task.bill, BillPart),
            "request": request,
            "sendings": _all_alike(task.sendings, SendingPart),
            "plans": tuple(write_plans(unpack(task.plans))),
            "settled": record.settled,
        }
    )


def _task(part: TaskPart, universe: str) -> Task:
    facts = {name: value for name, value in msgspec.structs.asdict(part).items() if name != "settled"}
    return Task(
        **facts
        | {
            "universe": universe,
            "timeline": _alike(part.timeline, Timeline),
            "bill": _alike(part.bill, Bill),
            "request": msgspec.json.encode(part.request),
            "sendings": _all_alike(part.sendings, Sending),
            "plans": pack(keep(read_plans([*part.plans]))),
        }
    )


def _callback(part: CallbackPart) -> CallbackRecord:
    attempts = _all_alike(part.attempts, Attempt)
    return CallbackRecord(0, part.task, part.url, part.variant, part.due_at, attempts, part.earlier)


def _file_part(simulator: Simulator, file: StoredFile) -> FilePart:
    """Show a file; what is in it goes along if it is small."""
    stored = simulator.depot.open(file.digest) if file.size <= MOST_CONTENT else None
    content = None
    if stored is not None:
        with stored:
            content = stored.read()
    facts = {name: value for name, value in msgspec.structs.asdict(file).items() if name != "universe"}
    return FilePart(**facts, content=content)


def _file(part: FilePart, universe: str) -> StoredFile:
    facts = {name: value for name, value in msgspec.structs.asdict(part).items() if name != "content"}
    return StoredFile(universe=universe, **facts)


def _alike(value: object, shape: type[Made]) -> Made:
    """Make a struct of another shape out of the attributes that both have."""
    return msgspec.convert(value, shape, from_attributes=True)


def _all_alike(values: Iterable[object], shape: type[Made]) -> tuple[Made, ...]:
    return tuple(_alike(value, shape) for value in values)
