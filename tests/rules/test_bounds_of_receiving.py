"""E rules at their bounds: what comes at the same moment, or a little sooner or later, and one beside another."""

import json
from typing import Any

import pytest

from contracts.recording import View
from contracts.rules.requests.callback_urls import find_fault, is_internal
from tests.rules.bounds import Case, check_case, made
from tests.rules.records import CAT, DOG, HOOK, LINK, START, Traffic, name, shown
from tests.tables import by_table

COW = name("cow")
DONE = shown(CAT, "completed")
NEW = {**DONE, "extra": 1}
LARGE = json.dumps({**DONE, "pad": ""}).encode()
EVIL = "https://evil.example.com/cat.mp4"


def begun(task: str = CAT, **facts: Any) -> Traffic:
    """Ask for a task with a callback, in the first second."""
    return made(Traffic(view=View(sees=frozenset({"keys", "receiver"}))), task, asked={"callback_url": HOOK}, **facts)


def heard(traffic: Traffic, *seconds: float, body: Any = DONE, **facts: Any) -> Traffic:
    """Be called back at these seconds, and answer within half of one."""
    for second in seconds:
        traffic.hear(body, **{"at": START + second, "took": 0.5, **facts})
    return traffic


def polled(traffic: Traffic, second: float, status: str = "completed", **facts: Any) -> Traffic:
    """Poll at a second, in one second."""
    return traffic.poll(status, at=START + second, took=1.0, **facts)


def used(traffic: Traffic, second: float, task: str, link: str = LINK) -> Traffic:
    """Ask at a second for a task that is made of the result."""
    return traffic.create(task, asked={"video_urls": [link]}, at=START + second, took=1.0)


def fetched(traffic: Traffic, second: float, link: str = LINK, **facts: Any) -> Traffic:
    """Fetch a result at a second."""
    return traffic.download(link, at=START + second, took=1.0, **facts)


def during(start: float, seconds: float) -> Traffic:
    """A callback that is answered from 100 to 112, and a clock that is moved from a second on, so long."""
    traffic = begun()
    traffic.now = START + start
    return traffic.event(seconds=seconds).hear(DONE, at=START + 100, took=12.0)


def reported(traffic: Traffic, outcome: str, later: float) -> Traffic:
    """Report of the task, so many seconds after the last thing ended."""
    return traffic.wait(later - 0.01).report(outcome, task=CAT)


def end(traffic: Traffic, second: float) -> Traffic:
    """End the record at a second."""
    return traffic.ask("GET", "/v1/credits", answer={}, at=START + second - 0.5, took=0.5)


CASES: list[Case] = [
    ("E1", lambda: polled(heard(begun(), 200, 201, 202, 204, status=404), 203), 0, 0),
    ("E1", lambda: polled(heard(begun(), 200, 201, 202, 204, status=404), 203.5), 1, 1),
    ("E1", lambda: during(100, 20), 1, 1),
    ("E1", lambda: during(112, 20), 1, 1),
    ("E1", lambda: during(90, 10), 1, 1),
    ("E1", lambda: during(90, 22), 1, 1),
    ("E1", lambda: during(100.5, 20), 0, 0),
    ("E1", lambda: during(90, 21.5), 0, 0),
    ("E2", lambda: reported(heard(begun(), 200), "failed", -0.0009), 1, 1),
    ("E2", lambda: reported(heard(begun(), 200), "failed", -0.0011), 0, 0),
    ("E2", lambda: reported(heard(Traffic(), 200), "failed", 1), 1, 1),
    ("E2", lambda: reported(heard(begun(), 200, body=shown()), "failed", 1), 0, 0),
    ("E2", lambda: reported(heard(begun(), 1), "failed", 1), 1, 1),
    (
        "E2",
        lambda: reported(heard(heard(polled(begun(), 10), 11, body=shown()), 20), "failed", 1),
        1,
        1,
    ),
    ("E4", lambda: reported(heard(begun(), 1), "failed", 1), 0, 0),
    ("E4", lambda: reported(heard(begun(), 0.25), "failed", 1), 1, 1),
    ("E4", lambda: reported(heard(heard(begun(), 20), 21, body=shown()), "failed", 1), 1, 1),
    ("E4", lambda: reported(heard(begun(took=0.25), 0.125), "failed", -0.0009), 1, 1),
    ("E4", lambda: reported(heard(begun(took=0.25), 0.125), "failed", -0.0011), 0, 0),
    (
        "E3",
        lambda: heard(Traffic(), 200, 210).report("completed", task=CAT).report("completed", task=CAT),
        1,
        1,
    ),
    ("E3", lambda: used(used(heard(begun(), 100, 200), 100, DOG), 201, COW), 1, 0),
    ("E3", lambda: used(used(heard(begun(), 100, 150), 150, DOG), 160, COW), 1, 0),
    ("E3", lambda: used(used(heard(begun(), 100, 160), 150, DOG), 160, COW), 1, 1),
    ("E3", lambda: used(used(heard(begun(), 100, 155, 158), 150, DOG), 160, COW), 1, 1),
    ("E3", lambda: used(heard(begun(), 100, 155), 150, DOG).create(COW, asked={"video_urls": None}), 1, 0),
    ("E5", lambda: heard(heard(begun(), 200, body=NEW, status=400), 201, 202, 203, body=NEW, status=422), 1, 1),
    ("E6", lambda: fetched(heard(begun(), 100), 100), 0, 0),
    ("E6", lambda: fetched(heard(begun(), 100), 101), 1, 1),
    ("E6", lambda: fetched(polled(heard(begun(), 100), 101), 102), 1, 0),
    ("E6", lambda: fetched(heard(made(begun(DOG)), 100), 102), 1, 1),
    ("E6", lambda: fetched(heard(begun(), 100, url=f"{HOOK}?abcdefghijklmnop1"), 102), 1, 1),
    ("E6", lambda: fetched(heard(begun(), 100, url=f"{HOOK}?a=1&b=2&c=3&d=4&e=5"), 102), 1, 1),
    ("E6", lambda: fetched(heard(begun(), 100, url=f"{HOOK}?a=abcdefghijklmno1"), 102), 0, 0),
    ("E6", lambda: fetched(heard(begun(), 100), 102, f"{LINK}#t=5"), 1, 1),
    ("E7", lambda: polled(heard(begun(), 200, body=shown(DOG), status=500), 200, task=DOG), 1, 1),
    ("E7", lambda: polled(heard(begun(), 200, body=shown(DOG), status=500), 199.5, task=DOG), 0, 0),
    ("E8", lambda: heard(begun(), 200, headers={"content-encoding": "gzip"}), 1, 0),
    ("E8", lambda: heard(begun(), 200, body=LARGE + b" " * (2**20 - len(LARGE))), 0, 0),
    ("E8", lambda: heard(begun(), 200, body=LARGE + b" " * (2**20 - len(LARGE) + 1)), 1, 0),
    ("E9", lambda: heard(begun(), 200, body={"a": 1}, status=302), 1, 1),
    (
        "E11",
        lambda: fetched(fetched(heard(polled(made(begun(DOG)), 60), 70), 80), 90),
        1,
        1,
    ),
    ("E11", lambda: fetched(fetched(polled(heard(begun(), 70), 60), 80), 90, headers={"range": "bytes=0-"}), 1, 0),
    ("E11", lambda: fetched(heard(begun(), 70, 71), 80), 1, 0),
    ("E12", lambda: end(polled(heard(begun(), 10, 11, 12, 13, status=500), 12.5, "processing"), 900), 1, 0),
    ("E12", lambda: end(heard(begun(), 10, 11, 12, 13, status=500), 13.5 + 245), 0, 0),
    ("E12", lambda: end(heard(begun(), 10, 11, 12, 13, status=500), 13.5 + 245.5), 1, 1),
    ("E12", lambda: end(heard(made(begun(DOG)), 10, 11, 12, 13, status=500), 900), 1, 1),
    ("E13", lambda: heard(begun(), 10, *(100 + place / 64 for place in range(50)), 110), 50, 0),
    ("E13", lambda: heard(begun(), *(100 + place / 64 for place in range(49))), 0, 0),
    ("E13", lambda: heard(begun(), *(100 + place / 49 for place in range(50))), 50, 0),
    ("E14", lambda: heard(begun(), 10, status=400, answer=json.dumps(LINK).encode()), 1, 1),
    ("E14", lambda: heard(begun(), 10, status=399, answer=json.dumps(LINK).encode()), 1, 0),
    ("E14", lambda: heard(begun(), 10, status=500, answer=b"\xff"), 1, 0),
    ("E14", lambda: heard(begun(), 10, body={**DONE, "note": "n" * 24}, status=500, answer=b"n" * 24), 1, 1),
    ("E14", lambda: heard(begun(), 10, body={**DONE, "note": "n" * 23}, status=500, answer=b"n" * 23), 1, 0),
    ("E14", lambda: heard(begun(), 10, status=500, answer=b"not video.generation.task"), 1, 0),
    (
        "E14",
        lambda: heard(begun(), 10, body={**DONE, "note": "n" * 70}, status=500, answer=b"n" * 70),
        1,
        1,
    ),
]


test_bounds = by_table(check_case, CASES)


@pytest.mark.parametrize("host", ["10.1", "172.16.1", "0x7f.1", "0x10a000001", "012.1", "cat", "cat.LAN"])
def test_internal_hosts(host: str) -> None:
    """An address is internal in whatever form a resolver takes it."""
    assert is_internal(host)


@pytest.mark.parametrize("host", ["172.32.1", "8.8.2056", "1.2.3.4.5", "lan.cat"])
def test_public_hosts(host: str) -> None:
    """What only looks like an internal host is public."""
    assert not is_internal(host)


@pytest.mark.parametrize("url", ["https://u@hooks.example.com/", "https://:p@hooks.example.com/"])
def test_users(url: str) -> None:
    """A user without a password is a user, and a password without one is no better."""
    assert find_fault(url) == "must have no user in it"
