"""The parts of one simulator, put together once and handed to every route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from hashlib import blake2b
from pathlib import Path
from secrets import token_urlsafe

from mock_server.api.call import Call
from mock_server.callbacks.callbacks import Callbacks
from mock_server.core.catalog import Layer, Model, make_model
from mock_server.core.keys import Caller
from mock_server.core.limits import Limits
from mock_server.core.plans import PlanError, Plans, WordError, read_plans, write_plans
from mock_server.core.pricing_rules import Prices, make_prices
from mock_server.core.queueing import Slots
from mock_server.core.types import Microcredits
from mock_server.counters import Counters
from mock_server.egress.egress import Egress, EgressError
from mock_server.egress.routes import RouteError, read_route
from mock_server.entrance.hosts import API_ORIGINS, RESULTS_ORIGIN
from mock_server.files.depot import Depot
from mock_server.journal.contract import Contract, load_contract
from mock_server.journal.journal import Journals
from mock_server.media import Studio
from mock_server.models.offers import Offer
from mock_server.models.pages import PACKAGE, Catalogue, MissingPageError, bundled_layers, open_catalogue
from mock_server.references.probes import Probes
from mock_server.scenarios.bundled import UnknownScenario, load_scenario
from mock_server.settings import Settings, SettingsError
from mock_server.store import Store
from mock_server.universes.clock import Wall, wall_clock
from mock_server.universes.planning import Planning
from mock_server.universes.universe import Universe
from mock_server.universes.universes import Universes
from openapi.operations import Operation, Operations


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """What serves the API: its settings, where facts are kept, the worlds, the models and the contract."""

    settings: Settings
    store: Store
    universes: Universes
    callbacks: Callbacks
    planning: Planning
    egress: Egress
    depot: Depot
    studio: Studio
    probes: Probes
    catalogue: Catalogue
    counters: Counters
    seed: bytes
    wall: Wall
    token: str = field(default_factory=partial(token_urlsafe, 24))
    """What the page shows with whatever it changes (`control.access`)."""

    @property
    def models(self) -> Mapping[str, Model]:
        """What is known of each model that is served, by its id."""
        return self.catalogue.models

    @property
    def operations(self) -> Operations:
        """The operations that are served, by their ids."""
        return self.catalogue.operations

    @property
    def creations(self) -> Mapping[str, Operation]:
        """The operation that creates a task of a model, by the model's id."""
        return self.operations.of_models

    @cached_property
    def contract(self) -> Contract:
        """What the pages that are served say of requests."""
        plain = load_contract()
        return plain if plain.operations is self.operations else Contract(self.operations)

    @cached_property
    def offers(self) -> Mapping[str, Offer]:
        """What is created at each path where tasks are."""
        paths = dict.fromkeys(operation.path for operation in self.operations.creations)
        return {
            path: Offer(tuple(each for each in self.operations.creations if each.path == path), self.models)
            for path in paths
        }

    @cached_property
    def prices(self) -> Prices:
        """The rules by which the catalogue prices the models that are served."""
        return make_prices(self.models, {name: self.creations[name].body_schema for name in self.models})

    async def take_up(self) -> None:
        """Go on with what the store holds from earlier: tasks wait by the limits of today, callbacks fall due.

        What is in files that are no more is let go of.
        """
        self.depot.tidy()
        await self.store.sweep_files(self.depot.discard, found=self.depot.digests())
        for name in await self.store.universes():
            universe = await self.universes.open(name)
            slots = self.limits(universe).slots or Slots()
            await self.store.arrange(name, slots, now=universe.now())
        await self.callbacks.start()

    async def sweep_files(self) -> None:
        """Let go of what is in files that are no more."""
        await self.store.sweep_files(self.depot.discard)

    def limits(self, universe: Universe) -> Limits:
        """Return what limits a universe: its own limits, or else the server's."""
        return universe.limits or self.server_limits

    @cached_property
    def server_limits(self) -> Limits:
        """What limits a universe that has no limits of its own."""
        return self.settings.limits

    def link_origin(self, call: Call) -> str:
        """Return what the links begin with that a call is shown: what was set, or else how the client reached us.

        Who reached us by the name of the API is led here by it, and is shown links as the API has them.
        """
        origin = call.origin
        return self.settings.public_url or (RESULTS_ORIGIN if origin in API_ORIGINS else origin)

    def opening(self, universe: Universe, caller: Caller | None = None) -> Microcredits:
        """Return what an account of a universe opens with: the caller's, or one of a key that is not magic."""
        special = None if caller is None else caller.profile.opening_credits
        own = self.settings.opening if universe.opening is None else universe.opening
        return own if special is None else special


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
    catalogue = serve_pages(settings)
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


def serve_pages(settings: Settings) -> Catalogue:
    """Return all that is served: what comes with the package, and the pages of the settings.

    Raises:
        SettingsError: There is no file or folder of that name.
    """
    try:
        return open_catalogue(settings.pages, bundled_models())
    except MissingPageError as error:
        raise SettingsError(f"pages: {error}") from error


@cache
def bundled_models() -> Mapping[str, Model]:
    """Return the models that come with the package, in order of their files' names."""
    return {model: make_model(Layer(PACKAGE, layer)) for model, layer in bundled_layers().items()}
