"""A universe of a live server for each test."""

import shutil
import sys
from collections.abc import Callable

import httpx2
import pytest

from contracts.drive.receiver import Receiver, Reply
from contracts.evolink.options import Options
from contracts.evolink.server import EvolinkServer, LiveServers
from mock_server.client import Control, ControlError
from tests.delivery.conftest import HOOK, Seen
from tests.running import printed_by
from tests.serving import CREATE, bearer, example

Open = Callable[..., EvolinkServer]

CLIENT = """
import os, time, httpx2
headers = {"authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}"}
with httpx2.Client(base_url=os.environ["EVOLINK_BASE_URL"], headers=headers) as client:
    task = client.post("/v1/videos/generations", json=BODY).raise_for_status().json()
    while task["status"] != "completed":
        time.sleep(0.02)
        task = client.get(f"/v1/tasks/{task['id']}").raise_for_status().json()
print(task["results"][0])
"""

NODE = """
const headers = {authorization: `Bearer ${process.env.EVOLINK_API_KEY}`, "content-type": "application/json"};
const url = process.env.EVOLINK_BASE_URL + "/v1/videos/generations";
const answer = await fetch(url, {method: "POST", headers, body: JSON.stringify(BODY)});
console.log(url.slice(0, 5), answer.status);
"""


def create(universe: EvolinkServer, key: str | None = None, **changes: object) -> httpx2.Response:
    """Create a task."""
    with httpx2.Client(base_url=universe.url, headers=bearer(key or universe.key), trust_env=False) as client:
        return client.post(CREATE, json=example(**changes))


def test_universes_are_apart(open_universe: Open) -> None:
    """On one server two tests see nothing of each other, and their keys are not the same."""
    one, other = open_universe(), open_universe()
    assert one.url == other.url
    assert one.control_url == f"{one.url}/_mock"
    assert create(one).status_code == 200
    assert (len(one.tasks), len(other.tasks)) == (1, 0)
    assert (len(one.journal), len(other.journal)) == (1, 0)
    assert one.history().universe != other.history().universe


def test_a_universe_is_gone_in_the_end(servers: LiveServers) -> None:
    """With all that was in it; it does not matter if the test has deleted it before."""
    with servers.open_universe(Options()) as universe:
        name = universe.history().universe
        assert create(universe).status_code == 200
        with Control(universe.url) as control:
            assert name in {known.universe for known in control.list_universes().universes}
            with servers.open_universe(Options()) as other:
                control.forget_universe(other.history().universe)
    with Control(universe.url) as control:
        assert name not in {known.universe for known in control.list_universes().universes}


def test_options(open_universe: Open) -> None:
    """A test gets what it asks for: plans, credits, limits."""
    universe = open_universe(
        scenario="flaky", plans=("answer 418 on=models",), credits=0.5, slots=1, requests_per_minute=9
    )
    assert "answer 418" in universe.plans[-1].name
    assert universe.unused_plans != ()
    assert len(universe.plans) > 1
    limits = universe.control.show_limits()
    assert (limits.slots, limits.requests_per_minute) == (1, 9)
    assert [account.available_credits for account in universe.control.list_accounts().accounts] == [0.5]
    assert open_universe().control.show_limits().slots is None
    with pytest.raises(ControlError, match=r"plans\[0\]: "):
        open_universe(plans=("no such plan",))


def test_kinds_of_servers(open_universe: Open) -> None:
    """What cannot differ between universes has another server; what can has the same."""
    assert open_universe(media="offline").url != open_universe().url == open_universe(seed="2").url


def test_the_clock(open_universe: Open) -> None:
    """It runs much faster than ours, can be moved, and can be stopped."""
    universe = open_universe()
    assert universe.control.show_clock().rate == 100
    task = create(universe).json()["id"]
    universe.clock.until(task, "completed")
    assert [each.status for each in universe.tasks] == ["completed"]
    universe.control.change_clock(mode="frozen")
    before = universe.clock.now
    universe.clock.advance("24h")
    assert universe.clock.now == before + 24 * 3_600


def test_what_was_asked(open_universe: Open) -> None:
    """The questions and assertions are those of `evolink`."""
    universe = open_universe()
    assert create(universe, duration=99).status_code == 400
    with pytest.raises(AssertionError, match="DURATION-RANGE"):
        universe.assert_no_violations()
    assert "POST /v1/videos/generations" in universe.timeline
    allowed = open_universe(allow=("DURATION-RANGE",))
    assert create(allowed, duration=99).status_code == 400
    allowed.assert_no_violations()


def test_callbacks(servers: LiveServers) -> None:
    """They go into an app or to a receiver as long as the test lasts."""
    seen = Seen()
    with servers.open_universe(Options()) as universe, Receiver(Reply(500)) as receiver:
        universe.deliver_to(seen.asgi())
        universe.clock.until(create(universe, callback_url=HOOK).json()["id"])
        assert len(seen.requests) == 1
        universe.lead_to(receiver)
        universe.clock.until(create(universe, callback_url=HOOK).json()["id"])
        receiver.wait_for(2)
    with servers.open_universe(Options()) as universe:
        universe.control.change_clock(mode="frozen")
        universe.clock.until(create(universe, callback_url=HOOK).json()["id"])
        assert universe.callbacks[0].attempts[0].error == "offline: no route for https://hooks.example.com"


@pytest.mark.uncounted
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_another_process(open_universe: Open, scheme: str) -> None:
    """A client of its own makes a video by what the variables say, and by nothing else."""
    universe = open_universe()
    source = f"BODY = {example()!r}\n{CLIENT}"
    told = universe.https_env if scheme == "https" else universe.env
    assert printed_by(sys.executable, "-c", source, environment=told).startswith(scheme)
    universe.assert_one_charge()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed here")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_another_language(open_universe: Open, scheme: str) -> None:
    """Node trusts what it is told to."""
    universe = open_universe()
    source = f"const BODY = {httpx2.Request('POST', universe.url, json=example()).content.decode()};\n{NODE}"
    told = universe.https_env if scheme == "https" else universe.env
    printed = printed_by("node", "--input-type=module", "-e", source, environment=told)
    assert printed.split() == [scheme.ljust(5, ":"), "200"]
    assert len(universe.tasks) == 1
