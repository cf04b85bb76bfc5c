"""Plans at work: which of a universe's plans strike a request, an attempt at a callback, or a task that is created."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from mock_server.calls.call import Call
from mock_server.core.errors import ApiError
from mock_server.core.idempotency import Claim
from mock_server.core.keys import read_key
from mock_server.core.limits.queueing import Slots
from mock_server.core.plans import (
    FAITHFUL,
    HEADER,
    Occasion,
    Plans,
    Script,
    TaskScript,
    forget_task,
    forgive,
    note_task,
    read_directive,
    read_header,
    strike,
    strike_task,
)
from mock_server.core.plans.state import no_body
from mock_server.core.types import Microcredits, Task
from mock_server.http.request import header
from mock_server.store import Store
from mock_server.store.protocol import Accepted, CreateOutcome
from mock_server.universes.universe import Universe
from mock_server.universes.universes import Universes

T = TypeVar("T")

AS_USUAL: Final = TaskScript()
"""What is planned for a task that no plan strikes: nothing."""

_HEADER: Final = HEADER.lower().encode()
_DIRECTIVE: Final = b"[mock:"


class Planning:
    """Matches what happens with what is planned, and keeps count.

    Where the store is shared, so are the counts: a strike is saved before it has any effect, and that of a task
    together with the task, so that a plan which is to strike twice does so twice in all.

    Args:
        store: Where the facts of universes are kept.
        universes: Those of the server.
    """

    def __init__(self, store: Store, universes: Universes) -> None:
        self._store = store
        self._shared = store.shared
        self._universes = universes

    async def plan(self, universe: Universe, plans: Plans, *, anew: bool = False) -> None:
        """Add plans to those of a universe; or put them into their place, and count anew."""
        tasks = await self._store.count_tasks(universe.name)
        await self._universes.change(universe, lambda current: current.plan(plans, tasks=tasks, anew=anew))

    async def may_strike(self, headers: Mapping[bytes, bytes], body: bytes) -> bool:
        """Tell whether anything is planned that could have a part in a request, whatever operation it is for."""
        try:
            caller = read_key(header(headers, b"authorization"), header(headers, b"x-mock-universe"))
        except ApiError:
            return False
        universe = await self._universes.open(caller.universe)
        planned = universe.book.strikes_requests or caller.profile.plans
        return bool(planned or _HEADER in headers or _DIRECTIVE in body)

    async def find_script(
        self, universe: Universe, operation: str, *, task: str | None, account: str | None, call: Call | None = None
    ) -> Script:
        """Return what is done with a request, or an attempt at a callback.

        `call` has the plans and the body of a request for an operation; a link that is fetched, and a callback, has
        neither.
        """
        own, body = ((), no_body) if call is None else (call.own, call.document)
        if not own and not universe.book.find(operation, task, account, creation=False):
            return FAITHFUL

        def now_strike(current: Universe) -> Script:
            occasion = Occasion(
                operation=operation, now=current.now(), dice=current.dice, account=account, task=task, body=body
            )
            return strike(current.book, current.plan_state, occasion, own)

        return await self._counted(universe, now_strike)

    def find_task_script(self, call: Call) -> TaskScript:
        """Return what is planned for a task that the call is about to create; `create_task` keeps what is counted."""
        universe, account, operation = call.universe, call.caller.account, call.exchange.operation or ""
        if not call.own and not (universe.book and universe.book.find(operation, None, account, creation=True)):
            return AS_USUAL
        occasion = Occasion(
            operation=operation, now=universe.now(), dice=universe.dice, account=account, body=call.document
        )
        return strike_task(universe.book, universe.plan_state, occasion, call.own)

    async def create_task(
        self,
        universe: Universe,
        task: Task,
        script: TaskScript,
        *,
        opening: Microcredits,
        claim: Claim | None,
        slots: Slots | None,
    ) -> CreateOutcome:
        """Store a task (see `Store.create_task`) and what its plans have counted: both, or neither.

        Who shares its store with nobody need not compare versions: the universe was opened in the same turn.
        """
        state, facts = universe.plan_state, None
        if universe.book:
            note_task(universe.book, state, task.id)
            facts = universe.packed_facts() if self._shared else None
        outcome: CreateOutcome | None = None
        try:
            outcome = await self._store.create_task(
                task,
                opening=opening,
                claim=claim,
                slots=slots,
                version=universe.version if self._shared else None,
                facts=facts,
            )
        finally:
            created = isinstance(outcome, Accepted) and not outcome.replayed
            if universe.book and not created:
                forgive(script)
                forget_task(state, task.id)
        if isinstance(outcome, Accepted) and outcome.version is not None:
            universe.version = outcome.version
        return outcome

    async def _counted(self, universe: Universe, count: Callable[[Universe], T]) -> T:
        """Return what counting gives; where the store is shared, that is saved, or counted again on what is newer."""
        if not self._shared:
            return count(universe)
        before, given = _matched(universe), [count(universe)]
        if _matched(universe) != before:
            await self._universes.save(universe, lambda current: given.append(count(current)))
        return given[-1]


def _matched(universe: Universe) -> int:
    """Return how often a plan of a universe has matched in all, which tells whether anything was counted."""
    return sum(count.matched for count in universe.plan_state.counts)


def own_plans(call: Call) -> Plans:
    """Return the plans that a request brings: by its key, in its header, and in its prompt.

    Raises:
        InvalidRequest: A plan cannot be understood.
    """
    plans = call.caller.profile.plans
    header = call.headers.get(_HEADER)
    if header is not None:
        plans = (*plans, *read_header(header.decode("latin-1")))
    if isinstance(call.raw, bytes) and _DIRECTIVE in call.raw:
        plans = (*plans, *_directive(call.document()))
    return plans


def _directive(document: object) -> Plans:
    prompt = document.get("prompt") if isinstance(document, dict) else None
    return read_directive(prompt) if isinstance(prompt, str) else ()
