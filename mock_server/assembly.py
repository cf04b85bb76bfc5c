"""How a simulator is put together from its settings and a store."""

from hashlib import blake2b
from pathlib import Path

from mock_server.callbacks.callbacks import Callbacks
from mock_server.calls.planning import Planning
from mock_server.core.plans import PlanError, Plans, WordError, read_plans, write_plans
from mock_server.counters import Counters
from mock_server.egress.egress import Egress, EgressError
from mock_server.egress.routes import RouteError, read_route
from mock_server.journal.journal import Journals
from mock_server.media.probes import Probes
from mock_server.media.studio import Studio
from mock_server.models.pages import Catalogue, MissingPageError, open_catalogue
from mock_server.scenarios.bundled import UnknownScenario, load_scenario
from mock_server.settings import Settings, SettingsError
from mock_server.simulator import Simulator
from mock_server.store import Store
from mock_server.store.depot import Depot
from mock_server.universes.clock import Wall, wall_clock
from mock_server.universes.universes import Universes
from openapi.operations import Operations


def assemble(
    settings: Settings, *, store: Store, plans: Plans = (), wall: Wall = wall_clock, egress: Egress | None = None
) -> Simulator:
    """Put a simulator together from its settings and a store.

    `plans` come after those of the settings; `wall` is where real time comes from, `egress` what sends in place of
    what the settings allow.

    Raises:
        SettingsError: A route is not one, the CA file cannot be used, a plan is none, or there is no file of a page.
    """
    seed = blake2b(settings.seed.encode()).digest()
    journals = Journals(settings.journal_bytes, begun=wall())
    catalogue = load_catalogue(settings)
    own = read_server_plans(settings, plans, catalogue.operations)
    egress, depot = egress or open_egress(settings), open_depot(settings)
    universes = Universes(store, seed=seed, rate=settings.speed, plans=own, journals=journals, depot=depot, wall=wall)
    counters = Counters()
    planning = Planning(store, universes)
    studio = Studio(shelf_bytes=settings.video_cache_bytes)
    return Simulator(
        settings=settings,
        store=store,
        universes=universes,
        planning=planning,
        callbacks=Callbacks(store, universes, egress, planning=planning, counters=counters, wall=wall),
        egress=egress,
        depot=depot,
        studio=studio,
        probes=Probes(studio),
        catalogue=catalogue,
        counters=counters,
        seed=seed,
        wall=wall,
    )


def read_server_plans(settings: Settings, plans: Plans, operations: Operations) -> Plans:
    """Read the plans that every universe begins with: of the settings' scenarios, the settings' own, and then others.

    Raises:
        SettingsError: A scenario is unknown, or a plan is none.
    """
    try:
        of_scenarios = [plan for name in settings.scenarios for plan in load_scenario(name).plans]
        return (*of_scenarios, *read_plans([*settings.plans, *write_plans(plans)], operations=operations))
    except UnknownScenario as error:
        raise SettingsError(f"scenarios: {error}") from error
    except (PlanError, WordError) as error:
        raise SettingsError(str(error)) from error


def open_depot(settings: Settings) -> Depot:
    """Return where what is in files is kept: for as long as the state, and beside it unless another folder is set."""
    place = None if settings.files_directory is None else Path(settings.files_directory)
    if settings.state is None:
        return Depot(place)
    return Depot(place or Path(f"{settings.state}.files"), kept=True)


def open_egress(settings: Settings) -> Egress:
    """Open the way out that the settings allow.

    Raises:
        SettingsError: A route is not one, or the CA file cannot be used.
    """
    try:
        routes = dict(read_route(text) for text in settings.callback_routes)
        ca_file = None if settings.callback_ca is None else Path(settings.callback_ca)
        return Egress(routes, public=settings.egress == "public", ca_file=ca_file)
    except RouteError as error:
        raise SettingsError(f"callback_routes: {error}") from error
    except EgressError as error:
        raise SettingsError(f"callback_ca: {error}") from error


def load_catalogue(settings: Settings) -> Catalogue:
    """Return all that is served: what comes with the package, and the pages of the settings.

    Raises:
        SettingsError: There is no file or folder of that name, or no page of a model in any of them.
    """
    try:
        catalogue = open_catalogue(settings.pages)
    except MissingPageError as error:
        raise SettingsError(f"pages: {error}") from error
    if settings.pages and not catalogue.files:
        reasons = "".join(f"; {refused.file} {refused.reason}" for refused in catalogue.refused[:1])
        raise SettingsError(f"pages: there is no page of a model in {', '.join(settings.pages)}{reasons}")
    return catalogue
