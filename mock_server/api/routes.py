"""The operations of the API: each reads the call, asks the core, and answers.

No model is named here: which one a request means, what it costs and how long it takes comes from the catalogue.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.api.call import Call
from mock_server.api.endpoint import Answer
from mock_server.core.billing import credits_number, deliver, make_bill
from mock_server.core.callback_url import check_callback_url
from mock_server.core.catalog import Model
from mock_server.core.errors import (
    IdempotencyConflict,
    InsufficientQuota,
    InvalidTaskId,
    ModelAccessDenied,
    ModelNotFound,
    RateLimited,
    TaskAccessDenied,
    TaskNotFound,
)
from mock_server.core.idempotency import Claim, claim
from mock_server.core.ids import TASK_PREFIX, result_name, task_id
from mock_server.core.plans import (
    FAITHFUL,
    Plans,
    ReadsPlan,
    callback_plan,
    divert,
    keep,
    made_length,
    pack,
    seen_at,
    unpack,
)
from mock_server.core.sendings import plan_sendings
from mock_server.core.timeline import RETENTION, plan_timeline
from mock_server.core.types import Bill, Instant, Task
from mock_server.core.validation import choose_model, refuse
from mock_server.core.views import result_path, task_body, task_row
from mock_server.egress.egress import WAY_OUT
from mock_server.models.offers import Offer, count_results
from mock_server.references.references import glance, measure
from mock_server.simulator import Simulator
from mock_server.store.protocol import Accepted, KeyReused, Short, TaskFilter
from mock_server.universes.universe import Universe


async def create_generation(offer: Offer, simulator: Simulator, call: Call) -> Answer:
    """Create a task of the model that the body names, of those that are offered (OP-CREATE)."""
    body = call.json()
    model = choose_model(body, offer.models, left_out=offer.left_out)
    operation = offer.operations[model.id]
    refuse(operation.request_violations(body))
    if isinstance(body.get("callback_url"), str):
        check_callback_url(body["callback_url"], way_out=WAY_OUT)
    if _is_closed(call, model.id):
        raise ModelAccessDenied(model.id)
    await _refuse_crowd(simulator, call)
    key = call.header(b"idempotency-key")
    order = Order(model, body, None if key is None else claim(key, body), count_results(operation, body))
    outcome = await _carry_out(simulator, call, order)
    task = outcome.task
    call.exchange.task = task.id
    if task.sendings and not outcome.replayed:
        await _expect_callbacks(simulator, call.universe, task)
    form = offer.form(operation) if operation.given else None
    return Answer(
        task_body(
            task, task.timeline.created_at, origin=simulator.link_origin(call), fit=None if form is None else form.fit
        ),
        status=operation.success,
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
    seen = _seen_at(call, task, now)
    if seen is None:
        raise TaskNotFound
    return Answer(task_body(task, seen, origin=simulator.link_origin(call)))


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
            "data": [task_row(task, seen) for task in page.tasks if (seen := _seen_at(call, task, now)) is not None],
            "total": page.total,
            "page": wanted.page,
            "page_size": wanted.page_size,
        }
    )


async def batch_get_tasks(simulator: Simulator, call: Call) -> Answer:
    """Show several of the caller's tasks; ids that are unknown or somebody else's are left out (BATCH-OMITS)."""
    body = call.json()
    refuse(simulator.operations["batchGetTasks"].request_violations(body))
    now = call.universe.now()
    tasks = await simulator.store.tasks(call.universe.name, tuple(dict.fromkeys(body["task_ids"])))
    visible = (
        task for task in tasks if task.account == call.caller.account and now < task.timeline.created_at + RETENTION
    )
    seen = ((task, _seen_at(call, task, now)) for task in visible)
    origin = simulator.link_origin(call)
    return Answer({"data": [task_body(task, at, origin=origin) for task, at in seen if at is not None]})


async def get_credits(simulator: Simulator, call: Call) -> Answer:
    """Show the caller's money. One key is one account here, so key and user have the same figures (CRED-DATA)."""
    opening, now = simulator.opening(call.universe, call.caller), call.universe.now()
    money = await simulator.store.balance(call.caller.account, opening=opening, now=now)
    figures = {
        "remaining_credits": credits_number(money.available),
        "used_credits": credits_number(money.charged),
    }
    data = {"token": {**figures, "unlimited_credits": False}, "user": figures}
    return Answer({"data": data, "message": "", "success": True})


async def list_models(simulator: Simulator, call: Call) -> Answer:
    """List the models that the caller may use."""
    open_models = [_model_row(model) for model in simulator.models.values() if not _is_closed(call, model.id)]
    return Answer({"object": "list", "data": open_models})


async def get_model(simulator: Simulator, call: Call) -> Answer:
    """Show one model."""
    model = simulator.models.get(call.path_parameters["model"])
    if model is None or _is_closed(call, model.id):
        raise ModelNotFound
    return Answer(_model_row(model))


class Order(msgspec.Struct, frozen=True):
    """A request that has been checked: its model, its body, its key, and how many results it asks for."""

    model: Model
    body: Mapping[str, Any]
    claim: Claim | None
    count: int


async def _carry_out(simulator: Simulator, call: Call, order: Order) -> Accepted:
    """Return the task of an order: a new one, or the one that the first request with its idempotency key made.

    The earlier one is looked for before references are measured: they may be gone since.
    """
    asked = order.model.references
    sizing = glance(simulator, call, asked, order.body)
    if sizing is None:
        earlier = await _find_earlier(simulator, call, order.claim)
        if earlier is not None:
            return earlier
        sizing = await measure(simulator, call, asked, order.body)
    call.exchange.notes += sizing.notes
    bill = make_bill(order.model.price, order.body, input_lengths=sizing.lengths)
    return await _store_task(simulator, call, order, bill)


async def _find_earlier(simulator: Simulator, call: Call, claimed: Claim | None) -> Accepted | None:
    """Return the task that a request with the same idempotency key made; None if there is none."""
    if claimed is None:
        return None
    universe = call.universe
    earlier = await simulator.store.claimed(universe.name, call.caller.account, claimed, now=universe.now())
    if isinstance(earlier, KeyReused):
        raise _conflict()
    return earlier


async def _store_task(simulator: Simulator, call: Call, order: Order, bill: Bill) -> Accepted:
    """Plan the task and store it; of an id that is taken, draw another.

    If the universe was set anew, or begun anew, while the request came in, the task is planned in it as it is now.
    """
    while True:
        universe = call.universe = await simulator.universes.open(call.caller.universe)
        script = simulator.planning.find_task_script(call)
        outcome = await simulator.planning.create_task(
            universe,
            _plan_task(call, order, bill, script.plans, origin=simulator.link_origin(call)),
            script,
            opening=simulator.opening(universe, call.caller),
            claim=order.claim,
            slots=simulator.limits(universe).slots,
        )
        if isinstance(outcome, Accepted):
            call.exchange.faults += () if outcome.replayed else script.strikes
            return outcome
        if isinstance(outcome, Short):
            need, have = credits_number(bill.reserved), credits_number(outcome.available)
            raise InsufficientQuota(f"this task reserves {need} credits, {have} are available")
        if isinstance(outcome, KeyReused):
            raise _conflict()


def _conflict() -> IdempotencyConflict:
    return IdempotencyConflict(param="Idempotency-Key", clauses=("IDEM-CONFLICT",))


def _plan_task(call: Call, order: Order, bill: Bill, plans: Plans, *, origin: str) -> Task:
    universe, account, model = call.universe, call.caller.account, order.model
    now, dice = universe.now(), universe.next_dice()
    name = task_id(now, dice)
    timeline = divert(plan_timeline(model.timing, now=now, dice=dice), plans)
    result = result_name(name, universe.result_secret)
    given = order.body.get("callback_url")
    callback_url = given if isinstance(given, str) else None
    length = made_length(plans)
    return Task(  # more than 15 by name take twice as long
        name,
        universe.name,
        account,
        user_group=call.rules.group,
        model=model.id,
        object=model.object,
        type=model.type,
        timeline=timeline,
        bill=bill if length is None else deliver(bill, model.price, order.body, length=length),
        request=msgspec.json.encode(order.body),
        result=result_path(account, model.folder, result, model.suffix, timeline.ends_at),
        origin=origin,
        callback_url=callback_url,
        sendings=() if callback_url is None else plan_sendings(timeline, callback_plan(plans)),
        plans=pack(keep(plans)),
        count=order.count,
    )


async def _expect_callbacks(simulator: Simulator, universe: Universe, task: Task) -> None:
    """Be there when the task's callbacks fall due; an early one is sent before this request is answered."""
    if min(sending.due_at for sending in task.sendings) <= task.timeline.created_at:
        await simulator.callbacks.run_due(universe)
    for sending in task.sendings:
        simulator.callbacks.expect(universe, sending.due_at)


def _seen_at(call: Call, task: Task, now: Instant) -> Instant | None:
    """Return the instant as of which a task is shown: now, unless plans say otherwise; None if it is not known yet."""
    if not task.plans and call.script is FAITHFUL:
        return now
    kept = (plan for plan in unpack(task.plans) if isinstance(plan, ReadsPlan))
    return seen_at(task.timeline.created_at, now, (*call.script.reads, *kept))


async def _refuse_crowd(simulator: Simulator, call: Call) -> None:
    """Refuse a task that is one too many for a limit that a plan has set."""
    most, universe = call.script.most_tasks, call.universe
    if most is not None:
        unended = await simulator.store.unended_tasks(universe.name, now=universe.now())
        if sum(task.account == call.caller.account for task in unended) >= most:
            raise RateLimited(retry_after=1)


def _is_closed(call: Call, model: str) -> bool:
    """Tell whether the caller may not use a model."""
    return call.script.closed_models or model in call.rules.closed_models


def _model_row(model: Model) -> dict[str, object]:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": model.owned_by}
