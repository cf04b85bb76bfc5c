"""The parts of one simulator, put together once and handed to every route."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from mock_server.callbacks import Callbacks
from mock_server.clock import Wall, wall_clock
from mock_server.core.catalog import Model, by_id, parse_model
from mock_server.core.keys import Caller
from mock_server.core.types import Microcredits
from mock_server.egress import Egress, EgressError, RouteError, read_route
from mock_server.settings import Settings, SettingsError
from mock_server.store import Store
from mock_server.universes import Universes
from openapi.operations import Operation, Operations, load_operations


@dataclass(frozen=True, kw_only=True)
class Simulator:
    """What serves the API: its settings, where facts are kept, the worlds, the models and the contract."""

    settings: Settings
    store: Store
    universes: Universes
    callbacks: Callbacks
    models: Mapping[str, Model]
    operations: Operations
    seed: bytes

    @cached_property
    def result_secret(self) -> bytes:
        """What signs the names of results."""
        return blake2b(b"results", key=self.seed, digest_size=32).digest()

    @cached_property
    def creations(self) -> Mapping[str, Operation]:
        """The operation that creates a task of a model, by the model's id."""
        pages = {operation.page: operation for operation in self.operations.values()}
        return {model.id: pages[model.page] for model in self.models.values()}

    def opening(self, caller: Caller) -> Microcredits:
        """Return what the caller's account opens with."""
        special = caller.profile.opening_credits
        return self.settings.opening if special is None else special


def assemble(settings: Settings, *, store: Store, wall: Wall = wall_clock) -> Simulator:
    """Put a simulator together from its settings and a store; `wall` is where real time comes from.

    Raises:
        SettingsError: A route is not one, or the CA file cannot be used.
    """
    seed = blake2b(settings.seed.encode()).digest()
    universes = Universes(store, seed=seed, rate=settings.speed, wall=wall)
    return Simulator(
        settings=settings,
        store=store,
        universes=universes,
        callbacks=Callbacks(store, universes, open_egress(settings), wall=wall),
        models=bundled_models(),
        operations=load_operations(),
        seed=seed,
    )


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


def bundled_models() -> Mapping[str, Model]:
    """Read the models that come with the package, in order of their ids."""
    folder = files("mock_server").joinpath("models")
    texts = sorted((file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".yaml"))
    return by_id(tuple(parse_model(text) for _, text in texts))
