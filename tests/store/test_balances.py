"""What every store must do with money: at every instant say what adding up all tasks from their facts would say."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mock_server.core.idempotency import Claim, claim, expired
from mock_server.core.limits.queueing import Slots, arrange, put_off
from mock_server.core.tasks.billing import balance
from mock_server.core.tasks.steering import cancel, fail, finish, hold, release
from mock_server.core.tasks.timeline import IllegalTransition
from mock_server.core.types import NEVER, SECOND, Balance, Status, Task, TaskError
from mock_server.store import Store
from mock_server.store.protocol import Accepted, CreateOutcome, IdTaken, KeyReused, Short, TaskFilter, TaskPage

pytestmark = pytest.mark.uncounted

MakeTask = Callable[..., Task]
OPENING = 1_000
URL = "https://hooks.example.com/x"
ACCOUNTS = {"A": "default", "B": "default", "C": "blue"}
UNIVERSES = ("default", "blue")
HANDS: Mapping[str, Callable[..., Task]] = {
    "cancel": cancel,
    "fail": partial(fail, error=TaskError("service_error", "Service error")),
    "finish": finish,
    "hold": hold,
    "release": release,
}

accounts = st.sampled_from(sorted(ACCOUNTS))
universes = st.sampled_from(UNIVERSES)
amounts = st.integers(0, OPENING // 2)
outcomes = st.sampled_from([Status.COMPLETED, Status.FAILED, Status.CANCELLED])
claims = st.one_of(st.none(), st.builds(claim, st.sampled_from(["k", "l"]), st.integers(0, 1)))
limits = st.one_of(st.none(), st.integers(0, 2))
slots = st.one_of(
    st.none(),
    st.builds(Slots, universe=limits, account=limits, groups=st.dictionaries(st.just("vip"), st.integers(0, 2))),
)


class Bank(RuleBasedStateMachine):
    """A store beside a list of every task that it accepted: whatever is asked of both, both say the same."""

    def __init__(self, open_store: Callable[[Path], Store], make_task: MakeTask) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.store = open_store(Path(self.directory.name))
        self.make_task = make_task
        self.loop = asyncio.Runner()
        self.seconds = 1_000
        self.drawn = 0
        self.stored: dict[str, list[Task]] = {universe: [] for universe in UNIVERSES}
        self.slots: dict[str, Slots | None] = dict.fromkeys(UNIVERSES)
        self.openings: dict[str, int] = {}
        self.keys: dict[tuple[str, str], tuple[bytes, str, int]] = {}

    def teardown(self) -> None:
        """Let go of the store."""
        self.loop.run(self.store.close())
        self.loop.close()
        self.directory.cleanup()

    @property
    def now(self) -> int:
        """The time of both universes."""
        return self.seconds * SECOND

    def tasks(self, account: str) -> list[Task]:
        """Return an account's tasks."""
        return [task for task in self.stored[ACCOUNTS[account]] if task.account == account]

    def find(self, universe: str, name: str) -> Task:
        """Return a task that was stored."""
        return next(task for task in self.stored[universe] if task.id == name)

    def truth(self, account: str, at: int) -> Balance:
        """Return what adding up an account's tasks comes to."""
        return balance(self.openings.get(account, OPENING), self.tasks(account), at)

    def put(self, universe: str, changed: Iterable[Task]) -> None:
        """Put tasks into the place of what they were."""
        moved = {task.id: task for task in changed}
        self.stored[universe] = [moved.get(task.id, task) for task in self.stored[universe]]

    def arrange(self, universe: str, wanted: Slots | None) -> None:
        """Let tasks wait for each other."""
        if wanted is not None:
            unended = [task for task in self.stored[universe] if task.timeline.ends_at > self.now]
            self.put(universe, arrange(unended, wanted, now=self.now))

    @rule(
        account=accounts,
        group=st.sampled_from(["default", "vip"]),
        reserved=amounts,
        charge=amounts,
        queue=st.integers(0, 20),
        lasts=st.integers(0, 90),
        outcome=outcomes,
        wanted=claims,
    )
    def create(self, account: str, wanted: Claim | None, **facts: Any) -> None:
        """Create a task, perhaps with a key; what must come of it follows from what was stored before."""
        self.drawn += 1
        universe, facts = ACCOUNTS[account], {"account": account, "callback_url": URL, **facts}
        task = self.make_task(self.drawn, universe=universe, created=self.seconds, **facts)
        expected = self.expect(task, wanted)
        if expected is None:
            limited = self.slots[universe]
            self.stored[universe].append(task if limited is None else put_off(task, waited=NEVER))
            self.arrange(universe, limited)
            expected = Accepted(self.find(universe, task.id))
            if wanted is not None:
                self.keys[account, wanted.key] = (wanted.fingerprint, task.id, self.now)
        outcome = self.loop.run(self.store.create_task(task, opening=OPENING, claim=wanted, slots=self.slots[universe]))
        assert outcome == expected

    def expect(self, task: Task, wanted: Claim | None) -> CreateOutcome | None:
        """Tell what creating the task must come to, if it is not to be accepted."""
        key = None if wanted is None else self.keys.get((task.account, wanted.key))
        if wanted is not None and key is not None and not expired(key[2], self.now):
            same = key[0] == wanted.fingerprint
            return Accepted(self.find(task.universe, key[1]), replayed=True) if same else KeyReused()
        available = self.truth(task.account, self.now).available
        return None if task.bill.reserved <= available else Short(available)

    @rule(account=accounts)
    def create_again(self, account: str) -> None:
        """Create a task whose id is taken."""
        taken = [task for task in self.tasks(account) if task.bill.reserved == 0]
        if taken:
            limited = self.slots[ACCOUNTS[account]]
            assert self.loop.run(self.store.create_task(taken[-1], opening=OPENING, slots=limited)) == IdTaken()

    @rule(universe=universes, data=st.data(), hand=st.sampled_from(sorted(HANDS)))
    def change(self, universe: str, data: st.DataObject, hand: str) -> None:
        """Cancel, fail, finish, hold or release a task, or be refused."""
        if not self.stored[universe]:
            return
        task = data.draw(st.sampled_from(self.stored[universe]))
        wanted, limited = partial(HANDS[hand], now=self.now), self.slots[universe]
        changing = self.store.change_task(universe, task.id, wanted, now=self.now, slots=limited)
        try:
            changed = wanted(task)
        except IllegalTransition:
            with pytest.raises(IllegalTransition):
                self.loop.run(changing)
        else:
            self.put(universe, [changed])
            self.arrange(universe, limited)
            assert self.loop.run(changing) == self.find(universe, task.id)

    @rule(universe=universes, wanted=slots)
    def limit(self, universe: str, wanted: Slots | None) -> None:
        """Set, change or lift the limits of a universe."""
        self.slots[universe] = wanted
        self.arrange(universe, wanted or Slots())
        self.loop.run(self.store.arrange(universe, wanted or Slots(), now=self.now))

    @rule(account=accounts, available=st.integers(0, 2 * OPENING))
    def fund(self, account: str, available: int) -> None:
        """Give an account money."""
        before = self.truth(account, self.now)
        self.openings[account] = available + before.reserved + before.charged
        funded = self.store.fund(ACCOUNTS[account], account, available=available, now=self.now)
        assert self.loop.run(funded) == self.truth(account, self.now)

    @rule(seconds=st.one_of(st.integers(0, 60), st.just(86_400)))
    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.seconds += seconds

    @rule(universe=universes)
    def reset(self, universe: str) -> None:
        """Forget a universe."""
        self.loop.run(self.store.reset(universe))
        self.stored[universe].clear()
        for account in (account for account, home in ACCOUNTS.items() if home == universe):
            self.openings.pop(account, None)
            self.keys = {key: value for key, value in self.keys.items() if key[0] != account}

    @invariant()
    def balances_agree(self) -> None:
        """Every account's balance is the sum of its tasks, now and later, however often it is read."""
        for account in ACCOUNTS:
            for at in (self.now, self.now, self.now + 30 * SECOND, self.now):
                seen = self.loop.run(self.store.balance(account, opening=OPENING, now=at))
                assert seen == self.truth(account, at)
                assert seen.available >= 0

    @invariant()
    def lists_agree(self) -> None:
        """Every account's list holds its tasks, newest first, and a universe's tasks are counted as they are seen."""
        for account in ACCOUNTS:
            tasks = self.tasks(account)
            page = self.loop.run(self.store.list_tasks(account, TaskFilter(), now=self.now, since=0))
            assert page == TaskPage(len(tasks), tuple(reversed(tasks))[:20])
        for universe, tasks in self.stored.items():
            ended = Counter(task.timeline.outcome.value for task in tasks if task.timeline.ends_at <= self.now)
            assert self.loop.run(self.store.count_ended(universe, now=self.now)) == ended

    @invariant()
    def callbacks_agree(self) -> None:
        """Every callback is due when its task ends, as that is planned now."""
        for universe, tasks in self.stored.items():
            records = self.loop.run(self.store.callbacks(universe))
            assert [record.due_at for record in records] == [task.timeline.ends_at for task in tasks]


@pytest.mark.clauses("BILL-SUCCESS", "ERR-402", "IDEM-REPLAY", "IDEM-CONFLICT", "CRED-USER-REMAINING", "CRED-USER-USED")
def test_a_store_never_disagrees_with_its_tasks(open_store: Callable[[Path], Store], make_task: MakeTask) -> None:
    """Whatever is created, refused, replayed, steered, funded, limited or forgotten as time goes by, money adds up."""

    class OpenBank(Bank):
        def __init__(self) -> None:
            super().__init__(open_store, make_task)

    run_state_machine_as_test(OpenBank, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))


@pytest.mark.anyio
@pytest.mark.clauses("BILL-SUCCESS", "CRED-USER-REMAINING", "CRED-USER-USED")
@pytest.mark.parametrize("seed", range(3))
async def test_a_long_history_adds_up(store: Store, make_task: MakeTask, seed: int) -> None:
    """Over hundreds of tasks that end while others begin, every balance on the way is the sum of the tasks."""
    dice, seconds, tasks = Random(seed), 1_000, list[Task]()  # noqa: S311 - a seeded sequence, no secret
    for number in range(300):
        seconds += dice.randrange(4)
        task = make_task(
            number,
            created=seconds,
            lasts=dice.randrange(60),
            outcome=dice.choice([Status.COMPLETED, Status.FAILED]),
            reserved=(price := dice.randrange(100)),
            charge=dice.randrange(price + 1),
        )
        if isinstance(await store.create_task(task, opening=3_000), Accepted):
            tasks.append(task)
        now = seconds * SECOND
        assert await store.balance("ACCOUNT", opening=3_000, now=now) == balance(3_000, tasks, now)
    assert 64 < len(tasks) < 300
