"""A live server for a whole run of tests, and a universe of it for each test."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import msgspec
from starlette.applications import Starlette

from contracts.drive.live import LiveServer
from contracts.evolink.deliveries import Deliveries
from contracts.evolink.entries import read_entries
from contracts.evolink.evolink import Evolink
from contracts.evolink.options import Options
from mock_server.app import create_app
from mock_server.assembly import open_egress
from mock_server.client import Control, ControlError
from mock_server.egress.egress import Egress
from mock_server.entrance.client_environment import client_environment
from mock_server.journal.entries import Entry
from mock_server.settings import Settings
from mock_server.universes.clock import wall_clock

SPEED: Final = 100.0
"""How many seconds of a universe pass in a real one, until a test freezes its clock: a generation takes about one."""


class EvolinkServer(Evolink):
    """The API as one test has it over a network: `url` is on this machine, and `key` opens the test's own universe.

    Any client can call it, of another process and of another language. Its clock runs, a hundred times as fast as ours;
    `control.change_clock(mode="frozen")` stops it, and `clock` moves it in either case.

    Args:
        server: What serves it.
        control: The control API of the universe.
        facts: What `Evolink` is to know.
    """

    def __init__(self, server: LiveServer, control: Control, **facts: Any) -> None:
        super().__init__(control, **facts)
        self._server = server

    @property
    def control_url(self) -> str:
        """Where the control API is; a request names the universe by the key, or by X-Mock-Universe."""
        return f"{self.url}/_mock"

    @property
    def https_url(self) -> str:
        """Where the API is by HTTPS, with a certificate that `ca_file` vouches for.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._server.https_url

    @property
    def ca_file(self) -> Path:
        """The CA to trust for `https_url`.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return self._server.ca_file

    @property
    def env(self) -> Mapping[str, str]:
        """The variables for a client in another process: `env={**os.environ, **evolink_server.env}`."""
        return client_environment(self.url, key=self.key)

    @property
    def https_env(self) -> Mapping[str, str]:
        """The same for a client that is to speak HTTPS, with whom it is to trust.

        Raises:
            MissingExtraError: trustme is not installed.
        """
        return client_environment(self.https_url, key=self.key, trust=self._server.authority.trust)


class _Serving(msgspec.Struct, frozen=True, kw_only=True):
    """A live server that runs, and what it serves."""

    server: LiveServer
    app: Starlette
    url: str
    egress: Egress

    def read_entries(self, universe: str) -> tuple[Entry, ...]:
        """Return the journal of a universe with all that is secret in it."""
        return self.server.call(read_entries(self.app, universe))


class LiveServers:
    """The live servers of a run of tests, while it is used as a context manager: one for each kind that is asked for.

    Tests have universes of them, and no two tests the same.
    """

    def __init__(self) -> None:
        self._running = ExitStack()
        self._servers: dict[tuple[str, str, tuple[str, ...]], _Serving] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop them."""
        self._running.close()

    @contextmanager
    def open_universe(self, options: Options) -> Iterator[EvolinkServer]:
        """Open a universe as a test asks for it, and delete it in the end.

        Raises:
            ControlError: A plan is none, or a scenario is unknown.
            MissingExtraError: What the server is to do needs an extra.
        """
        serving = self._serving(options)
        server, url = serving.server, serving.url
        name = f"test-{uuid4().hex}"
        with Deliveries(serving.egress, wall=wall_clock) as deliveries, Control(url, universe=name) as control:
            key = f"sk-mock-{name}"
            started = control.reset_universe(seed=options.seed).now
            try:
                _furnish(control, options, key)
                yield EvolinkServer(
                    server,
                    control,
                    deliveries=deliveries,
                    started=started,
                    entries=partial(serving.read_entries, name),
                    contract=serving.app.state.catalogue.operations,
                    lived_by="scaled",
                    url=url,
                    key=key,
                    allowed=options.clauses,
                    excused=options.rules,
                    planned=options.planned,
                )
            finally:
                with suppress(ControlError):  # the test has deleted it itself
                    control.forget_universe(name)

    def _serving(self, options: Options) -> "_Serving":
        """Return the server that does what cannot differ between universes as these options have it."""
        kind = (options.media, options.videos, options.pages)
        if kind not in self._servers:
            settings = Settings(speed=SPEED, media=options.media, videos=options.videos, pages=options.pages)
            egress = open_egress(settings)
            app = create_app(settings, egress=egress)
            server = LiveServer(app)
            url = self._running.enter_context(server.running())
            self._servers[kind] = _Serving(server=server, app=app, url=url, egress=egress)
        return self._servers[kind]


def _furnish(control: Control, options: Options, key: str) -> None:
    """Make a universe what a test asks for."""
    control.change_account(key=key, credits=options.credits)
    if options.slots is not None or options.requests_per_minute is not None:
        control.change_limits(slots=options.slots, requests_per_minute=options.requests_per_minute)
    if options.scenario is not None:
        control.add_plans(scenario=options.scenario)
    if options.plans:
        control.add_plans(plans=options.plans)
