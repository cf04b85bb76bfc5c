"""The operations of the control API, all of them, in one table."""

from typing import Any, Final

from starlette.routing import Route

from mock_server.control import accounts, callbacks, clock, journal, plans, service, shapes, snapshots, tasks, worlds
from mock_server.control.document import make_document
from mock_server.control.endpoint import ControlEndpoint
from mock_server.control.operation import Nothing, Operation, Request
from mock_server.journal.har import Har
from mock_server.simulator import Simulator
from mock_server.snapshots.document import Snapshot


async def show_contract(request: Request[Nothing, Nothing]) -> dict[str, Any]:  # noqa: ARG001 - as all operations
    """Show all that the control API can do, as an OpenAPI document."""
    return make_document(OPERATIONS)


OPERATIONS: Final = (
    Operation(
        id="showHealth",
        method="GET",
        path="/_mock/health",
        summary="Tell that the server is up, and what it serves",
        function=service.show_health,
        answer=shapes.Health,
    ),
    Operation(
        id="showMetrics",
        method="GET",
        path="/_mock/metrics",
        summary="Show what the server has counted, in the form that Prometheus reads",
        function=service.show_metrics,
        media_type="text/plain",
        refusals=(501,),
    ),
    Operation(
        id="showContract",
        method="GET",
        path="/_mock/openapi.json",
        summary="Show this document",
        function=show_contract,
        answer=dict[str, Any],
    ),
    Operation(
        id="listUniverses",
        method="GET",
        path="/_mock/universes",
        summary="List the universes of this server",
        function=worlds.list_universes,
        answer=shapes.UniverseList,
    ),
    Operation(
        id="showUniverse",
        method="GET",
        path="/_mock/universes/{universe}",
        summary="Show one universe",
        function=worlds.show_universe,
        answer=shapes.UniverseState,
        refusals=(404,),
    ),
    Operation(
        id="forgetUniverse",
        method="DELETE",
        path="/_mock/universes/{universe}",
        summary="Delete a universe with all that is in it",
        function=worlds.forget_universe,
        answer=shapes.Forgotten,
        refusals=(404,),
    ),
    Operation(
        id="resetUniverse",
        method="POST",
        path="/_mock/reset",
        summary="Forget all that happened in the universe, and begin it anew",
        function=worlds.reset,
        body=shapes.Reset,
        answer=shapes.ClockState,
    ),
    Operation(
        id="showSnapshot",
        method="GET",
        path="/_mock/snapshot",
        summary="Take a snapshot of the universe: all that is in it, as one document",
        function=snapshots.show_snapshot,
        query=shapes.SnapshotQuery,
        answer=Snapshot,
    ),
    Operation(
        id="restoreSnapshot",
        method="PUT",
        path="/_mock/snapshot",
        summary="Put what a snapshot holds into the place of the universe",
        function=snapshots.restore,
        body=Snapshot,
        raw=True,
        answer=shapes.UniverseState,
    ),
    Operation(
        id="forkUniverse",
        method="POST",
        path="/_mock/universes/{universe}/fork",
        summary="Copy a universe into the place of another",
        function=snapshots.fork,
        body=shapes.Fork,
        answer=shapes.UniverseState,
        refusals=(404, 409),
    ),
    Operation(
        id="showClock",
        method="GET",
        path="/_mock/clock",
        summary="Show the universe's time",
        function=clock.show_clock,
        answer=shapes.ClockState,
    ),
    Operation(
        id="changeClock",
        method="POST",
        path="/_mock/clock",
        summary="Freeze the clock, let it run, or move it; answers when all that fell due on the way is done",
        function=clock.change_clock,
        body=shapes.ClockChange,
        answer=shapes.ClockChanged,
        refusals=(404, 409),
    ),
    Operation(
        id="listAccounts",
        method="GET",
        path="/_mock/accounts",
        summary="List the universe's accounts with their money",
        function=accounts.list_accounts,
        answer=shapes.AccountList,
    ),
    Operation(
        id="changeAccount",
        method="POST",
        path="/_mock/accounts",
        summary="Set an account's credits, its group, and what is closed to it",
        function=accounts.change_account,
        body=shapes.AccountChange,
        answer=shapes.AccountState,
        refusals=(404,),
    ),
    Operation(
        id="showLimits",
        method="GET",
        path="/_mock/limits",
        summary="Show what the universe allows at once and in a minute",
        function=accounts.show_limits,
        answer=shapes.LimitsState,
    ),
    Operation(
        id="changeLimits",
        method="PUT",
        path="/_mock/limits",
        summary="Set all limits of the universe; one that is left out is none",
        function=accounts.change_limits,
        body=shapes.LimitsState,
        answer=shapes.LimitsState,
    ),
    Operation(
        id="listTasks",
        method="GET",
        path="/_mock/tasks",
        summary="List the universe's tasks with all their facts",
        function=tasks.list_tasks,
        query=shapes.TaskQuery,
        answer=shapes.TaskList,
    ),
    Operation(
        id="showTask",
        method="GET",
        path="/_mock/tasks/{task}",
        summary="Show all facts of one task",
        function=tasks.show_task,
        answer=shapes.TaskState,
        refusals=(404,),
    ),
    *(
        Operation(
            id=f"{verb}Task",
            method="POST",
            path=f"/_mock/tasks/{{task}}/{verb}",
            summary=summary,
            function=function,
            answer=shapes.TaskChanged,
            refusals=(404, 409),
        )
        for verb, summary, function in (
            ("cancel", "End a task as cancelled, now", tasks.cancel_task),
            ("finish", "End a task as completed, now", tasks.finish_task),
            ("hold", "Let a task stand still until it is released", tasks.hold_task),
            ("release", "Let a task that is held go on", tasks.release_task),
        )
    ),
    Operation(
        id="failTask",
        method="POST",
        path="/_mock/tasks/{task}/fail",
        summary="End a task as failed, now, with a code of the error-code page",
        function=tasks.fail_task,
        body=shapes.Failure,
        answer=shapes.TaskChanged,
        refusals=(404, 409),
    ),
    Operation(
        id="listCallbacks",
        method="GET",
        path="/_mock/callbacks",
        summary="List the universe's callbacks with their attempts",
        function=callbacks.list_callbacks,
        query=shapes.DeliveryQuery,
        answer=shapes.DeliveryList,
    ),
    Operation(
        id="redeliverCallback",
        method="POST",
        path="/_mock/callbacks/{delivery}/redeliver",
        summary="Send a callback anew, now and with all its retries",
        function=callbacks.redeliver,
        answer=shapes.Redelivered,
        refusals=(404,),
    ),
    Operation(
        id="showJournal",
        method="GET",
        path="/_mock/journal",
        summary="Show what happened in the universe, oldest first",
        function=journal.show_journal,
        query=shapes.JournalQuery,
        answer=shapes.JournalState,
        waits=True,
        refusals=(409,),
    ),
    Operation(
        id="clearJournal",
        method="DELETE",
        path="/_mock/journal",
        summary="Forget what happened, and nothing else: the journal's next generation begins",
        function=journal.clear_journal,
        answer=shapes.JournalCleared,
    ),
    Operation(
        id="exportJournal",
        method="GET",
        path="/_mock/journal.har",
        summary="Export what happened in the universe as an HTTP Archive (HAR 1.2)",
        function=journal.export_journal,
        query=shapes.JournalQuery,
        answer=Har,
        waits=True,
        refusals=(409,),
    ),
    Operation(
        id="listPlans",
        method="GET",
        path="/_mock/plans",
        summary="List the universe's plans, with how often each matched and struck",
        function=plans.list_plans,
        answer=shapes.PlanList,
    ),
    Operation(
        id="addPlans",
        method="POST",
        path="/_mock/plans",
        summary="Add plans, or those of a scenario, to the universe's",
        function=plans.add_plans,
        body=shapes.PlanChange,
        answer=shapes.PlanList,
    ),
    Operation(
        id="replacePlans",
        method="PUT",
        path="/_mock/plans",
        summary="Set plans, or those of a scenario, in the place of the universe's",
        function=plans.replace_plans,
        body=shapes.PlanChange,
        answer=shapes.PlanList,
    ),
    Operation(
        id="forgetPlans",
        method="DELETE",
        path="/_mock/plans",
        summary="Let go of all plans of the universe",
        function=plans.forget_plans,
        answer=shapes.PlanList,
    ),
    Operation(
        id="listScenarios",
        method="GET",
        path="/_mock/scenarios",
        summary="List the ready scenarios",
        function=plans.list_scenarios,
        answer=shapes.ScenarioList,
    ),
)
"""Every operation; of one path, they follow each other."""


def control_routes(simulator: Simulator) -> list[Route]:
    """Return a route for each path of the control API."""
    paths: dict[str, list[Operation]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, []).append(operation)
    return [Route(path, ControlEndpoint(simulator, *operations)) for path, operations in paths.items()]
