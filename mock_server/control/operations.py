"""The operations of the control API, all of them, in one table."""

from typing import Any, Final

from mock_server.control import accounts, callbacks, clock, journal, plans, service, snapshots, tasks, universes
from mock_server.control.document import make_document
from mock_server.control.operation import Nothing, Request, operation
from mock_server.snapshots.document import Snapshot


async def show_contract(request: Request[Nothing, Nothing]) -> dict[str, Any]:  # noqa: ARG001 - as all operations
    """Show all that the control API can do, as an OpenAPI document."""
    return make_document(OPERATIONS)


OPERATIONS: Final = (
    operation("GET", "/_mock/health", service.show_health),
    operation("GET", "/_mock/models", service.list_models),
    operation("GET", "/_mock/metrics", service.show_metrics, media_type="text/plain", refusals=(501,)),
    operation("GET", "/_mock/openapi.json", show_contract),
    operation("GET", "/_mock/universes", universes.list_universes),
    operation("GET", "/_mock/universes/{universe}", universes.show_universe, refusals=(404,)),
    operation("DELETE", "/_mock/universes/{universe}", universes.forget_universe, refusals=(404,)),
    operation("POST", "/_mock/reset", universes.reset_universe),
    operation("GET", "/_mock/snapshot", snapshots.show_snapshot),
    operation("PUT", "/_mock/snapshot", snapshots.restore_snapshot, document=Snapshot),
    operation("POST", "/_mock/universes/{universe}/fork", snapshots.fork_universe, refusals=(404, 409)),
    operation("GET", "/_mock/clock", clock.show_clock),
    operation("POST", "/_mock/clock", clock.change_clock, refusals=(404, 409)),
    operation("GET", "/_mock/accounts", accounts.list_accounts),
    operation("POST", "/_mock/accounts", accounts.change_account, refusals=(404,)),
    operation("GET", "/_mock/limits", accounts.show_limits),
    operation("PUT", "/_mock/limits", accounts.change_limits),
    operation("GET", "/_mock/tasks", tasks.list_tasks),
    operation("GET", "/_mock/tasks/{task}", tasks.show_task, refusals=(404,)),
    operation("POST", "/_mock/tasks/{task}/cancel", tasks.cancel_task, refusals=(404, 409)),
    operation("POST", "/_mock/tasks/{task}/finish", tasks.finish_task, refusals=(404, 409)),
    operation("POST", "/_mock/tasks/{task}/hold", tasks.hold_task, refusals=(404, 409)),
    operation("POST", "/_mock/tasks/{task}/release", tasks.release_task, refusals=(404, 409)),
    operation("POST", "/_mock/tasks/{task}/fail", tasks.fail_task, refusals=(404, 409)),
    operation("GET", "/_mock/callbacks", callbacks.list_callbacks),
    operation("POST", "/_mock/callbacks/{callback}/redeliver", callbacks.redeliver_callback, refusals=(404,)),
    operation("GET", "/_mock/journal", journal.show_journal, waits=True, refusals=(409,)),
    operation("DELETE", "/_mock/journal", journal.clear_journal),
    operation("GET", "/_mock/journal.har", journal.export_journal, waits=True, refusals=(409,)),
    operation("GET", "/_mock/plans", plans.list_plans),
    operation("POST", "/_mock/plans", plans.add_plans),
    operation("PUT", "/_mock/plans", plans.replace_plans),
    operation("DELETE", "/_mock/plans", plans.forget_plans),
    operation("GET", "/_mock/scenarios", plans.list_scenarios),
)
"""Every operation; of one path, they follow each other."""
