"""The parts of one simulator, put together once and handed to every route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from secrets import token_urlsafe

from mock_server.callbacks.callbacks import Callbacks
from mock_server.calls.call import Call
from mock_server.calls.planning import Planning
from mock_server.core.catalog.pricing_rules import Prices, make_prices
from mock_server.core.keys import Caller
from mock_server.core.limits.limits import Limits
from mock_server.core.limits.queueing import Slots
from mock_server.core.models.model import Model
from mock_server.core.types import Microcredits
from mock_server.counters import Counters
from mock_server.egress.egress import Egress
from mock_server.hosts import API_ORIGINS, RESULTS_ORIGIN
from mock_server.journal.contract import Contract, load_contract
from mock_server.media.probes import Probes
from mock_server.media.studio import Studio
from mock_server.models.offers import Offer
from mock_server.models.pages import Catalogue
from mock_server.settings import Settings
from mock_server.store import Store
from mock_server.store.depot import Depot
from mock_server.universes.clock import Wall
from mock_server.universes.universe import Universe
from mock_server.universes.universes import Universes
from openapi.operations import Operation, Operations


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """What serves the API: its settings, where facts are kept, the universes, the models and the contract."""

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
    """What the dashboard shows with whatever it changes (`control.access`)."""

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
