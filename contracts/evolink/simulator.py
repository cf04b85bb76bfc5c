"""A simulator for one test, on the thread of all of them, and the client's libraries led to it."""

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus

from anyio.from_thread import BlockingPortal

from contracts.drive.bridge import Bridge
from contracts.drive.in_process import InProcess
from contracts.drive.sleeping import Sleeps
from contracts.evolink.app_control import AppControl, ClientTime
from contracts.evolink.deliveries import Deliveries
from contracts.evolink.entries import read_entries
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from mock_server.app import create_app
from mock_server.assembly import open_egress
from mock_server.client.call import Call
from mock_server.control.shapes import ClockState
from mock_server.core.keys import DEFAULT_UNIVERSE
from mock_server.journal.exchange import Exchange
from mock_server.universes.clock import wall_clock


class PortalClock:
    """The clock as sleeps move it.

    Args:
        control: What moves it.
        portal: The way to the loop on which it is moved.
    """

    def __init__(self, control: AppControl, portal: BlockingPortal) -> None:
        self._control = control
        self._portal = portal

    def now(self) -> float:
        """Return the universe's time in seconds since the epoch."""
        return self._control.now

    def advance_to(self, when: float) -> Future[None]:
        """Move the clock to an instant, unless it is past; done when all that fell due on the way is."""
        return self._portal.start_task_soon(self._advance_to, when)

    async def _advance_to(self, when: float) -> None:
        await self._control.move_to(when, by="sleep")


class Refusals:
    """Whether a request was refused."""

    noted = False

    def note(self, exchange: Exchange) -> None:
        """Take note of an exchange that is over."""
        self.noted = self.noted or HTTPStatus.BAD_REQUEST <= exchange.status < HTTPStatus.INTERNAL_SERVER_ERROR


@contextmanager
def open_simulator(
    portal: BlockingPortal, options: Options, *, before: Callable[[], object] = lambda: None
) -> Iterator[Evolink]:
    """Open a simulator as a test asks for it.

    Args:
        portal: The way to the loop on which it lives.
        options: What the test asks for.
        before: Called before each request and each sleep of a client whose sleeps move the clock, where it stands; what
            it raises ends that.

    Raises:
        SettingsError: A plan is none, or a scenario is unknown.
    """
    refusals = Refusals()
    egress = open_egress(options.settings)
    client_time = ClientTime()
    wall = client_time if options.sleeps else wall_clock
    app = create_app(options.settings, finished=refusals.note, egress=egress, wall=wall)
    control = AppControl(app, portal, client_time)
    in_process = InProcess(app, passing=control.pass_time if options.sleeps else None, wall=wall)
    with ExitStack() as stack:
        stack.enter_context(portal.wrap_async_context_manager(_running(in_process, control)))
        sleeps = Sleeps(PortalClock(control, portal), clocks=True, before=before)
        if options.sleeps:
            stack.enter_context(sleeps)
        stack.enter_context(Bridge(in_process, base_urls=options.base_urls, allow=options.services, busy=sleeps.busy))
        yield Evolink(
            control,
            deliveries=stack.enter_context(Deliveries(egress, wall=wall)),
            started=control.now,
            entries=partial(portal.call, read_entries, app, DEFAULT_UNIVERSE),
            contract=app.state.catalogue.operations,
            lived_by="virtual" if options.sleeps else "real",
            allowed=options.clauses,
            excused=options.rules,
            moves=control.moves,
            planned=options.planned,
            refused=lambda: refusals.noted,
        )


@asynccontextmanager
async def _running(in_process: InProcess, control: AppControl) -> AsyncIterator[None]:
    """Serve, with the clock known from the beginning."""
    async with in_process:
        await control.ask(Call("GET", "/_mock/clock", ClockState))
        try:
            yield
        finally:
            await control.stop()
