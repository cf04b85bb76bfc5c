"""The methods of `AsyncControl`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

# ruff: noqa: A002, PLR0913 - parameters are the API's own, in name and number

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from mock_server.client.call import Call
from mock_server.client.given import GivenPlans, plain_plans
from mock_server.control.shapes.accounts import AccountChange, AccountList, AccountState, LimitsState
from mock_server.control.shapes.callbacks import DeliveryList, DeliveryQuery, Redelivered
from mock_server.control.shapes.clock import ClockChange, ClockChanged, ClockState
from mock_server.control.shapes.journal import JournalCleared, JournalQuery, JournalState
from mock_server.control.shapes.plans import PlanChange, PlanList, ScenarioList
from mock_server.control.shapes.tasks import Failure, TaskChanged, TaskList, TaskQuery, TaskState
from mock_server.control.shapes.worlds import Forgotten, Fork, Health, Reset, SnapshotQuery, UniverseList, UniverseState
from mock_server.journal.har import Har
from mock_server.snapshots.document import Snapshot

Shown = TypeVar("Shown")


class AsyncMethods(ABC):
    """A method for each operation of the control API."""

    @abstractmethod
    async def _send(self, call: Call[Shown]) -> Shown:
        """Send a call and read its answer."""

    async def show_health(self) -> Health:
        """Tell that the server is up, and what it serves."""
        return await self._send(Call("GET", "/_mock/health", Health))

    async def show_metrics(self) -> str:
        """Show what the server has counted, in the form that Prometheus reads."""
        return await self._send(Call("GET", "/_mock/metrics", str))

    async def show_contract(self) -> dict[str, Any]:
        """Show all that the control API can do, as an OpenAPI document."""
        return await self._send(Call("GET", "/_mock/openapi.json", dict[str, Any]))

    async def list_universes(self) -> UniverseList:
        """List the universes of this server."""
        return await self._send(Call("GET", "/_mock/universes", UniverseList))

    async def show_universe(self, universe: str) -> UniverseState:
        """Show one universe."""
        return await self._send(Call("GET", "/_mock/universes/{universe}", UniverseState, parts={"universe": universe}))

    async def forget_universe(self, universe: str) -> Forgotten:
        """Delete a universe with all that is in it."""
        return await self._send(Call("DELETE", "/_mock/universes/{universe}", Forgotten, parts={"universe": universe}))

    async def reset_universe(
        self, *, seed: str | None = None, start: float | None = None, mode: Literal["real", "frozen"] | None = None
    ) -> ClockState:
        """Forget all that happened in the universe, and begin it anew.

        How a universe is to begin anew; what is left out is as the server has it: seed, time, and how time runs.
        """
        return await self._send(Call("POST", "/_mock/reset", ClockState, body=Reset(seed=seed, start=start, mode=mode)))

    async def show_snapshot(self, *, secrets: bool = False) -> Snapshot:
        """Take a snapshot of the universe, with the record of what led there.

        How a snapshot is to be taken: with requests as they came, or without what is secret in them.
        """
        return await self._send(Call("GET", "/_mock/snapshot", Snapshot, query=SnapshotQuery(secrets=secrets)))

    async def restore_snapshot(self, snapshot: Snapshot) -> UniverseState:
        """Put what a snapshot holds into the place of the universe that the request names."""
        return await self._send(Call("PUT", "/_mock/snapshot", UniverseState, body=snapshot))

    async def fork_universe(self, universe: str, *, to: str) -> UniverseState:
        """Copy a universe, with all that is in it, into the place of another; from there each goes its own way.

        Where a universe is to be copied to; whatever has that name is replaced.
        """
        return await self._send(
            Call(
                "POST",
                "/_mock/universes/{universe}/fork",
                UniverseState,
                parts={"universe": universe},
                body=Fork(to=to),
            )
        )

    async def show_clock(self) -> ClockState:
        """Show the universe's time."""
        return await self._send(Call("GET", "/_mock/clock", ClockState))

    async def change_clock(
        self,
        *,
        mode: Literal["real", "scaled", "frozen"] | None = None,
        rate: float | None = None,
        advance: float | str | None = None,
        step: int | None = None,
        until: str | None = None,
        set: float | None = None,
    ) -> ClockChanged:
        """Freeze the clock, let it run, or move it; answers when all that fell due on the way is done.

        One change of a clock.

        A mode (with a rate if it is scaled); or a way forward: by a time (advance), to the next so many events
        (step), until a task has ended (until), or to an instant (set). Backwards it goes only in a universe without
        tasks.
        """
        return await self._send(
            Call(
                "POST",
                "/_mock/clock",
                ClockChanged,
                body=ClockChange(mode=mode, rate=rate, advance=advance, step=step, until=until, set=set),
            )
        )

    async def list_accounts(self) -> AccountList:
        """List the universe's accounts with their money; their names are invented from the seed."""
        return await self._send(Call("GET", "/_mock/accounts", AccountList))

    async def change_account(
        self,
        *,
        account: str | None = None,
        key: str | None = None,
        credits: float | None = None,
        group: Literal["default", "vip"] | None = None,
        closed: bool | None = None,
        closed_models: tuple[str, ...] | None = None,
    ) -> AccountState:
        """Set an account's credits, its group, and what is closed to it.

        What is to be special about an account, named by its id or by its key; what is left out stays as it is.

        `credits` is what it has available from now on. A closed key gets 401, a closed model 403.
        """
        return await self._send(
            Call(
                "POST",
                "/_mock/accounts",
                AccountState,
                body=AccountChange(
                    account=account, key=key, credits=credits, group=group, closed=closed, closed_models=closed_models
                ),
            )
        )

    async def show_limits(self) -> LimitsState:
        """Show what the universe allows at once and in a minute."""
        return await self._send(Call("GET", "/_mock/limits", LimitsState))

    async def change_limits(
        self,
        *,
        requests_per_minute: int | None = None,
        slots: int | None = None,
        slots_per_account: int | None = None,
        slots_per_group: Mapping[Literal["default", "vip"], int] = {},
    ) -> LimitsState:
        """Set all limits of the universe; one that is left out is none, and tasks that wait move up or stay behind.

        What a universe allows: requests a minute for each account, and tasks at once; null is no limit.
        """
        return await self._send(
            Call(
                "PUT",
                "/_mock/limits",
                LimitsState,
                body=LimitsState(
                    requests_per_minute=requests_per_minute,
                    slots=slots,
                    slots_per_account=slots_per_account,
                    slots_per_group=slots_per_group,
                ),
            )
        )

    async def list_tasks(
        self,
        *,
        account: str | None = None,
        status: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None,
    ) -> TaskList:
        """List the universe's tasks with all their facts.

        Which tasks are wanted.
        """
        return await self._send(Call("GET", "/_mock/tasks", TaskList, query=TaskQuery(account=account, status=status)))

    async def show_task(self, task: str) -> TaskState:
        """Show all facts of one task."""
        return await self._send(Call("GET", "/_mock/tasks/{task}", TaskState, parts={"task": task}))

    async def cancel_task(self, task: str) -> TaskChanged:
        """End a task as cancelled, now."""
        return await self._send(Call("POST", "/_mock/tasks/{task}/cancel", TaskChanged, parts={"task": task}))

    async def finish_task(self, task: str) -> TaskChanged:
        """End a task as completed, now."""
        return await self._send(Call("POST", "/_mock/tasks/{task}/finish", TaskChanged, parts={"task": task}))

    async def hold_task(self, task: str) -> TaskChanged:
        """Let a task stand still until it is released."""
        return await self._send(Call("POST", "/_mock/tasks/{task}/hold", TaskChanged, parts={"task": task}))

    async def release_task(self, task: str) -> TaskChanged:
        """Let a task that is held go on."""
        return await self._send(Call("POST", "/_mock/tasks/{task}/release", TaskChanged, parts={"task": task}))

    async def fail_task(self, task: str, *, code: str = "service_error") -> TaskChanged:
        """End a task as failed, now, with a code of the error-code page.

        How a task is to fail: a code of the error-code page.
        """
        return await self._send(
            Call("POST", "/_mock/tasks/{task}/fail", TaskChanged, parts={"task": task}, body=Failure(code=code))
        )

    async def list_callbacks(
        self, *, task: str | None = None, state: Literal["due", "delivered", "given up"] | None = None
    ) -> DeliveryList:
        """List the universe's callbacks with their attempts.

        Which callbacks are wanted.
        """
        return await self._send(
            Call("GET", "/_mock/callbacks", DeliveryList, query=DeliveryQuery(task=task, state=state))
        )

    async def redeliver_callback(self, delivery: int) -> Redelivered:
        """Send a callback anew, now and with all its retries."""
        return await self._send(
            Call("POST", "/_mock/callbacks/{delivery}/redeliver", Redelivered, parts={"delivery": delivery})
        )

    async def show_journal(
        self,
        *,
        operation: str | None = None,
        task: str | None = None,
        account: str | None = None,
        status: str | None = None,
        clause: str | None = None,
        fault: str | None = None,
        method: str | None = None,
        path: str | None = None,
        connection: str | None = None,
        since: float | None = None,
        until: float | None = None,
        after: int = 0,
        limit: int | None = None,
        newest: int | None = None,
        wait: float = 0,
        generation: int | None = None,
    ) -> JournalState:
        """Show what happened in the universe, oldest first.

        Which exchanges are wanted: those that fit everything that is given.

        `status` is one such as 404, a class such as 4xx, or none (the client went away before an answer began);
        `path` is how the path begins; `since` and `until` are universe time. Of those, at most `limit` from the
        oldest on, or the `newest` so many. Who follows the journal sends back the last number that it got as
        `after`, with the `generation`: in a journal that was begun anew meanwhile, `after` does not count. `wait`
        is how many real seconds to wait until there is something.
        """
        return await self._send(
            Call(
                "GET",
                "/_mock/journal",
                JournalState,
                query=JournalQuery(
                    operation=operation,
                    task=task,
                    account=account,
                    status=status,
                    clause=clause,
                    fault=fault,
                    method=method,
                    path=path,
                    connection=connection,
                    since=since,
                    until=until,
                    after=after,
                    limit=limit,
                    newest=newest,
                    wait=wait,
                    generation=generation,
                ),
            )
        )

    async def clear_journal(self) -> JournalCleared:
        """Forget what happened, and nothing else: the journal's next generation begins."""
        return await self._send(Call("DELETE", "/_mock/journal", JournalCleared))

    async def export_journal(
        self,
        *,
        operation: str | None = None,
        task: str | None = None,
        account: str | None = None,
        status: str | None = None,
        clause: str | None = None,
        fault: str | None = None,
        method: str | None = None,
        path: str | None = None,
        connection: str | None = None,
        since: float | None = None,
        until: float | None = None,
        after: int = 0,
        limit: int | None = None,
        newest: int | None = None,
        wait: float = 0,
        generation: int | None = None,
    ) -> Har:
        """Export what happened in the universe as an HTTP Archive.

        Which exchanges are wanted: those that fit everything that is given.

        `status` is one such as 404, a class such as 4xx, or none (the client went away before an answer began);
        `path` is how the path begins; `since` and `until` are universe time. Of those, at most `limit` from the
        oldest on, or the `newest` so many. Who follows the journal sends back the last number that it got as
        `after`, with the `generation`: in a journal that was begun anew meanwhile, `after` does not count. `wait`
        is how many real seconds to wait until there is something.
        """
        return await self._send(
            Call(
                "GET",
                "/_mock/journal.har",
                Har,
                query=JournalQuery(
                    operation=operation,
                    task=task,
                    account=account,
                    status=status,
                    clause=clause,
                    fault=fault,
                    method=method,
                    path=path,
                    connection=connection,
                    since=since,
                    until=until,
                    after=after,
                    limit=limit,
                    newest=newest,
                    wait=wait,
                    generation=generation,
                ),
            )
        )

    async def list_plans(self) -> PlanList:
        """List the universe's plans, with how often each matched and struck."""
        return await self._send(Call("GET", "/_mock/plans", PlanList))

    async def add_plans(self, *, plans: GivenPlans = None, scenario: str | None = None) -> PlanList:
        """Add plans, or those of a scenario, to the universe's; earlier ones come first.

        Plans to be set: as the plan language has them (docs/plans.md), or those of a ready scenario.
        """
        return await self._send(
            Call("POST", "/_mock/plans", PlanList, body=PlanChange(plans=plain_plans(plans), scenario=scenario))
        )

    async def replace_plans(self, *, plans: GivenPlans = None, scenario: str | None = None) -> PlanList:
        """Set these plans, or those of a scenario, in the place of the universe's; all count from nothing.

        Plans to be set: as the plan language has them (docs/plans.md), or those of a ready scenario.
        """
        return await self._send(
            Call("PUT", "/_mock/plans", PlanList, body=PlanChange(plans=plain_plans(plans), scenario=scenario))
        )

    async def forget_plans(self) -> PlanList:
        """Let go of all plans of the universe; what they made of tasks stays."""
        return await self._send(Call("DELETE", "/_mock/plans", PlanList))

    async def list_scenarios(self) -> ScenarioList:
        """List the ready scenarios."""
        return await self._send(Call("GET", "/_mock/scenarios", ScenarioList))
