"""Callback URLs that are refused when a task is created, as a client sees it."""

from typing import Any

import pytest

from mock_server.egress.egress import WAY_OUT
from tests.callbacks.conftest import LONGEST_TASK, Simulate
from tests.serving import CREATE, example

pytestmark = pytest.mark.anyio

INSIDE = "callback_url (CB-NO-INTERNAL) must not lead to an internal address: "

REFUSED: dict[str, tuple[object, str, str]] = {
    "http": ("http://hooks.example.com/", "CB-HTTPS", "callback_url must be an https URL"),
    "http to this machine": (
        "http://localhost:3000/hook",
        "CB-HTTPS",
        f'callback_url must be an https URL, got "http://localhost:3000/hook". {WAY_OUT}',
    ),
    "ftp": ("ftp://hooks.example.com/", "CB-HTTPS", "callback_url must be an https URL"),
    "2049 characters": (
        "https://hooks.example.com/".ljust(2_049, "a"),
        "CB-LENGTH",
        "callback_url must have at most 2048 characters (has 2049)",
    ),
    "null": (None, "CB-URI", "callback_url must be a string"),
    "a number": (443, "CB-URI", "callback_url must be a string"),
    "empty": ("", "CB-URI, CB-HTTPS", "callback_url must be a URI, got"),
    "no host": ("https:///evolink", "CB-HTTPS", "callback_url must be an https URL"),
    "a port too high": (
        "https://hooks.example.com:65536/",
        "CB-URI",
        "callback_url (CB-URI) must be a URI: there is no port 65536",
    ),
    "port 0": ("https://hooks.example.com:0/", "CB-URI", "callback_url (CB-URI) must be a URI: there is no port 0"),
    "loopback": ("https://127.0.0.1/", "CB-NO-INTERNAL", f"{INSIDE}127.0.0.1: loopback. {WAY_OUT}"),
    "decimal": ("https://2130706433/", "CB-NO-INTERNAL", f"{INSIDE}127.0.0.1: loopback. {WAY_OUT}"),
    "octal": ("https://0177.0.0.1/", "CB-NO-INTERNAL", f"{INSIDE}127.0.0.1: loopback. {WAY_OUT}"),
    "hex": ("https://0x7f.1:8443/", "CB-NO-INTERNAL", f"{INSIDE}127.0.0.1: loopback. {WAY_OUT}"),
    "mapped": ("https://[::ffff:10.0.0.1]/", "CB-NO-INTERNAL", f"{INSIDE}::ffff:a00:1: private. {WAY_OUT}"),
    "loopback of IPv6": ("https://[::1]/", "CB-NO-INTERNAL", f"{INSIDE}::1: loopback. {WAY_OUT}"),
    "behind a user": ("https://8.8.8.8@10.0.0.1/", "CB-NO-INTERNAL", f"{INSIDE}10.0.0.1: private. {WAY_OUT}"),
    "172.16": ("https://172.16.0.1/", "CB-NO-INTERNAL", f"{INSIDE}172.16.0.1: private. {WAY_OUT}"),
    "192.168": ("https://192.168.1.1/", "CB-NO-INTERNAL", f"{INSIDE}192.168.1.1: private. {WAY_OUT}"),
    "metadata": ("https://169.254.169.254/", "CB-NO-INTERNAL", f"{INSIDE}169.254.169.254: link-local. {WAY_OUT}"),
    "localhost": (
        "https://localhost:3000/",
        "CB-NO-INTERNAL",
        f"{INSIDE}localhost: a name without a dot is not public. {WAY_OUT}",
    ),
    "a name without a dot": (
        "https://hooks/",
        "CB-NO-INTERNAL",
        f"{INSIDE}hooks: a name without a dot is not public. {WAY_OUT}",
    ),
    "a name under .internal": (
        "https://hooks.internal/",
        "CB-NO-INTERNAL",
        f"{INSIDE}hooks.internal: names under internal are internal. {WAY_OUT}",
    ),
}


@pytest.mark.clauses("CB-HTTPS", "CB-LENGTH", "CB-URI", "CB-NO-INTERNAL", "ERR-400", "ERR-PARAM")
@pytest.mark.parametrize(("url", "clause", "reason"), REFUSED.values(), ids=list(REFUSED))
async def test_refused(simulate: Simulate, url: object, clause: str, reason: str) -> None:
    """It is told the clause, the reason and the way out; no task, no reserve and no delivery comes of it."""
    simulation = await simulate()
    request: dict[str, Any] = {**example(), "callback_url": url}
    answer = await simulation.client.post(CREATE, json=request)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["param"], error["code"]) == ("callback_url", "invalid_request")
    assert error["message"].startswith(f"Invalid request parameters: {reason}")
    assert answer.headers["x-mock-clauses"] == clause
    assert ("--callback-route" in error["message"]) is (WAY_OUT in reason)
    assert (await simulation.client.get("/v1/tasks")).json()["total"] == 0
    assert await simulation.credits() == {"remaining_credits": 1_000, "used_credits": 0}
    assert (await simulation.deliveries(), await simulation.advance(LONGEST_TASK)) == ([], [])


@pytest.mark.clauses("CB-HTTPS", "CB-LENGTH", "CB-NO-INTERNAL")
@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://hooks.example.com/",
        "https://hooks.example.com:65535/",
        "https://hooks.example.com/".ljust(2_048, "a"),
        "https://172.15.255.255/",
        "https://172.32.0.0/",
        "https://hooks.internal.example.com/",
    ],
    ids=lambda url: url[:40],
)
async def test_just_inside(simulate: Simulate, url: str) -> None:
    """The neighbours of what is refused are accepted."""
    simulation = await simulate()
    await simulation.create(callback_url=url)
    assert [delivery["url"] for delivery in await simulation.deliveries()] == [url]
