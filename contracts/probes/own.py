"""Our own simulator as a server under test, with receivers of every kind, that can be restarted.

    with own_simulator() as target:
        ...

Callbacks are sent over real connections of this machine with certificates made on the spot; nothing leaves it.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self, TypeAlias

from starlette.applications import Starlette

from contracts.drive.in_process import InProcess
from contracts.drive.live import LiveServer
from contracts.probes.hooks import Hooks, open_place
from contracts.probes.means import Access, Means
from contracts.probes.targets import KEYS, SimulatedTarget, open_client
from mock_server.app import create_app
from mock_server.assembly import load_catalogue
from mock_server.client import Control
from mock_server.egress.egress import Egress
from mock_server.egress.routes import read_route
from mock_server.entrance.authority import Authority
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from openapi.operations import Operations

MakeApp: TypeAlias = Callable[..., Starlette]
"""What makes the simulator, as `create_app` does."""

_HERE: Final = "http://127.0.0.1:8765"
_HOOKS: Final = "https://hooks.example.com"
_UNTRUSTED: Final = "https://untrusted.example.com"
_INWARD: Final = "inward.example.com"


@contextmanager
def own_simulator(
    *,
    live: bool = True,
    make: MakeApp = create_app,
    settings: Settings | None = None,
    contract: Operations | None = None,
) -> Iterator[SimulatedTarget]:
    """Start a simulator and its receivers, and stop them in the end.

    Args:
        live: Whether it is served over the network; otherwise it is called in this process.
        make: What makes it.
        settings: What it is to be like; how fast its clock is has no part in it.
        contract: The operations that it is held against; those that it serves if not given.

    Raises:
        MissingExtraError: trustme is not installed.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        hooks, egress = _listen(folder, stack)
        own = _Own(folder / "state", make, settings or Settings(speed=0), egress, live=live)
        stack.enter_context(own)
        means = Means(keys=KEYS, hooks=hooks, files="", contract=contract or load_catalogue(own.settings).operations)
        yield SimulatedTarget(own.url, own.connect, means, restart=own.restart)


def _listen(folder: Path, stack: ExitStack) -> tuple[tuple[Hooks, ...], Callable[[], Egress]]:
    """Open the receivers; return them, and what makes a way out that leads to them and nowhere else."""
    sockets = [stack.enter_context(open_place("127.0.0.1", 0)) for _ in range(3)]
    good, bad = Hooks(_HOOKS), Hooks(_UNTRUSTED, trusted=False)
    inward = Hooks(f"https://{_INWARD}:{sockets[2].getsockname()[1]}", internal=True)
    contexts, certificates = make_certificates()
    places = [
        stack.enter_context(each.listening(place, context))
        for each, place, context in zip((good, bad, inward), sockets, contexts, strict=True)
    ]
    trusted = folder / "ca.pem"
    trusted.write_text(certificates, "ascii")
    routes = dict(read_route(f"{origin}={place}") for origin, place in zip((_HOOKS, _UNTRUSTED), places, strict=False))
    return (good, bad, inward), lambda: Egress(routes, public=True, ca_file=trusted, resolve=_resolve)


@cache
def make_certificates() -> tuple[tuple[ssl.SSLContext, ...], str]:
    """Return what the receivers need for TLS, and the certificates by which they are trusted; made once, for all."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"{name}.pem") for name in ("good", "bad", "inward")]
        contexts = (
            Authority(files[0], "hooks.example.com").context(),
            Authority(files[1], "untrusted.example.com").context("unknown-ca"),
            Authority(files[2], _INWARD).context(),
        )
        return contexts, "".join(file.read_text("ascii") for file in files)


async def _resolve(host: str, _port: int) -> list[str]:
    """Stand in for the system's resolver: one host leads inward, and the others nowhere."""
    return ["127.0.0.1"] if host == _INWARD else []


class _Own:
    """A simulator that keeps its state over restarts, while it is used as a context manager."""

    def __init__(
        self, state: Path, make: MakeApp, settings: Settings, egress: Callable[[], Egress], *, live: bool
    ) -> None:
        self._state = state
        self._make = make
        self.settings = settings
        self._egress = egress
        self._live = live
        self.url = _HERE

    def __enter__(self) -> Self:
        self._serve()
        return self

    def __exit__(self, *_: object) -> None:
        self._serving.close()

    def connect(self, universe: str, _: ExitStack) -> Access:
        """Return how it is reached in a universe, until it is stopped."""
        client = self._serving.enter_context(open_client(self.url, universe, self._transport()))
        return Access(client, Control(self.url, universe=universe, client=client))

    def restart(self, universe: str, stack: ExitStack) -> Access:
        """Stop it, begin it anew with the state that it has written down, and return how it is reached."""
        self._serving.close()
        self._serve()
        return self.connect(universe, stack)

    def _serve(self) -> None:
        app = self._make(self.settings, store=SqliteStore(self._state), egress=self._egress())
        with ExitStack() as stack:
            if self._live:
                self.url = stack.enter_context(LiveServer(app).running())
                self._transport: Callable[[], Any] = lambda: None
            else:
                self._transport = stack.enter_context(InProcess(app)).httpx2_transport
            self._serving = stack.pop_all()
