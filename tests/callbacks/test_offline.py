"""Nothing leaves the machine unless somebody says so."""

import socket
from typing import NoReturn

import pytest

from contracts.drive.receiver import Receiver
from tests.callbacks.conftest import IN_PROCESS, Simulate

pytestmark = [pytest.mark.anyio, IN_PROCESS, pytest.mark.uncounted]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt to resolve or connect fail the test."""

    def refuse(*arguments: object) -> NoReturn:
        pytest.fail(f"something was connected to or resolved: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://hooks.example.com/evolink", "https://hooks.example.com"),
        ("https://Hooks.Example.com:443/", "https://hooks.example.com"),
        ("https://hooks.example.com:8443/evolink", "https://hooks.example.com:8443"),
        ("https://8.8.8.8/evolink", "https://8.8.8.8"),
    ],
)
async def test_offline_by_default(simulate: Simulate, url: str, origin: str) -> None:
    """Without a route the attempts are made on the same schedule and recorded as offline; no socket is opened."""
    simulation = await simulate()
    end, made = await simulation.finish(await simulation.create(callback_url=url))
    made += await simulation.advance(60)
    assert [round(attempt["at"] - end, 6) for attempt in made] == [0, 1, 3, 7]
    assert {(attempt["status"], attempt["error"]) for attempt in made} == {(None, f"offline: no route for {origin}")}
    (delivery,) = await simulation.deliveries()
    assert delivery["state"] == "given up"


@pytest.mark.parametrize(
    "url",
    ["https://other.example.com/", "https://sub.hooks.example.com/", "https://hooks.example.com:8443/"],
)
async def test_a_route_is_for_its_origin_alone(simulate: Simulate, receiver: Receiver, url: str) -> None:
    """Another host, a host below it and another port have no route."""
    simulation = await simulate(receiver)
    _, (made,) = await simulation.finish(await simulation.create(callback_url=url))
    assert made["error"].startswith("offline: no route for ")
    assert receiver.received == ()


async def test_routes_lead_to_several_receivers(simulate: Simulate, receiver: Receiver) -> None:
    """Each origin has its own."""
    with Receiver(host="other.example.com", tls=False) as other:
        simulation = await simulate(receiver, other)
        for url in ("https://hooks.example.com/a", "https://other.example.com/b"):
            await simulation.finish(await simulation.create(callback_url=url))
        assert [came.path for came in (*receiver.received, *other.received)] == ["/a", "/b"]
