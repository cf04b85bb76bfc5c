"""A simulator for one scenario, as a program of its own finds it: live, by TLS and by a proxy, with its own money."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from contracts.battery.paces import TEMPO
from contracts.battery.scenario import Scenario
from contracts.battery.surroundings import HOOKS, Surroundings, elsewhere_of
from contracts.drive.live import HOSTS, LiveServer
from contracts.evolink.deliveries import Deliveries
from contracts.evolink.entries import read_entries
from contracts.evolink.evolink import Evolink
from mock_server.app import create_app
from mock_server.assembly import open_egress
from mock_server.client import Control
from mock_server.core.keys import DEFAULT_UNIVERSE
from mock_server.entrance.authority import Authority, Certificate
from mock_server.journal.exchange import Exchange
from mock_server.settings import Settings
from mock_server.universes.clock import wall_clock

REAL: Final = 1.0
"""The speed at which a client's seconds are seconds."""


class Service(msgspec.Struct, frozen=True):
    """What serves a scenario: the server, and what is known of what is behind it."""

    server: LiveServer
    evolink: Evolink


class Showing(Authority):
    """An authority all of whose certificates have one fault.

    Args:
        ca_file: Where its own certificate is written.
        certificate: The fault.
    """

    def __init__(self, ca_file: Path, certificate: Certificate) -> None:
        super().__init__(ca_file, *HOSTS)
        self._certificate: Certificate = certificate

    def context(self, certificate: Certificate = "good") -> ssl.SSLContext:  # noqa: ARG002 - it knows but one
        """Return what a server needs to show the certificate."""
        return super().context(self._certificate)


@contextmanager
def serve_scenario(
    scenario: Scenario,
    around: Surroundings,
    *,
    authority: Authority,
    allowed: Sequence[str],
    speed: float,
    pages: tuple[str, ...],
    finished: Callable[[Exchange], object],
) -> Iterator[Service]:
    """Serve the API as a scenario has it.

    Args:
        scenario: The scenario.
        around: What the program is told.
        authority: Who vouches for the server.
        allowed: The hosts that its proxy lets out besides.
        speed: How many seconds of the program's time pass in a real one.
        pages: Files and folders of pages of models that are served besides.
        finished: Gets each exchange when it is over, on the server's thread.
    """
    settings = Settings(speed=speed, seed=scenario.name, pages=pages, videos="packaged", access_log=False)
    egress = open_egress(settings)
    app = create_app(settings, egress=egress, finished=finished)
    if scenario.certificate != "good":
        authority = Showing(around.directory.parent / "ca.pem", scenario.certificate)
    server = LiveServer(app, authority=authority, allowed=allowed)
    with server.running() as url, Deliveries(egress, wall=wall_clock) as deliveries, Control(url) as control:
        if "callback" in scenario.needs:
            deliveries.lead_on(HOOKS, f"http://127.0.0.1:{around.callback_port}")
        plans = scenario.plans_with(elsewhere_of(server.https_url))
        control.add_plans(plans=(*plans, TEMPO) if speed == REAL else plans)
        evolink = Evolink(
            control,
            deliveries=deliveries,
            started=control.show_clock().now,
            entries=lambda: server.call(read_entries(app, DEFAULT_UNIVERSE)),
            lived_by="scaled",
            url=url,
            key=around.key,
            contract=app.state.catalogue.operations,
        )
        yield Service(server, evolink)
