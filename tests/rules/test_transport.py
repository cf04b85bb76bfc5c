"""J1, J2, J4: what a client does with connections, and whom it talks to besides the API."""

from typing import Any

import pytest

from contracts.recording import View
from contracts.recording.replies import NEVER_SENT
from contracts.rules.program.transport import RULES
from tests.rules.records import CAT, HOOK, VIDEO, Traffic, check_broken, check_good, check_untested

CREDITS = "/v1/credits"
CONNECTED = View(sees=frozenset({"connections"}))
ALL_HOSTS = View(sees=frozenset({"hosts"}))
PROMPT = "A cat that dances in the rain"
STRANGER = "https://telemetry.example.net/events"


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_rules_are_untested_by_usual_traffic(rule: str) -> None:
    """A record that shows neither connections nor hosts, and in which all goes well, puts none of them to the test."""
    check_untested(rule, Traffic().create(asked={"prompt": PROMPT}, connection="1").wait(5).poll(connection="2"))


def test_silence_is_not_waited_out() -> None:
    """Who waits for more than two minutes while nothing comes is found; two minutes are fine."""

    def silent(seconds: float, **facts: Any) -> Traffic:
        return Traffic().create().refuse(None, task=CAT, took=seconds, **facts)

    check_broken("J1", silent(121), "120 s of silence", "121 s")
    check_good("J1", silent(119))
    check_good("J1", silent(1.1))
    check_untested("J1", silent(0.9))


def test_silence_is_judged_where_it_is_certain() -> None:
    """After a head without a body it was silent too; bytes, slow answers, and what was never sent are no silence."""

    def lasting(**facts: Any) -> Traffic:
        return Traffic().create().ask("GET", CREDITS, took=200, **facts)

    check_broken("J1", lasting(error="cut"), "120 s of silence", "200 s")
    check_untested("J1", lasting(error="cut", answer=b"{"))
    check_untested("J1", lasting(error="cut", omitted=("response",)))
    check_untested("J1", lasting(answer={}))
    check_untested("J1", lasting(status=None, error=NEVER_SENT))
    moved = Traffic().event(seconds=1)
    moved.ask("GET", CREDITS, status=None, error="cut", at=moved.now - 1, took=200)
    check_untested("J1", moved)


def polls(count: int, *, gap: float = 1, each: int = 1, view: View = CONNECTED, **facts: Any) -> Traffic:
    """Return traffic with so many polls, of which so many share a connection."""
    traffic = Traffic(view=view)
    for place in range(count):
        traffic.wait(gap).poll(connection=f"{place // each}", **facts)
    return traffic


def test_connections_are_used_again() -> None:
    """A new connection for each poll is found, and one new one for twenty is fine."""
    check_broken("J2", polls(21), "at most one new connection for 20 requests", "20 for 20")
    check_broken("J2", polls(41, each=13), "at most one new", "3 for 40")
    check_good("J2", polls(41, each=20))
    check_good("J2", polls(21, each=21, gap=30))
    check_untested("J2", polls(20))


def test_connections_are_judged_where_an_old_one_was_free() -> None:
    """Nothing is said of connections that were too old, closed, broken, busy or unseen."""
    check_untested("J2", polls(30, gap=5))
    check_untested("J2", polls(30, told={"connection": "close"}))
    check_untested("J2", polls(30, headers={"connection": "Close"}))
    check_untested("J2", polls(30, error="cut"))
    check_untested("J2", polls(30, view=View()))
    start = Traffic().now
    busy = Traffic(view=CONNECTED)
    for place in range(30):
        busy.poll(connection=f"{place}", at=start + place / 100, took=9)
    check_untested("J2", busy)
    crowd = Traffic(view=CONNECTED)
    for place in range(30):
        crowd.poll(connection=f"{place}", at=start + place * 1e-6, took=0)
    check_untested("J2", crowd)
    unknown = Traffic(view=CONNECTED)
    for _ in range(30):
        unknown.poll()
    check_untested("J2", unknown)


@pytest.mark.parametrize(
    "leak",
    [
        {"sent": {"events": [{"prompt": PROMPT, "length": 29}]}},
        {"sent": f"{PROMPT}".encode()},
        {"sent": PROMPT.replace(" ", "+").encode()},
        {"path": f"{STRANGER}?q={PROMPT.replace(' ', '%20')}"},
    ],
    ids=["json", "text", "form", "query"],
)
def test_prompts_are_told_to_nobody_else(leak: dict[str, Any]) -> None:
    """A prompt that a stranger is told of is found, however it is written."""
    traffic = Traffic(view=ALL_HOSTS).create(asked={"prompt": PROMPT})
    traffic.ask("POST", **{"path": STRANGER, **leak})
    finding = check_broken("J4", traffic, "the API alone", "https://telemetry.example.net")
    assert finding.subject == "https://telemetry.example.net"


@pytest.mark.parametrize(
    "url",
    [VIDEO, HOOK, "http://127.0.0.1:9000/log", "http://localhost/log", "https://other.example.net/"],
    ids=["reference", "callback", "loopback", "localhost", "redirect"],
)
def test_hosts_of_the_work_are_no_strangers(url: str) -> None:
    """Hosts that the client named in a task, its own machine, and where the API sent it may know the prompt."""
    traffic = Traffic(view=ALL_HOSTS).create(asked={"prompt": PROMPT, "callback_url": HOOK, "video_urls": [VIDEO, 5]})
    traffic.ask("GET", CREDITS, status=307, told={"location": "https://other.example.net/"})
    check_good("J4", traffic.ask("POST", url, sent={"prompt": PROMPT}))


def test_prompts_are_known_by_their_length() -> None:
    """Strangers may be told other things; a prompt that is short, redacted or none cannot be known again."""
    check_good("J4", Traffic(view=ALL_HOSTS).create(asked={"prompt": PROMPT}).ask("POST", STRANGER, sent=["done", 1]))
    for prompt in ("A cat", "(redacted: 40 characters)", 5):
        traffic = Traffic(view=ALL_HOSTS).create(asked={"prompt": prompt, "video_urls": None})
        check_untested("J4", traffic.ask("POST", STRANGER, sent={"prompt": prompt}))
