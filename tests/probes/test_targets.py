"""Servers as probes come to them."""

from contextlib import ExitStack

import httpx2
import pytest

from contracts.drive.live import LiveServer
from contracts.probes.hooks import Hooks
from contracts.probes.means import Access, Means
from contracts.probes.session import Session
from contracts.probes.targets import RemoteTarget, SimulatedTarget, TargetError, connect_to, find_control
from mock_server.app import create_app
from mock_server.client import Control
from mock_server.settings import Settings
from tests.probes.visits import KEYS

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def url() -> object:
    """A simulator that is running."""
    with LiveServer(create_app(Settings(speed=1))).running() as url:
        yield url


def visit(target: RemoteTarget | SimulatedTarget, *, in_real_time: bool = False) -> Session:
    """Visit a target for one look at the credits, and return the session."""
    with target.visit(in_real_time=in_real_time) as session:
        assert session.balance() is not None
        return session


def test_any_server_can_be_visited(url: str) -> None:
    """With the keys that there are, in real time."""
    target = RemoteTarget(url, Means(keys=KEYS))
    target.check()
    session = visit(target)
    assert (session.simulated, session.recorder.record.pace, session.recorder.record.alone) == (False, 1.0, True)
    assert target.offers == {"second key"}


def test_balances_are_not_judged_while_other_tasks_run(url: str) -> None:
    """A task of earlier will move them."""
    means = Means(keys=("sk-busy",))
    target = RemoteTarget(url, means)
    with target.visit(in_real_time=True) as session:
        session.create()
    target.check()
    assert not visit(target).recorder.record.alone


def test_a_key_that_is_not_taken(url: str) -> None:
    """One sentence, without the key."""
    with pytest.raises(TargetError, match="does not accept the key in EVOLINK_API_KEY: it answers 401") as refused:
        RemoteTarget(url, Means(keys=("nokey",))).check()
    assert "nokey" not in str(refused.value)


def test_nobody_is_there() -> None:
    """One sentence."""
    with pytest.raises(TargetError, match=f"{NOBODY} cannot be reached: "):
        RemoteTarget(NOBODY, Means(keys=("sk-me",))).check()
    with pytest.raises(TargetError, match=f"{NOBODY} cannot be reached: "):
        find_control(NOBODY, None)
    with pytest.raises(TargetError, match=f"there is no control API at {NOBODY}: "):
        find_control("https://api.example.com", NOBODY)
    simulated = SimulatedTarget(NOBODY, connect_to(NOBODY, NOBODY), Means(keys=()))
    with pytest.raises(TargetError, match=f"the control API of {NOBODY} cannot be used: "):
        visit(simulated)


def test_simulators_are_found_on_this_machine(url: str) -> None:
    """Elsewhere nobody is asked whether it is one."""
    assert find_control(url, None) == url
    assert find_control("https://api.example.com", None) is None
    assert find_control("https://api.example.com", url) == url
    with LiveServer(create_app(Settings(control=False))).running() as plain:
        assert find_control(plain, None) is None


def test_simulators_are_visited_in_a_universe_of_ones_own(url: str) -> None:
    """Which is gone afterwards; its clock stands, or is real."""
    target = SimulatedTarget(url, connect_to(url, url), Means(keys=(), files=url))
    frozen, real = visit(target), visit(target, in_real_time=True)
    assert (frozen.recorder.record.pace, real.recorder.record.pace) == (0.0, 1.0)
    assert target.offers == {"second key", "files", "control"}
    with Control(url) as control:
        assert not [each for each in control.list_universes().universes if each.universe.startswith("contract-")]


def test_what_is_offered() -> None:
    """Receivers of each kind, and a restart."""

    def connect(_universe: str, _stack: ExitStack) -> Access:
        return Access(httpx2.Client())

    hooks = (Hooks("https://a"), Hooks("https://b", trusted=False), Hooks("https://c", internal=True))
    target = SimulatedTarget(NOBODY, connect, Means(keys=(), hooks=hooks), restart=connect)
    receivers = {"receiver", "unsafe receiver", "inward receiver"}
    assert target.offers == receivers | {"second key", "control", "restart"}


def test_lists_that_are_none_have_no_tasks() -> None:
    """A server that answers anything to anything can be asked all the same."""

    async def app(scope: dict[str, str], receive: object, send: object) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()  # type: ignore[operator]
                await send({"type": f"lifespan.{kind}.complete"})  # type: ignore[operator]
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"hello"})  # type: ignore[operator]

    with LiveServer(app).running() as url:  # type: ignore[arg-type]
        target = RemoteTarget(url, Means(keys=KEYS))
        target.check()
        with target.visit(in_real_time=True) as session:
            assert session.recorder.record.alone
