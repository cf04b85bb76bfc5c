"""Servers as probes come to them: any server by its URL, with real time and real money, or a simulator.

A simulator is visited in a universe of its own, whose clock stands still until a probe moves it, and whose accounts
have credits that cost nothing. Other universes are not touched.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from typing import Final, Protocol, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import msgspec

from contracts.probes.means import Access, Means
from contracts.probes.probe import Need
from contracts.probes.session import Session
from mock_server.client import Control, ControlError

TIMEOUT: Final = 30.0
"""For how many seconds an answer is waited for."""

_CREDITS: Final = 100_000.0
_NUMBER: Final = re.compile(r"^\[Errno -?[0-9]+\] | \(_ssl\.c:[0-9]+\)$")
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}
KEYS: Final = ("sk-contract-first", "sk-contract-other")
"""The keys that are used in a universe of our own."""

Connect: TypeAlias = Callable[[str, ExitStack], Access]
"""Returns how a simulator is reached in a universe; what is opened for that is closed with the stack."""


class TargetError(Exception):
    """A server cannot be judged. The message says why, in one sentence."""


class Target(Protocol):
    """A server that can be visited."""

    @property
    def name(self) -> str:
        """Its URL."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether nothing is spent there."""
        ...

    @property
    def offers(self) -> frozenset[Need]:
        """Which needs of probes are met."""
        ...

    def visit(self, *, in_real_time: bool) -> AbstractContextManager[Session]:
        """Begin a session, with a record of its own."""
        ...


class RemoteTarget:
    """Any server, by its URL: time is real, and so is money.

    Args:
        url: Where it is: scheme, host and port.
        means: What there is to work with.
    """

    simulated: Final = False

    def __init__(self, url: str, means: Means) -> None:
        self.name: Final = url
        self.offers: Final = _offers(means)
        self._means = means

    def check(self) -> None:
        """Look whether it answers and takes the key; balances are not judged if tasks of earlier are under way.

        Raises:
            TargetError: There is no answer, or it does not take the key.
        """
        with open_client(self.name) as client:
            headers = {"authorization": f"Bearer {self._means.keys[0]}"}
            try:
                answer = client.get("/v1/credits", headers=headers)
                running = client.get("/v1/tasks?status=processing", headers=headers)
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise TargetError(f"{self.name} cannot be reached: {_reason(error)}") from error
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            raise TargetError(f"{self.name} does not accept the key in EVOLINK_API_KEY: it answers 401")
        if _has_tasks(running):
            self._means = msgspec.structs.replace(self._means, alone=False)

    @contextmanager
    def visit(self, *, in_real_time: bool) -> Iterator[Session]:  # noqa: ARG002 - it knows no other time
        """Begin a session."""
        with open_client(self.name) as client:
            yield Session(Access(client), self._means)


class SimulatedTarget:
    """A simulator, by its control API.

    Args:
        url: Where it is.
        connect: Returns how it is reached in a universe; what is opened for that is closed with the stack.
        means: What there is to work with; its keys are not used, as any key will do.
        restart: Restarts it, and returns how it is reached then; None if nobody can.
    """

    simulated: Final = True

    def __init__(self, url: str, connect: Connect, means: Means, *, restart: Connect | None = None) -> None:
        own: tuple[Need, ...] = ("control",) if restart is None else ("control", "restart")
        self.name: Final = url
        self._means = msgspec.structs.replace(means, keys=KEYS)
        self.offers: Final = _offers(self._means) | frozenset(own)
        self._connect = connect
        self._restart = restart

    @contextmanager
    def visit(self, *, in_real_time: bool) -> Iterator[Session]:
        """Begin a session in a universe of its own, which is deleted in the end.

        Raises:
            TargetError: Its control API does not do what it is asked for.
        """
        universe, restart = f"contract-{uuid4().hex[:12]}", self._restart
        with ExitStack() as stack:
            access = self._connect(universe, stack)
            try:
                begun = _begin(access, in_real_time=in_real_time)
            except ControlError as error:
                raise TargetError(f"the control API of {self.name} cannot be used: {error}") from error
            session = Session(
                access,
                self._means,
                frozen_at=None if in_real_time else begun,
                behind=time.time() - begun,
                restart=None if restart is None else lambda: restart(universe, stack),
            )
            try:
                yield session
            finally:
                with suppress(ControlError):
                    session.control.forget_universe(universe)


def open_client(url: str, universe: str | None = None, transport: httpx2.BaseTransport | None = None) -> httpx2.Client:
    """Return a client of a server: one on this machine is reached past all proxies."""
    headers = {} if universe is None else {"x-mock-universe": universe}
    distant = urlsplit(url).hostname not in _LOOPBACK
    return httpx2.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=distant, transport=transport)


def find_control(url: str, given: str | None) -> str | None:
    """Return where a server's control API is; None if it is no simulator.

    Args:
        url: Where the server is. Only one on this machine is asked whether it is a simulator.
        given: Where the user says that it is, if the user does.

    Raises:
        TargetError: It is not where the user says, or nothing is there at all.
    """
    if given is None and urlsplit(url).hostname not in _LOOPBACK:
        return None
    with Control(given or url, timeout=TIMEOUT) as control:
        try:
            control.show_health()
        except ControlError as error:
            if given is not None:
                raise TargetError(f"there is no control API at {given}: {error}") from error
            if isinstance(error.__cause__, httpx2.ConnectError):
                raise TargetError(f"{url} cannot be reached: {_reason(error.__cause__)}") from error
            return None
    return given or url


def _reason(error: BaseException) -> str:
    """Say why there was no answer, in the system's words without its numbers."""
    return _NUMBER.sub("", str(error)) or "it says nothing"


def connect_to(url: str, control: str) -> Connect:
    """Return what connects to a simulator and its control API."""

    def connect(universe: str, stack: ExitStack) -> Access:
        client = stack.enter_context(open_client(url, universe))
        return Access(client, stack.enter_context(Control(control, universe=universe)))

    return connect


def _begin(access: Access, *, in_real_time: bool) -> float:
    """Begin a universe anew, give its accounts credits, and return its time."""
    control = access.control
    assert control is not None, "a simulator has a control API"  # noqa: S101 - it was asked for one
    begun = control.reset_universe(start=float(int(time.time())), mode="real" if in_real_time else "frozen")
    for key in KEYS:
        control.change_account(key=key, credits=_CREDITS)
    return begun.now if not in_real_time else control.show_clock().now


def _offers(means: Means) -> frozenset[Need]:
    """Return which needs are met by what there is."""
    met: set[Need] = set()
    if len(means.keys) > 1:
        met.add("second key")
    if means.files is not None:
        met.add("files")
    for listener in (each.listener for each in means.hooks):
        met.add("receiver" if listener.fit else "inward receiver" if listener.internal else "unsafe receiver")
    return frozenset(met)


def _has_tasks(answer: httpx2.Response) -> bool:
    """Tell whether a list of tasks has any."""
    try:
        body = answer.json()
    except ValueError:
        return False
    return isinstance(body, dict) and bool(body.get("data"))
