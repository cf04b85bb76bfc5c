"""The creation of a task: the call is checked clause by clause, priced, planned to its end, and stored.

No model is named here: which one a request means, what it costs and how long it takes comes from the catalogue.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.api.endpoint import Answer
from mock_server.calls.call import Call
from mock_server.core.callbacks.sendings import plan_sendings
from mock_server.core.callbacks.url import advise, check_callback_url
from mock_server.core.errors import (
    IdempotencyConflict,
    InsufficientQuota,
    InvalidRequest,
    ModelAccessDenied,
    RateLimited,
)
from mock_server.core.idempotency import Claim, claim
from mock_server.core.ids import result_name, task_id
from mock_server.core.models.model import Model
from mock_server.core.plans import Plans, callback_plan, divert, keep, made_length, pack
from mock_server.core.tasks.billing import credits_number, deliver, make_bill
from mock_server.core.tasks.timeline import plan_timeline
from mock_server.core.types import Bill, Task
from mock_server.core.validation import choose_model, refuse
from mock_server.core.views import result_path, task_body
from mock_server.egress.egress import WAY_OUT
from mock_server.models.offers import Offer, count_results
from mock_server.operations.references import glance, measure
from mock_server.simulator import Simulator
from mock_server.store.protocol import Accepted, KeyReused, Short
from mock_server.universes.universe import Universe


async def create_generation(offer: Offer, simulator: Simulator, call: Call) -> Answer:
    """Create a task of the model that the body names, of those that are offered (OP-CREATE)."""
    body = call.json()
    model = choose_model(body, offer.models, left_out=offer.left_out)
    operation = offer.operations[model.id]
    try:
        refuse(operation.request_violations(body))
    except InvalidRequest as refused:
        raise advise(refused, body.get("callback_url"), way_out=WAY_OUT) from None
    if isinstance(body.get("callback_url"), str):
        check_callback_url(body["callback_url"], way_out=WAY_OUT)
    if call.closes(model.id):
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


async def _refuse_crowd(simulator: Simulator, call: Call) -> None:
    """Refuse a task that is one too many for a limit that a plan has set."""
    most, universe = call.script.most_tasks, call.universe
    if most is not None:
        unended = await simulator.store.unended_tasks(universe.name, now=universe.now())
        if sum(task.account == call.caller.account for task in unended) >= most:
            raise RateLimited(retry_after=1)
