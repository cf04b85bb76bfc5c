"""B1 to B11 on traffic made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.recording import View
from contracts.verdict import Grade
from tests.rules.records import (
    CAT,
    DOG,
    HOOK,
    LINK,
    START,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    name,
    outcome,
    shown,
    wanted,
)
from tests.tables import by_table

Told = Callable[[], Traffic]
COW = name("cow")
CUT = b'{"id": "task-un'
UNCLEAR = (408, 500, 502, 503, 504, None)
RETRY = {"retry-after": "7"}


def lost(**facts: Any) -> Traffic:
    """A create whose answer never came."""
    return Traffic(**facts.pop("frame", {})).refuse(None, **facts)


def cut(**facts: Any) -> Traffic:
    """A create whose answer says 200, and cannot be read."""
    return Traffic(**facts.pop("frame", {})).create(answer=CUT, **facts)


def twins(**facts: Any) -> Traffic:
    """Two tasks for one body, of which the second is polled to its end."""
    return Traffic().create(**facts).create(DOG, **facts).wait(10).poll("completed", task=DOG)


def killed(traffic: Traffic) -> Traffic:
    """A client that is killed now, and started again."""
    return traffic.event("kill", 0.0)


BROKEN = [
    ("B1", twins, "one request, and one charge", f"request 1 again as 2: it costs 23.8 credits ({DOG}); nobody"),
    ("B1", lambda: twins().create(COW), "one charge", f"nobody ever looks at {CAT}"),
    ("B1", lambda: twins(asked={"prompt": "(redacted: 5 characters, 1a2b3c4d)"}), "one charge", f"({DOG}); nobody"),
    (
        "B1",
        lambda: Traffic().create().create(DOG).wait(9).poll("failed", changes={"error": {"code": "x"}}),
        "one video",
        f"nobody ever looks at {DOG}",
    ),
    ("B2", lambda: cut().wait(2).create(DOG), "no second request after 200", f"it costs 23.8 credits ({DOG})"),
    ("B2", lambda: cut(again="a").create(DOG), "the first one's", "request 1 again as 2, 0.0 s later, without"),
    ("B2", lambda: Traffic().create(answer=b"").create(DOG), "after 200", "again"),
    ("B2", lambda: Traffic().create(error="it is cut").create(DOG), "after 200", "again"),
    ("B2", lambda: Traffic().create(status=201, answer={"data": 1}).create(DOG), "after 201", "again"),
    *(
        ("B3", lambda status=status: Traffic().refuse(status).wait(1).create(DOG), "one charge", f"({DOG})")
        for status in UNCLEAR
    ),
    ("B3", lambda: lost().create(DOG, again="a"), "after no answer", "with another idempotency key; it costs 23.8"),
    ("B3", lambda: lost().refuse(500), "one charge", "what it costs is not known"),
    (
        "B3",
        lambda: lost(frame={"charges": {COW: 4.2, CAT: 0.0}}).create(DOG),
        "one charge",
        f"{COW}, which the client never heard of, costs 4.2 credits too",
    ),
    (
        "B3",
        lambda: lost().create(DOG, changes={"usage": None, "billing": None}),
        "one charge",
        "an unknown number of credits",
    ),
    ("B3", lambda: lost().ask("GET", "/v1/tasks", status=500).create(DOG), "one charge", "again"),
    ("B4", lambda: lost(again="a").wait(1).create(DOG, again="b"), "one idempotency key for all", "it costs 23.8"),
    ("B4", lambda: cut(again="a").create(DOG, again="b"), "one idempotency key for all", "again as 2"),
    (
        "B4",
        lambda: Traffic().create(again="a").refuse(409, again="a", asked={"prompt": "A dog"}),
        "one body",
        "requests 1 and 2 with one key and two bodies, answered with 409",
    ),
    (
        "B4",
        lambda: Traffic().create(again="a").wait(86_399).refuse(None, again="a", asked={"prompt": "A dog"}),
        "another key for each",
        "answered with nothing",
    ),
    ("B4", lambda: Traffic().refuse(400, again=""), "1 to 255", "''"),
    ("B4", lambda: Traffic().refuse(400, again="a b"), "1 to 255", "'a b'"),
    ("B4", lambda: Traffic().refuse(400, again="ä"), "visible ASCII", "'ä'"),
    ("B4", lambda: Traffic().refuse(400, again="a" * 256), "255", "256 characters"),
    (
        "B5",
        lambda: lost(again="a").refuse(409, again="a").create(DOG, again="b"),
        "a look for the task",
        "request 2 again as 3, 0.0 s later, with another idempotency key; it costs 23.8 credits",
    ),
    ("B5", lambda: lost(again="a").refuse(409, again="a").create(DOG), "a look for the task", "without an"),
    ("B6", lambda: busy(6), "at most 5 requests", "6 requests"),
    (
        "B8",
        lambda: killed(Traffic().create()).create(DOG).poll(task=DOG),
        f"after the restart, a look at {CAT}, which request 1 had created",
        f"request 2 asks for the same again: it costs 23.8 credits ({DOG}); nobody asks for {CAT} any more",
    ),
    ("B8", lambda: killed(Traffic().create().poll()).refuse(503).create(DOG), "a look at", "request 4 asks"),
    ("B6", lambda: busy(6, status=503), "at most 5 requests", "6 requests"),
    *(
        (
            "B7",
            lambda status=status: Traffic().refuse(status).wait(3).refuse(status),
            f"no second request with the same body after {status}",
            f"request 1 again as 2, 3.0 s later, answered with {status}",
        )
        for status in (400, 401, 402, 403, 404, 413, 415, 422)
    ),
    ("B7", lambda: Traffic().refuse(400, again="a").create(again="a"), "after 400", "it costs 23.8 credits"),
    ("B7", lambda: Traffic().refuse(400).refuse(None), "after 400", "0.0 s later"),
    ("B7", lambda: Traffic().refuse(400).refuse(400, at=START + 0.1), "after 400", "0.0 s later"),
    ("B7", lambda: Traffic().create().wait(1.0).refuse(400).refuse(400), "after 400", "request 2 again as 3"),
    ("B7", lambda: Traffic().create().wait(2).refuse(400).refuse(400), "after 400", "request 2 again as 3"),
    ("B7", lambda: Traffic().create(asked={"prompt": "A dog"}).refuse(400).refuse(400), "after 400", "2 again as 3"),
    (
        "B9",
        lambda: Traffic().create(asked={"prompt": "A dog"}).report("completed", task=CAT, wanted=wanted()),
        "with the prompt that was wanted",
        CAT,
    ),
    ("B10", lambda: lost().report("failed"), "an outcome that is unknown, after no answer", "the outcome 'failed'"),
    ("B10", lambda: Traffic().refuse(502).report("completed"), "after 502", "'completed'"),
    ("B11", lambda: Traffic().refuse(402).poll(task="None", status_code=400), "after a create that was", "/None"),
    ("B11", lambda: lost().poll(task="undefined", status_code=404), "answered with nothing", "GET /v1/tasks/undefined"),
    (
        "B11",
        lambda: Traffic().refuse(500, told={"x-request-id": "r-1"}).poll(task="r-1", status_code=404),
        "answered with 500",
        "/r-1",
    ),
    (
        "B11",
        lambda: Traffic().refuse(500, answer={"id": "e-1"}).poll(task="e-1", status_code=404),
        "answered with 500",
        "/e-1",
    ),
]


def busy(times: int, **facts: Any) -> Traffic:
    """A create that is refused for the moment so many times."""
    traffic = Traffic()
    for _ in range(times):
        traffic.refuse(facts.get("status", 429), told=RETRY).wait(7)
    return traffic


def moved(traffic: Traffic) -> Traffic:
    """What happened, and then the test moves the clock."""
    return traffic.event("clock")


GOOD = [
    ("B1", lambda: Traffic().create().wait(10).poll("completed")),
    ("B1", lambda: Traffic().create().create(DOG, asked={"prompt": "A dog"}).poll("completed", task=DOG)),
    ("B1", lambda: twins().poll("processing")),
    ("B1", lambda: twins().ask("GET", "/v1/tasks", answer={"data": [{"id": CAT}, {"id": DOG}]})),
    ("B1", lambda: twins().ask("POST", "/v1/tasks/batch", sent={"task_ids": [CAT]}, status=500)),
    ("B1", lambda: twins().ask("POST", f"/v1/tasks/{CAT}/cancel", status=404)),
    ("B1", lambda: twins().report("completed", task=CAT)),
    ("B1", lambda: twins(asked={"callback_url": HOOK})),
    ("B1", lambda: twins().hear(shown(CAT, "completed"))),
    ("B1", lambda: Traffic().create().create(DOG).poll("processing", task=DOG)),
    ("B1", lambda: Traffic().create(again="a").create(again="a").poll("completed")),
    ("B1", lambda: Traffic().create().create(DOG, headers={"authorization": "Bearer key-00000000"}).poll("completed")),
    ("B1", lambda: twins().ask("POST", "/v1/tasks/batch", sent=[1]).poll("processing")),
    ("B1", lambda: twins().ask("POST", "/v1/tasks/batch", sent={"task_ids": CAT}).poll("processing")),
    ("B2", cut),
    ("B2", lambda: cut(again="a").create(again="a")),
    ("B2", lambda: cut().create(DOG, asked={"prompt": "A dog"})),
    *(("B3", lambda status=status: Traffic().refuse(status)) for status in UNCLEAR),
    ("B3", lambda: lost(again="a").wait(1).create(DOG, again="a")),
    ("B3", lambda: lost().ask("GET", "/v1/tasks", answer={"data": []}).create(DOG)),
    ("B3", lambda: lost().ask("GET", "/v1/credits", answer={"data": {}}).create(DOG)),
    ("B4", lambda: Traffic().create(again="a").create(DOG, again="b", asked={"prompt": "A dog"})),
    ("B4", lambda: lost(again="a").create(again="a")),
    ("B4", lambda: Traffic().refuse(429, again="a", told=RETRY).wait(7).create(again="b")),
    ("B4", lambda: Traffic().create(again="a").wait(86_400).create(DOG, again="a", asked={"prompt": "A dog"})),
    ("B4", lambda: Traffic().create(again="a" * 255)),
    ("B4", lambda: Traffic().create(again="(redacted, 1a2b3c4d)")),
    ("B4", lambda: Traffic().refuse(400, again="a", sent=b"{").create(again="a")),
    ("B4", lambda: lost().create(again="a")),
    ("B4", lambda: Traffic().create().create(DOG, again="a", asked={"prompt": "A dog"})),
    ("B4", lambda: moved(lost(again="a")).create(again="b")),
    ("B5", lambda: lost(again="a").refuse(409, again="a")),
    ("B5", lambda: lost(again="a").refuse(409, again="a").create(again="a")),
    ("B5", lambda: lost(again="a").refuse(409, again="a").ask("GET", "/v1/tasks").create(DOG, again="b")),
    ("B5", lambda: moved(lost(again="a").refuse(409, again="a")).create(DOG, again="b")),
    ("B6", lambda: busy(5)),
    ("B6", lambda: moved(busy(5)).refuse(429)),
    ("B6", lambda: busy(1).create()),
    *(("B7", lambda status=status: Traffic().refuse(status)) for status in (400, 401, 402, 403, 422)),
    ("B8", lambda: killed(Traffic().create()).poll()),
    ("B8", lambda: killed(Traffic().create()).refuse(503, task=CAT)),
    ("B8", lambda: killed(Traffic().create(again="a")).create(again="a")),
    ("B8", lambda: killed(Traffic().poll()).poll()),
    ("B8", lambda: killed(Traffic().create()).poll("completed").create(DOG)),
    ("B7", lambda: Traffic().refuse(400).create(asked={"prompt": "A dog"})),
    ("B7", lambda: Traffic().refuse(401).create(headers={"authorization": "Bearer key-00000000"})),
    ("B7", lambda: Traffic().refuse(402).ask("GET", "/v1/credits", answer={"data": {}}).create()),
    ("B7", lambda: Traffic().refuse(402, took=1.0).create(at=START + 0.9).wait(1).refuse(402)),
    ("B9", lambda: Traffic().create().report("completed", task=CAT, wanted=wanted())),
    ("B9", lambda: Traffic().create().report("completed", task=CAT, wanted=wanted(quality="720p", model=None))),
    (
        "B9",
        lambda: (
            Traffic()
            .create(asked={"prompt": "(redacted: 5 characters)"})
            .report("completed", task=CAT, wanted=wanted(prompt="A mouse"))
        ),
    ),
    ("B10", lambda: lost().report("error")),
    ("B10", lambda: cut().report("timeout")),
    ("B11", lambda: Traffic().refuse(400)),
    ("B11", lambda: Traffic().refuse(400).poll(task=DOG)),
    ("B11", lambda: Traffic().poll(task="None", status_code=404).refuse(400)),
    ("B11", lambda: Traffic().refuse(400).poll(task="somebody", status_code=404)),
]

UNTESTED = [
    ("B8", lambda: killed(Traffic().create())),
    ("B8", lambda: killed(Traffic().create().poll("completed")).create(DOG)),
    ("B8", lambda: killed(Traffic().refuse(None)).create(DOG)),
    ("B8", lambda: killed(Traffic().create()).create(DOG, asked={"prompt": "A dog"})),
    ("B8", lambda: killed(Traffic().poll()).create(DOG)),
    ("B8", lambda: killed(Traffic().create()).refuse(400)),
    ("B1", lambda: Traffic().refuse(400)),
    ("B1", lambda: twins(asked={"prompt": "(redacted: 5 characters)"})),
    ("B1", lambda: twins(omitted=("request",))),
    ("B2", lambda: Traffic().create().refuse(500)),
    (
        "B2",
        lambda: cut(asked={"prompt": "(redacted: 5 characters)"}).create(asked={"prompt": "(redacted: 5 characters)"}),
    ),
    ("B2", lambda: moved(cut()).refuse(400)),
    ("B2", lambda: cut().report("error").refuse(400)),
    ("B2", lambda: cut(again="a").refuse(400, again="b")),
    ("B3", lambda: Traffic().create().refuse(429).refuse(503, told=RETRY, asked={"prompt": "A dog"})),
    ("B3", lambda: Traffic().refuse(None, again="a").refuse(429, again="b")),
    ("B3", lambda: Traffic().refuse(503, again="a", took=5).refuse(429, again="a", at=START + 1)),
    ("B5", lambda: Traffic().create(again="a").refuse(409, again="a", asked={"prompt": "A dog"})),
    ("B5", lambda: Traffic().refuse(409, again="a")),
    ("B5", lambda: Traffic().create().refuse(409).create(again="a")),
    ("B6", lambda: Traffic().create().refuse(500)),
    ("B7", lambda: Traffic().refuse(409).refuse(429)),
    ("B9", lambda: Traffic().create().report("completed", task=CAT).report("error", wanted=wanted())),
    ("B9", lambda: Traffic().poll().report("completed", task=CAT, wanted=wanted())),
    ("B10", lambda: Traffic().refuse(400).report("failed")),
    ("B10", lambda: lost().create(again="a").report("failed")),
    ("B10", lambda: lost(again="a").create(again="a").refuse(None, again="a").report("failed")),
    ("B10", lambda: lost().report("failed", task=CAT)),
    ("B10", lambda: lost().report("failed").report("failed")),
    ("B11", lambda: Traffic().create()),
]


test_broken = by_table(check_broken, BROKEN)
test_good = by_table(check_good, GOOD)
test_untested = by_table(check_untested, UNTESTED)


@pytest.mark.parametrize("rule", ["B4", "B5", "B8", "B9", "B10"])
def test_not_applicable(rule: str) -> None:
    """A client that sends no keys, reports nothing, or is not killed, is not what some rules are about."""
    assert outcome(rule, Traffic().create()).grade is Grade.NOT_APPLICABLE


def test_key_lifetime_is_of_the_server() -> None:
    """A day of a scaled server frees a key, however short it is for the client."""
    traffic = Traffic(view=View(clock="scaled", pace=1_000.0)).create(again="a").wait(87)
    check_good("B4", traffic.create(DOG, again="a", asked={"prompt": "A dog"}))


def test_both_requests_are_shown() -> None:
    """A finding about money names both requests, and the task that is paid for twice."""
    found = check_broken("B3", Traffic().poll(task=COW).refuse(504).wait(2).create(DOG), "one charge", DOG)
    assert found.exchanges == (2, 3)
    twice = check_broken("B1", Traffic().create(CAT).create(DOG).poll("completed").download(LINK), "one charge", DOG)
    assert (twice.exchanges, twice.subject) == ((1, 2), DOG)


def test_only_unknown_charges_are_added() -> None:
    """Beside the cost of the second request, only what the client never heard of and pays for is told."""
    charges = {CAT: 0.0, DOG: 23.8, COW: 4.2}
    found = check_broken("B3", Traffic(charges=charges).refuse(504).create(DOG), "one charge", DOG)
    assert found.seen == (
        "request 1 again as 2, 0.0 s later, without an idempotency key; "
        f"it costs 23.8 credits ({DOG}); {COW}, which the client never heard of, costs 4.2 credits too"
    )
