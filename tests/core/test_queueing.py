from collections.abc import Iterable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.limits.queueing import PRIORITY, Slots, arrange, put_off
from mock_server.core.tasks.steering import cancel, finish, hold, release
from mock_server.core.tasks.timeline import observe
from mock_server.core.types import NEVER, SECOND, Task
from tests.core.crowds import NOW, after, limits, make, waits

pytestmark = pytest.mark.uncounted

GROUPS = (*PRIORITY, "trial")

HANDS = (None, None, None, None, hold, cancel)

few = st.integers(1, 2)

slots = st.one_of(
    st.builds(
        Slots, universe=limits, account=limits, groups=st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 3))
    ),
    st.builds(Slots, account=few, groups=st.fixed_dictionaries(dict.fromkeys(GROUPS, few))),
)

nested = st.one_of(
    st.builds(Slots, universe=limits, account=limits),
    st.builds(Slots, universe=limits, groups=st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 3))),
)


@st.composite
def crowds(draw: st.DrawFn, task: Task) -> list[Task]:
    """Draw tasks of all ages, in order of creation: some run, some wait, some are held, some have ended."""
    crowd = []
    for number, age in enumerate(sorted(draw(st.lists(st.integers(0, 5), max_size=12)), reverse=True)):
        one = make(
            task,
            number,
            account=draw(st.sampled_from("abc")),
            group=draw(st.sampled_from(GROUPS)),
            queue=draw(st.integers(0, 9)),
            run=draw(st.integers(0, 5)),
            age=age,
        )
        one = put_off(one, waited=draw(waits))
        touched_at = NOW - draw(st.integers(0, age)) * SECOND
        steer = draw(st.sampled_from(HANDS))
        if steer is not None and not observe(one.timeline, touched_at).ended:
            one = steer(one, now=touched_at)
        crowd.append(one)
    return crowd


def waiting(tasks: Iterable[Task], now: int) -> list[Task]:
    """Return those that neither have started nor are held or ended."""
    lives = ((task, task.timeline) for task in tasks)
    return [task for task, life in lives if life.hold is None and life.starts_at > now and life.ends_at > now]


def ready_at(task: Task) -> int:
    """Return when a task's own queue time ends."""
    return task.timeline.starts_at - task.timeline.waited


def began(task: Task, at: int) -> bool:
    """Tell whether a task has started by then; one that is held, whether it had when it was held."""
    seen_at = at if task.timeline.hold is None else task.timeline.hold.at
    return task.timeline.starts_at <= seen_at


def scopes(task: Task, limits: Slots) -> list[tuple[str, int]]:
    """Name the limits that apply to a task."""
    group = limits.groups.get(task.user_group)
    named = [("universe", limits.universe), (task.account, limits.account), (task.user_group, group)]
    return [(name, limit) for name, limit in named if limit is not None]


def members(scope: str, tasks: Iterable[Task]) -> list[Task]:
    """Return those of the tasks that need a slot of this scope."""
    return [task for task in tasks if scope in {"universe", task.account, task.user_group}]


def load(scope: str, tasks: Iterable[Task], at: int) -> int:
    """Count the tasks that run at an instant and have a slot of this scope."""
    return sum(began(task, at) and at < task.timeline.ends_at for task in members(scope, tasks))


def has_room(task: Task, tasks: Iterable[Task], limits: Slots, at: int, *, early: Sequence[Task] = ()) -> bool:
    """Tell whether one more task like this one could run at an instant, beside those that have taken slots early."""
    others = [other for other in tasks if other.id != task.id]
    return all(load(scope, others, at) + len(members(scope, early)) < limit for scope, limit in scopes(task, limits))


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Return tasks in the order in which they are served."""
    return sorted(tasks, key=lambda task: (GROUPS.index(task.user_group), task.id))


def turns(tasks: Iterable[Task], now: int) -> list[int]:
    """Return the instants from now on at which anything changes."""
    lives = [task.timeline for task in tasks]
    instants = {now} | {at for life in lives for at in (life.starts_at, life.ends_at, life.starts_at - life.waited)}
    return sorted(at for at in instants if now <= at < NEVER)


def walk(tasks: Sequence[Task], limits: Slots, now: int) -> list[Task]:
    """Arrange as slowly and plainly as can be: at every turn, deal out anew all slots that nobody runs in.

    Who gets one before its queue time is over keeps it from those behind at that turn, and no longer.
    """
    queue = in_order(waiting(tasks, now))
    done = {task.id: task for task in tasks} | {task.id: put_off(task, waited=NEVER) for task in queue}
    at: int | None = now
    while at is not None:
        early: list[Task] = []
        for task in queue:
            asks = done[task.id].timeline.waited == NEVER
            if asks and has_room(task, done.values(), limits, at, early=early):
                if at < ready_at(task):
                    early.append(task)
                else:
                    done[task.id] = put_off(task, waited=at - ready_at(task))
        at = min((turn for turn in turns(done.values(), now) if turn > at), default=None)
    return [done[task.id] for task in tasks]


@given(data=st.data(), limits=slots)
def test_starts_are_those_of_a_slow_walk_through_time(task: Task, data: st.DataObject, limits: Slots) -> None:
    """Who starts when is as if at each turn the slots had been dealt out anew, to the first in order first."""
    crowd = data.draw(crowds(task))
    assert after(crowd, limits, NOW) == walk(crowd, limits, NOW)


@given(data=st.data(), limits=slots)
def test_nobody_starts_where_there_is_no_room(task: Task, data: st.DataObject, limits: Slots) -> None:
    """As a task starts, all limits that apply to it are kept by it and those that run with it."""
    crowd = data.draw(crowds(task))
    arranged = after(crowd, limits, NOW)
    for one in waiting(crowd, NOW):
        life = next(other for other in arranged if other.id == one.id).timeline
        assert life.starts_at >= max(NOW, ready_at(one))
        runs = life.starts_at < min(life.ends_at, NEVER)
        assert not runs or has_room(one, arranged, limits, life.starts_at)


@given(data=st.data(), limits=slots)
def test_nobody_waits_where_there_is_room(task: Task, data: st.DataObject, limits: Slots) -> None:
    """At each turn from its being ready to its start those that run and those ahead with a queue time fill a limit."""
    crowd = data.draw(crowds(task))
    arranged = after(crowd, limits, NOW)
    for one in waiting(arranged, NOW):
        idle = [at for at in turns(arranged, NOW) if max(NOW, ready_at(one)) <= at < one.timeline.starts_at]
        line = in_order(waiting(arranged, NOW))
        ahead = line[: line.index(one)]
        for at in idle:
            assert not has_room(one, arranged, limits, at, early=[other for other in ahead if ready_at(other) > at])


@given(data=st.data(), limits=nested)
def test_the_first_created_goes_first(task: Task, data: st.DataObject, limits: Slots) -> None:
    """Whoever waits for a slot beyond its own queue time starts before all of its account and group that come after."""
    arranged = after(data.draw(crowds(task)), limits, NOW)
    line = in_order(waiting(arranged, NOW))
    for number, one in enumerate(line):
        start = min(one.timeline.starts_at, NEVER)
        if start > max(NOW, ready_at(one)):
            kin = [
                other for other in line[number:] if (other.account, other.user_group) == (one.account, one.user_group)
            ]
            assert all(other.timeline.starts_at >= start for other in kin)


@given(data=st.data(), limits=slots, later=st.integers(0, 30))
def test_time_alone_moves_nothing(task: Task, data: st.DataObject, limits: Slots, later: int) -> None:
    """What is arranged stays so, now and at any later instant, as long as nothing else happens."""
    arranged = after(data.draw(crowds(task)), limits, NOW)
    assert arrange(arranged, limits, now=NOW) == ()
    assert arrange(arranged, limits, now=NOW + later * SECOND) == ()


@given(data=st.data(), limits=slots)
def test_only_what_waits_is_touched(task: Task, data: st.DataObject, limits: Slots) -> None:
    """Tasks that have started, are held or have ended stay; of those that wait all moves by the same distance."""
    crowd = data.draw(crowds(task))
    before = {one.id: one.timeline for one in waiting(crowd, NOW)}
    for one in arrange(crowd, limits, now=NOW):
        was, now_is = before[one.id], one.timeline
        distance = now_is.waited - was.waited
        assert distance
        assert (now_is.starts_at - was.starts_at, now_is.ends_at - was.ends_at) == (distance, distance)
        assert [sending.due_at - now_is.ends_at for sending in one.sendings] == [0, SECOND]
        assert all(sending.due_at < 2**63 for sending in one.sendings)
        kept = msgspec.structs.replace(now_is, starts_at=was.starts_at, ends_at=was.ends_at, waited=was.waited)
        assert kept == was


@given(data=st.data(), limits=slots)
def test_without_limits_everyone_goes(task: Task, data: st.DataObject, limits: Slots) -> None:
    """When the limits are lifted, whoever has waited starts at the end of its own queue time, or now."""
    crowd, later = after(data.draw(crowds(task)), limits, NOW), NOW + SECOND
    lifted = {one.id: one.timeline.starts_at for one in after(crowd, Slots(), later)}
    assert all(lifted[one.id] == max(later, ready_at(one)) for one in waiting(crowd, later))


@given(data=st.data(), limits=st.builds(Slots, universe=limits, account=limits))
def test_a_vip_that_comes_later_goes_first(task: Task, data: st.DataObject, limits: Slots) -> None:
    """If it has to wait for a slot, none of another group that has the same limits and has not started is before it."""
    crowd = after(data.draw(crowds(task)), limits, NOW)
    vip = put_off(make(task, 99, group="vip", queue=data.draw(st.integers(0, 9))), waited=NEVER)
    arranged = after([*crowd, vip], limits, NOW)
    start, still = min(arranged[-1].timeline.starts_at, NEVER), {one.id for one in waiting(crowd, NOW)}
    for one in arranged[:-1]:
        if one.id in still and one.account == "a" and one.user_group != "vip":
            assert start == ready_at(vip) or one.timeline.starts_at >= start


@given(data=st.data(), limits=slots)
def test_through_a_day_of_changes_the_limits_hold(task: Task, data: st.DataObject, limits: Slots) -> None:
    """New tasks, hands and time come as they like: what runs at an instant was never more than the limits let in."""
    crowd: list[Task] = []
    now = NOW
    for number in range(data.draw(st.integers(0, 12))):
        deed = data.draw(st.sampled_from(["create", "create", "create", "cancel", "finish", "hold", "release"]))
        if deed == "create":
            account, group = data.draw(st.sampled_from("ab")), data.draw(st.sampled_from(GROUPS))
            queue = data.draw(st.integers(0, 2)) + (now - NOW) // SECOND
            crowd.append(put_off(make(task, number, account=account, group=group, queue=queue), waited=NEVER))
        else:
            crowd = steered(crowd, deed, now)
        crowd = after(crowd, limits, now)
        assert arrange(crowd, limits, now=now) == ()
        for at in turns(crowd, now):
            for one in crowd:
                assert all(load(scope, crowd, at) <= limit for scope, limit in scopes(one, limits))
        now += data.draw(st.integers(0, 3)) * SECOND


def steered(crowd: list[Task], deed: str, now: int) -> list[Task]:
    """Do something to the first task to which it can be done."""
    steer = {"cancel": cancel, "finish": finish, "hold": hold, "release": release}[deed]
    for number, one in enumerate(crowd):
        held = one.timeline.hold is not None
        if not observe(one.timeline, now).ended and held is (deed == "release"):
            return [*crowd[:number], steer(one, now=now), *crowd[number + 1 :]]
    return crowd


def test_a_task_that_was_held_before_it_started_takes_no_slot(task: Task) -> None:
    """The next one goes in its place, whenever the held one was to start."""
    held = hold(make(task, 0, queue=3, run=5, age=4), now=NOW - 2 * SECOND)
    waiting = put_off(make(task, 1, queue=0, run=5, age=1), waited=NEVER)
    (started,) = arrange((held, waiting), Slots(universe=1), now=NOW)
    assert (started.id, started.timeline.starts_at) == (waiting.id, NOW)
