"""What every store must do with money: at every instant say what adding up all tasks from their facts would say."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mock_server.core.billing import balance
from mock_server.core.idempotency import Claim, claim, expired
from mock_server.core.types import SECOND, Status, Task
from mock_server.store import Store
from mock_server.store.protocol import Accepted, CreateOutcome, IdTaken, KeyReused, Short, TaskFilter, TaskPage

MakeTask = Callable[..., Task]
OPENING = 1_000
ACCOUNTS = {"A": "default", "B": "default", "C": "blue"}

accounts = st.sampled_from(sorted(ACCOUNTS))
amounts = st.integers(0, OPENING // 2)
outcomes = st.sampled_from([Status.COMPLETED, Status.FAILED, Status.CANCELLED])
claims = st.one_of(st.none(), st.builds(claim, st.sampled_from(["k", "l"]), st.integers(0, 1)))


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
        self.stored: dict[str, list[Task]] = {account: [] for account in ACCOUNTS}
        self.keys: dict[tuple[str, str], tuple[bytes, Task]] = {}

    def teardown(self) -> None:
        """Let go of the store."""
        self.loop.run(self.store.close())
        self.loop.close()
        self.directory.cleanup()

    @property
    def now(self) -> int:
        """The time of both universes."""
        return self.seconds * SECOND

    @rule(account=accounts, reserved=amounts, charge=amounts, lasts=st.integers(0, 90), outcome=outcomes, wanted=claims)
    def create(
        self, account: str, reserved: int, charge: int, lasts: int, outcome: Status, wanted: Claim | None
    ) -> None:
        """Create a task, perhaps with a key; what must come of it follows from what was stored before."""
        self.drawn += 1
        task = self.make_task(
            self.drawn,
            account=account,
            universe=ACCOUNTS[account],
            created=self.seconds,
            lasts=lasts,
            outcome=outcome,
            reserved=reserved,
            charge=charge,
        )
        expected = self.expect(task, wanted)
        assert self.loop.run(self.store.create_task(task, opening=OPENING, claim=wanted)) == expected
        if expected == Accepted(task):
            self.stored[account].append(task)
            if wanted is not None:
                self.keys[account, wanted.key] = (wanted.fingerprint, task)

    def expect(self, task: Task, wanted: Claim | None) -> CreateOutcome:
        """Tell what creating the task must come to."""
        fingerprint, earlier = self.keys.get((task.account, wanted.key), (b"", None)) if wanted else (b"", None)
        if wanted and earlier and not expired(earlier.timeline.created_at, self.now):
            return Accepted(earlier, replayed=True) if fingerprint == wanted.fingerprint else KeyReused()
        available = balance(OPENING, self.stored[task.account], self.now).available
        return Accepted(task) if task.bill.reserved <= available else Short(available)

    @rule(account=accounts)
    def create_again(self, account: str) -> None:
        """Create a task whose id is taken."""
        taken = [task for task in self.stored[account] if task.bill.reserved == 0]
        if taken:
            assert self.loop.run(self.store.create_task(taken[-1], opening=OPENING)) == IdTaken()

    @rule(seconds=st.one_of(st.integers(0, 60), st.just(86_400)))
    def wait(self, seconds: int) -> None:
        """Let time go by."""
        self.seconds += seconds

    @rule(universe=st.sampled_from(["default", "blue"]))
    def reset(self, universe: str) -> None:
        """Forget a universe."""
        self.loop.run(self.store.reset(universe))
        for account in (account for account, home in ACCOUNTS.items() if home == universe):
            self.stored[account].clear()
            self.keys = {key: value for key, value in self.keys.items() if key[0] != account}

    @invariant()
    def balances_agree(self) -> None:
        """Every account's balance is the sum of its tasks, now and later, however often it is read."""
        for account, tasks in self.stored.items():
            for at in (self.now, self.now, self.now + 30 * SECOND, self.now):
                seen = self.loop.run(self.store.balance(account, opening=OPENING, now=at))
                assert seen == balance(OPENING, tasks, at)
                assert seen.available >= 0

    @invariant()
    def lists_agree(self) -> None:
        """Every account's list holds its tasks, newest first."""
        for account, tasks in self.stored.items():
            page = self.loop.run(self.store.list_tasks(account, TaskFilter(), now=self.now, since=0))
            assert page == TaskPage(len(tasks), tuple(reversed(tasks))[:20])


@pytest.mark.clauses("BILL-SUCCESS", "ERR-402", "IDEM-REPLAY", "IDEM-CONFLICT", "CRED-USER-REMAINING", "CRED-USER-USED")
def test_a_store_never_disagrees_with_its_tasks(open_store: Callable[[Path], Store], make_task: MakeTask) -> None:
    """Whatever is created, refused, replayed or forgotten while time goes by, the money adds up."""

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
