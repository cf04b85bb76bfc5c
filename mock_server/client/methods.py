"""The methods of the clients, drawn by docs/draw.py from the table of the control API's operations.

What a method takes and answers is said by the function that writes its call, in `calls/`.
"""

from mock_server.client.calls import (
    accounts,
    callbacks,
    clock,
    journal,
    operations,
    plans,
    service,
    snapshots,
    tasks,
    universes,
)
from mock_server.client.sending import AsyncSender, Sender, awaiting, sending


class Methods(Sender):
    """A method for each operation of the control API."""

    show_health = sending(service.show_health)
    list_models = sending(service.list_models)
    show_metrics = sending(service.show_metrics)
    show_contract = sending(operations.show_contract)
    list_universes = sending(universes.list_universes)
    show_universe = sending(universes.show_universe)
    forget_universe = sending(universes.forget_universe)
    reset_universe = sending(universes.reset_universe)
    show_snapshot = sending(snapshots.show_snapshot)
    restore_snapshot = sending(snapshots.restore_snapshot)
    fork_universe = sending(snapshots.fork_universe)
    show_clock = sending(clock.show_clock)
    change_clock = sending(clock.change_clock)
    list_accounts = sending(accounts.list_accounts)
    change_account = sending(accounts.change_account)
    show_limits = sending(accounts.show_limits)
    change_limits = sending(accounts.change_limits)
    list_tasks = sending(tasks.list_tasks)
    show_task = sending(tasks.show_task)
    cancel_task = sending(tasks.cancel_task)
    finish_task = sending(tasks.finish_task)
    hold_task = sending(tasks.hold_task)
    release_task = sending(tasks.release_task)
    fail_task = sending(tasks.fail_task)
    list_callbacks = sending(callbacks.list_callbacks)
    redeliver_callback = sending(callbacks.redeliver_callback)
    show_journal = sending(journal.show_journal)
    clear_journal = sending(journal.clear_journal)
    export_journal = sending(journal.export_journal)
    list_plans = sending(plans.list_plans)
    add_plans = sending(plans.add_plans)
    replace_plans = sending(plans.replace_plans)
    forget_plans = sending(plans.forget_plans)
    list_scenarios = sending(plans.list_scenarios)


class AsyncMethods(AsyncSender):
    """The same methods as coroutines."""

    show_health = awaiting(service.show_health)
    list_models = awaiting(service.list_models)
    show_metrics = awaiting(service.show_metrics)
    show_contract = awaiting(operations.show_contract)
    list_universes = awaiting(universes.list_universes)
    show_universe = awaiting(universes.show_universe)
    forget_universe = awaiting(universes.forget_universe)
    reset_universe = awaiting(universes.reset_universe)
    show_snapshot = awaiting(snapshots.show_snapshot)
    restore_snapshot = awaiting(snapshots.restore_snapshot)
    fork_universe = awaiting(snapshots.fork_universe)
    show_clock = awaiting(clock.show_clock)
    change_clock = awaiting(clock.change_clock)
    list_accounts = awaiting(accounts.list_accounts)
    change_account = awaiting(accounts.change_account)
    show_limits = awaiting(accounts.show_limits)
    change_limits = awaiting(accounts.change_limits)
    list_tasks = awaiting(tasks.list_tasks)
    show_task = awaiting(tasks.show_task)
    cancel_task = awaiting(tasks.cancel_task)
    finish_task = awaiting(tasks.finish_task)
    hold_task = awaiting(tasks.hold_task)
    release_task = awaiting(tasks.release_task)
    fail_task = awaiting(tasks.fail_task)
    list_callbacks = awaiting(callbacks.list_callbacks)
    redeliver_callback = awaiting(callbacks.redeliver_callback)
    show_journal = awaiting(journal.show_journal)
    clear_journal = awaiting(journal.clear_journal)
    export_journal = awaiting(journal.export_journal)
    list_plans = awaiting(plans.list_plans)
    add_plans = awaiting(plans.add_plans)
    replace_plans = awaiting(plans.replace_plans)
    forget_plans = awaiting(plans.forget_plans)
    list_scenarios = awaiting(plans.list_scenarios)
