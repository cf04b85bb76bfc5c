"""The operations of the API: each reads the call, asks the core, and answers.

No model is named here: which one a request means, what it costs and how long it takes comes from the catalogue.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.core.billing import credits_number, make_bill
from mock_server.core.callback_url import check_callback_url
from mock_server.core.catalog import Model
from mock_server.core.errors import (
    IdempotencyConflict,
    InsufficientQuota,
    InvalidTaskId,
    ModelAccessDenied,
    ModelNotFound,
    TaskAccessDenied,
    TaskNotFound,
)
from mock_server.core.idempotency import Claim, claim
from mock_server.core.ids import TASK_PREFIX, result_name, task_id
from mock_server.core.scenario import Plan, callback_plan, divert, read_directive
from mock_server.core.sendings import plan_sendings
from mock_server.core.timeline import RETENTION, plan_timeline
from mock_server.core.types import Bill, Task
from mock_server.core.validation import choose_model, decode_json, refuse
from mock_server.core.views import result_path, task_body, task_row
from mock_server.egress import WAY_OUT
from mock_server.endpoint import Answer, Call
from mock_server.simulator import Simulator
from mock_server.store.protocol import Accepted, IdTaken, Short, TaskFilter
from mock_server.universes import Universe


async def create_generation(simulator: Simulator, call: Call) -> Answer:
    """Create a task of the model that the body names (OP-CREATE)."""
    body = decode_json(await call.body(simulator.settings.body_limit))
    model = choose_model(body, simulator.models)
    refuse(simulator.creations[model.id].request_violations(body))
    if "callback_url" in body:
        check_callback_url(body["callback_url"], way_out=WAY_OUT)
    plan = read_directive(body.get("prompt") or "")
    if call.caller.profile.closed_models:
        raise ModelAccessDenied(model.id)
    key = call.header(b"idempotency-key")
    order = Order(model, body, plan, make_bill(model.price, body), None if key is None else claim(key, body))
    outcome = await _store_task(simulator, call, order)
    task = outcome.task
    call.exchange.task = task.id
    if task.sendings and not outcome.replayed:
        await _expect_callbacks(simulator, call.universe, task)
    return Answer(
        task_body(task, task.timeline.created_at, origin=call.origin),
        headers={"idempotency-replayed": "true"} if outcome.replayed else {},
    )


async def get_task(simulator: Simulator, call: Call) -> Answer:
    """Show a task of the caller's (RES-STATUS)."""
    name = call.path_parameters["task_id"]
    if not name.startswith(TASK_PREFIX):
        raise InvalidTaskId(param="task_id", clauses=("TASK-ID-FORM",))
    call.exchange.task = name
    now = call.universe.now()
    task = await simulator.store.task(call.universe.name, name)
    if task is None or now >= task.timeline.created_at + RETENTION:
        raise TaskNotFound
    if task.account != call.caller.account:
        raise TaskAccessDenied
    return Answer(task_body(task, now, origin=call.origin))


async def list_tasks(simulator: Simulator, call: Call) -> Answer:
    """Show a page of the caller's tasks, newest first (LIST-ORDER)."""
    operation = simulator.operations["listTasks"]
    refuse(operation.query_violations(call.query))
    wanted = msgspec.convert(operation.query_values(call.query), TaskFilter)
    now = call.universe.now()
    page = await simulator.store.list_tasks(call.caller.account, wanted, now=now, since=now - RETENTION)
    return Answer(
        {
            "object": "list",
            "data": [task_row(task, now) for task in page.tasks],
            "total": page.total,
            "page": wanted.page,
            "page_size": wanted.page_size,
        }
    )


async def batch_get_tasks(simulator: Simulator, call: Call) -> Answer:
    """Show several of the caller's tasks; ids that are unknown or somebody else's are left out (BATCH-OMITS)."""
    body = decode_json(await call.body(simulator.settings.body_limit))
    refuse(simulator.operations["batchGetTasks"].request_violations(body))
    now = call.universe.now()
    tasks = await simulator.store.tasks(call.universe.name, tuple(dict.fromkeys(body["task_ids"])))
    visible = (
        task for task in tasks if task.account == call.caller.account and now < task.timeline.created_at + RETENTION
    )
    return Answer({"data": [task_body(task, now, origin=call.origin) for task in visible]})


async def get_credits(simulator: Simulator, call: Call) -> Answer:
    """Show the caller's money. One key is one account here, so key and user have the same figures (CRED-DATA)."""
    opening, now = simulator.opening(call.caller), call.universe.now()
    money = await simulator.store.balance(call.caller.account, opening=opening, now=now)
    figures = {
        "remaining_credits": credits_number(money.available),
        "used_credits": credits_number(money.charged),
    }
    data = {"token": {**figures, "unlimited_credits": False}, "user": figures}
    return Answer({"data": data, "message": "", "success": True})


async def list_models(simulator: Simulator, call: Call) -> Answer:
    """List the models that the caller may use."""
    models = () if call.caller.profile.closed_models else simulator.models.values()
    return Answer({"object": "list", "data": [_model_row(model) for model in models]})


async def get_model(simulator: Simulator, call: Call) -> Answer:
    """Show one model."""
    model = simulator.models.get(call.path_parameters["model"])
    if model is None or call.caller.profile.closed_models:
        raise ModelNotFound
    return Answer(_model_row(model))


class Order(msgspec.Struct, frozen=True):
    """A request that has been checked: its model, its body, what is planned for its task, its price, and its key."""

    model: Model
    body: Mapping[str, Any]
    plan: Plan
    bill: Bill
    claim: Claim | None


async def _store_task(simulator: Simulator, call: Call, order: Order) -> Accepted:
    """Plan the task and store it; of an id that is taken, draw another."""
    opening = simulator.opening(call.caller)
    while True:
        task = _plan_task(simulator, call, order)
        outcome = await simulator.store.create_task(task, opening=opening, claim=order.claim)
        if isinstance(outcome, Accepted):
            return outcome
        if isinstance(outcome, Short):
            need, have = credits_number(order.bill.reserved), credits_number(outcome.available)
            raise InsufficientQuota(f"this task reserves {need} credits, {have} are available")
        if not isinstance(outcome, IdTaken):
            raise IdempotencyConflict(param="Idempotency-Key", clauses=("IDEM-CONFLICT",))


def _plan_task(simulator: Simulator, call: Call, order: Order) -> Task:
    universe, account, model = call.universe, call.caller.account, order.model
    now, dice = universe.now(), universe.next_dice()
    name = task_id(now, dice)
    timeline = divert(plan_timeline(model.timing, now=now, dice=dice), order.plan)
    result = result_name(name, simulator.result_secret)
    callback_url = order.body.get("callback_url")
    return Task(
        id=name,
        universe=universe.name,
        account=account,
        user_group="default",
        model=model.id,
        object=model.object,
        type=model.type,
        timeline=timeline,
        bill=order.bill,
        request=msgspec.json.encode(order.body),
        result=result_path(account, model.folder, result, model.suffix, timeline.ends_at),
        origin=call.origin,
        callback_url=callback_url,
        sendings=() if callback_url is None else plan_sendings(timeline, callback_plan(order.plan)),
    )


async def _expect_callbacks(simulator: Simulator, universe: Universe, task: Task) -> None:
    """Be there when the task's callbacks fall due; an early one is sent before this request is answered."""
    if min(sending.due_at for sending in task.sendings) <= task.timeline.created_at:
        await simulator.callbacks.run_due(universe)
    for sending in task.sendings:
        simulator.callbacks.expect(universe, sending.due_at)


def _model_row(model: Model) -> dict[str, object]:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": model.owned_by}
