"""What a judge says of the client whose traffic this is. The judge is another package's; here it is only asked.

It is found by its entry point when somebody asks for a verdict, and not before. It works in a thread, on one journal
after the other.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import entry_points
from time import sleep
from typing import Any, Final, TypeAlias

import msgspec

from mock_server.control.callbacks import list_callbacks
from mock_server.control.errors import MissingExtra
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import CallbackList, CallbackQuery, JournalState, Shape
from mock_server.journal.entries import make_entry
from mock_server.journal.exchange import Exchange
from mock_server.simulator import Simulator
from openapi.operations import Operations

GROUP: Final = "evolink_mock.judges"
"""The group of entry points in which a judge is found; the first one is asked."""

NO_JUDGE: Final = "the judge is not installed: pip install 'evolink-mock[contracts]' installs it"
"""What is said when there is none."""

Judge: TypeAlias = Callable[[JournalState, CallbackList, Operations], Any]
"""What judges a client by a journal and its callbacks, as the control API shows them, against the operations that are
served. It returns a statement that can be written as JSON."""


class VerdictShown(Shape, frozen=True):
    """What the judge says of a journal up to its exchange `last`, and how many of its exchanges it had."""

    generation: int
    last: int
    exchanges: int
    statement: Any


class Judging:
    """Asks the judge, one journal at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge")

    async def show_verdict(self, request: Request[Nothing, Nothing]) -> VerdictShown:
        """Judge the client whose traffic the journal has."""
        universe, simulator = await request.universe(), request.simulator
        callbacks = await list_callbacks(Request(simulator, request.named, request.path, CallbackQuery(), request.body))
        journal = universe.journal
        told = VerdictShown(generation=journal.generation, last=journal.last, exchanges=len(journal), statement=None)
        work = partial(_judge, told, journal.beyond(0), callbacks, simulator)
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def find_judge() -> Judge:
    """Return the judge that is installed.

    Raises:
        MissingExtra: None is, or it lacks something that it needs.
    """
    for found in entry_points(group=GROUP):
        try:
            judge: Judge = found.load()
        except ImportError as error:
            raise MissingExtra(f"{NO_JUDGE} ({error})") from error
        return judge
    raise MissingExtra(NO_JUDGE)


def _judge(
    told: VerdictShown, exchanges: Iterable[Exchange], callbacks: CallbackList, simulator: Simulator
) -> VerdictShown:
    """Find the judge, show it the exchanges, and return what it says with what is told of the journal."""
    judge = find_judge()
    secrets = simulator.settings.journal_secrets
    entries = []
    for exchange in exchanges:
        entries.append(make_entry(exchange, simulator.contract, secrets=secrets))
        sleep(0)  # so that the loop need not wait until it may interrupt this
    journal = JournalState(
        universe=callbacks.universe,
        generation=told.generation,
        last=told.last,
        dropped=told.last - told.exchanges,
        entries=tuple(entries),
    )
    return msgspec.structs.replace(told, statement=judge(journal, callbacks, simulator.operations))
