"""What a test holds: the simulator behind the client under test, and the questions that can be put to it."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from contracts.drive.delivery import App
from contracts.evolink.clock import VirtualClock
from contracts.evolink.deliveries import HOST, Deliveries
from contracts.evolink.money import find_charges, write_charges, write_way_out
from contracts.evolink.options import planned
from contracts.evolink.reporting import Reporting
from contracts.evolink.violations import find_violations, write_violations
from contracts.report.history import ClockMove, History, Outcome, Violation, add_credits, written_credits
from contracts.report.lines import write_timeline
from contracts.verdict import Strictness, Verdict
from mock_server.client.given import GivenPlans
from mock_server.client.methods import Methods
from mock_server.control.shapes import CallbackShown, PlanShown, TaskState
from mock_server.journal.entries import Entry

if TYPE_CHECKING:
    from contracts.drive.receiver import Receiver
    from contracts.recording.client import ClientRecord, Clock
    from openapi.operations import Operations

URL: Final = "https://api.evolink.ai"
"""Where the API is, for a client that asks for an address."""

KEY: Final = "sk-evolink-test"
"""A key that the API takes, for a client that asks for one."""


class Evolink(Reporting):
    """The API as one test has it: alone, at once, and on a clock that only the test and its client move.

    Whatever is asked is answered at once, on any thread; times are seconds since the epoch, money is credits. `control`
    can do all that the control API can (docs/reference/control.md): hold a task, let it fail, set an account's credits.
    What cannot be done raises `mock_server.ControlError`.

    Args:
        control: The control API of the universe.
        deliveries: What leads its callbacks.
        started: When the test began, by the universe's time.
        entries: Reads the journal with all that is secret in it, for the judge.
        contract: The operations that are served.
        lived_by: The clock that the client lives by.
        url: Where the API is.
        key: A key that it takes.
        allowed: The clauses that the client may break.
        excused: The rules of the judge that it may break, each with the reason.
        moves: The ways that the clock was moved, as they come to be known.
        planned: Whether something is planned from the beginning.
        refused: Tells whether a request may have been refused; who knows that none was need not look for violations.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that it must know
        self,
        control: Methods,
        *,
        deliveries: Deliveries,
        started: float,
        entries: Callable[[], tuple[Entry, ...]],
        contract: "Operations",
        lived_by: "Clock",
        url: str = URL,
        key: str = KEY,
        allowed: Collection[str] = (),
        excused: Mapping[str, str] = {},
        moves: Sequence[ClockMove] = (),
        planned: bool = False,
        refused: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(lambda: self.clock.now if lived_by == "virtual" else time.time())
        self.control: Final = control
        self.url: Final = url
        self.key: Final = key
        self.clock: Final = VirtualClock(control)
        self._deliveries = deliveries
        self._allowed = allowed
        self._excused = excused
        self._entries = entries
        self._contract = contract
        self._lived_by: Final = lived_by
        self._moves = moves
        self._planned = planned
        self._refused = refused
        self._started = started

    def plan(self, *plans: GivenPlans) -> None:
        """Plan what is to go wrong from now on: plans in words, as structs or as objects, or a scenario by its name.

            evolink.plan("answer 503 on=create times=2", "callback twice")
            evolink.plan("flaky")

        Raises:
            ControlError: One is none; the message says what is wrong with it, and what may be meant.
        """
        for given in plans:
            self.control.add_plans(**planned(given))
            self._planned = True

    def deliver_to(self, app: App, *, host: str = HOST, raise_errors: bool = True) -> None:
        """Let callbacks for a host go straight into a web app, ASGI or WSGI, until the test ends.

        What the app answers is the answer to the attempt. If it raises something, the answer is 500, and the test fails
        by that when it ends, or at `raise_app_errors`. An ASGI app runs on the loop of the simulator, without its
        lifespan; a client that it calls there must be asynchronous.

        Args:
            app: The app.
            host: The host of the callback URLs that go into it, with a port if that is not 443.
            raise_errors: Whether the test fails by what the app raises.

        Raises:
            ValueError: It is no host.
        """
        self._deliveries.lead_into(app, host=host, raise_errors=raise_errors)

    def lead_to(self, receiver: "Receiver") -> None:
        """Let callbacks for the host of a receiver go to it, until the test ends; `evolink_receiver` is led to."""
        self._deliveries.lead_to(receiver)

    def raise_app_errors(self) -> None:
        """Raise what apps raised that callbacks were delivered into, unless it has been raised before.

        Raises:
            BaseException: That of an app, or all of them as a group.
        """
        self._deliveries.raise_errors()

    @property
    def tasks(self) -> tuple[TaskState, ...]:
        """The tasks, with all their facts, in the order in which they were created."""
        return self.control.list_tasks().tasks

    @property
    def journal(self) -> tuple[Entry, ...]:
        """The requests with their answers, in the order in which they ended, without what is secret in them."""
        return self.control.show_journal().entries

    @property
    def callbacks(self) -> tuple[CallbackShown, ...]:
        """The callbacks with their attempts."""
        return self.control.list_callbacks().callbacks

    @property
    def plans(self) -> tuple[PlanShown, ...]:
        """The plans, with how often each matched and struck."""
        return self.control.list_plans().plans

    @property
    def unused_plans(self) -> tuple[str, ...]:
        """The names of the plans that the test has set and that never struck."""
        return tuple(plan.name for plan in self.plans if not plan.struck) if self._planned else ()

    @property
    def credits_spent(self) -> float:
        """What was charged; what is reserved for tasks that have not ended is not in it."""
        return add_credits(charge.charged for charge in find_charges(self.tasks))

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What the client's requests broke, but for what is allowed."""
        if not self._refused():
            return ()
        return find_violations(self.control.show_journal(status="4xx").entries, allowed=self._allowed)

    @property
    def timeline(self) -> str:
        """What happened, as text: requests, tasks, money and callbacks in order."""
        return write_timeline(self.history())

    def history(self, *, node: str = "", outcome: Outcome = "passed", failure: str = "") -> History:
        """Return all that is known, for a report.

        Args:
            node: The test's node id.
            outcome: How it ended.
            failure: What it said when it failed.
        """
        journal = self.control.show_journal()
        return History(
            node=node,
            universe=journal.universe,
            outcome=outcome,
            started_at=self._started,
            ended_at=self.clock.now,
            entries=journal.entries,
            dropped=journal.dropped,
            tasks=self.tasks,
            callbacks=self.callbacks,
            plans=self.plans,
            moves=tuple(self._moves),
            violations=find_violations(journal.entries, allowed=self._allowed),
            failure=failure,
        )

    def assert_one_charge(self) -> None:
        """Make sure that the client pays for one task: it was charged, or will be when it ends.

        Raises:
            AssertionError: It pays for none, or for several; the message has the time line.
        """
        __tracebackhide__ = True
        found = find_charges(self.tasks)
        if len(found) != 1:
            self._fail(f"expected one task that is paid for, got {write_charges(found)}{write_way_out(found)}")

    def assert_spent(self, *, at_most: float) -> None:
        """Make sure that the client spends at most so many credits, what is reserved for its tasks included.

        Raises:
            AssertionError: It spends more; the message has the time line.
        """
        __tracebackhide__ = True
        found = find_charges(self.tasks)
        if add_credits(charge.amount for charge in found) > at_most:
            spent = f"expected at most {written_credits(at_most)} to be spent, got {write_charges(found)}"
            self._fail(f"{spent}{write_way_out(found)}")

    def assert_no_violations(self) -> None:
        """Make sure that no request broke a clause of the contract, but for those that the test allows.

        Raises:
            AssertionError: One did; the message says what, what would be right, and has the time line.
        """
        __tracebackhide__ = True
        if found := self.violations:
            self._fail(write_violations(found))

    def verdict(self, *, level: Strictness = "must", allow: Mapping[str, str] = {}) -> "Verdict[ClientRecord]":
        """Return what the judge says of the client: what came of each rule, on all that happened so far.

        Its findings may tell what the client sent; `assert_client` says them without what is secret.

        Args:
            level: The least binding rules whose findings fail: "must", "should" or "all".
            allow: The rules that may be broken, by their ids, each with the reason; those of the mark may be, too.

        Raises:
            ValueError: There is no such level or rule, or a rule is allowed without a reason.
        """
        return self._judged(level, allow)[0]

    def assert_client(self, *, level: Strictness = "must", allow: Mapping[str, str] = {}) -> None:
        """Make sure that the client broke no rule of this level, and that all of them could be judged.

        Args:
            level: The least binding rules whose findings fail: "must", "should" or "all".
            allow: The rules that may be broken, by their ids, each with the reason; those of the mark may be, too.

        Raises:
            AssertionError: It broke one; the message says what, what to do about it, and has the time line.
            ValueError: There is no such level or rule, or a rule is allowed without a reason.
        """
        __tracebackhide__ = True
        if told := self.find_broken_rules(level=level, allow=allow):
            self._fail(told)

    def find_broken_rules(self, *, level: Strictness = "must", allow: Mapping[str, str] = {}) -> str:
        """Say which rules the client broke, as `assert_client` does, but for the time line; empty if it broke none.

        Raises:
            ValueError: There is no such level or rule, or a rule is allowed without a reason.
        """
        from contracts.evolink.judgement import write_verdict  # noqa: PLC0415 - who asks no judge does not wait for it

        return write_verdict(*self._judged(level, allow))

    def client_record(self) -> "ClientRecord":
        """Return what the judge looks at: all that the client did so far, with what is secret in it but for keys."""
        from contracts.recording.journal import read_journal  # noqa: PLC0415 - the same

        called = self.control.list_callbacks()
        return read_journal(
            {"entries": self._entries()},
            callbacks=called,
            heard=self._deliveries.heard(called.universe),
            moves=tuple(self._moves),
            clock=self._lived_by,
            charges={charge.task: charge.amount for charge in find_charges(self.tasks)},
            reported=tuple(self._reported),
            until=self._now(),
            contract=self._contract,
        )

    def _judged(self, level: Strictness, allow: Mapping[str, str]) -> "tuple[Verdict[ClientRecord], ClientRecord]":
        from contracts.judge import judge_client  # noqa: PLC0415 - the same

        seen = self.client_record()
        return judge_client(seen, level=level, allow={**self._excused, **allow}), seen

    def _fail(self, problem: str) -> None:
        __tracebackhide__ = True
        raise AssertionError(f"{problem}\n\n{self.timeline}")
