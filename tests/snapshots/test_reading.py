"""Reading a document: what is no snapshot, is of another version, or is damaged is refused in one sentence."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.ids import account_id
from mock_server.snapshots.reading import SnapshotError, read_snapshot
from tests.snapshots.programs import HOOK, Mailbox, RecordedUniverse, simulated

ACCOUNT = account_id("blue", "sk-test")
STRANGER = account_id("red", "sk-test")
TASK = "task-unified-1757169743-a1b2c3d4"


def whole() -> dict[str, Any]:
    """Return a document with one of everything."""
    return {
        "format": "evolink-mock snapshot",
        "version": 1,
        "universe": "blue",
        "clock": {"mode": "frozen", "rate": 0.0, "now": 1_757_169_900_000_000},
        "seed": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "counts": {"opened": 0, "drawn": 1, "requests": 1},
        "opening": 10_000_000,
        "limits": {"requests_per_minute": 60, "slots": 2, "slots_per_account": None, "slots_per_group": {"vip": 1}},
        "rules": {ACCOUNT: {"group": "vip", "closed": False, "closed_models": []}},
        "accounts": [{"id": ACCOUNT, "opening": 10_000_000, "reserved": 0, "charged": 238_000}],
        "buckets": [{"account": ACCOUNT, "full_at": 1_757_169_744_000_000}],
        "tasks": [
            {
                "id": TASK,
                "account": ACCOUNT,
                "user_group": "vip",
                "model": "wan2.6-reference-video-flash",
                "object": "video.generation.task",
                "type": "video",
                "timeline": {
                    "created_at": 1_757_169_743_000_000,
                    "starts_at": 1_757_169_745_000_000,
                    "ends_at": 1_757_169_845_000_000,
                    "run": 100_000_000,
                    "estimate": 120,
                    "outcome": "completed",
                    "error": None,
                    "waited": 0,
                    "hold": None,
                },
                "bill": {
                    "rule": "per_second",
                    "input_length": 0,
                    "output_length": 5,
                    "reserved": 238_000,
                    "charge": 238_000,
                },
                "request": {"prompt": "A cat", "callback_url": "https://hooks.example.com/done"},
                "result": f"/{ACCOUNT}/videos/2025/09/06/{'0' * 32}.mp4",
                "origin": "http://127.0.0.1:8765",
                "callback_url": "https://hooks.example.com/done",
                "sendings": [{"due_at": 1_757_169_845_000_000, "variant": ""}],
                "plans": [{"kind": "task", "estimate": 60}],
                "settled": True,
                "count": 2,
            }
        ],
        "keys": [
            {
                "account": ACCOUNT,
                "key": "one",
                "fingerprint": "MDEyMzQ1Njc4OTAxMjM0NQ==",
                "task": TASK,
                "claimed_at": 1_757_169_743_000_000,
            }
        ],
        "callbacks": [
            {
                "task": TASK,
                "url": "https://hooks.example.com/done",
                "variant": "",
                "due_at": None,
                "earlier": 0,
                "attempts": [
                    {
                        "due_at": 1_757_169_845_000_000,
                        "started_at": 1_757_169_845_000_000,
                        "ended_at": 1_757_169_845_000_000,
                        "status": 204,
                        "error": None,
                        "size": 0,
                        "faults": ["head status=500"],
                    }
                ],
            }
        ],
        "files": [
            {
                "id": f"file_{ACCOUNT[:7]}{'0' * 20}",
                "account": ACCOUNT,
                "name": "clip.gif",
                "path": "clips",
                "original_name": "../clip.gif",
                "type": "image/gif",
                "size": 6,
                "digest": sha256(b"GIF89a").hexdigest(),
                "created_at": 1_757_169_743_000_000,
                "expires_at": 1_757_428_943_000_000,
                "upload": None,
                "content": "R0lGODlh",
            }
        ],
        "plans": [{"kind": "answer", "status": 503, "match": {"account": ACCOUNT}}],
        "plan_counts": {
            "set_at": [1_757_169_743_000_000],
            "counts": [{"matched": 2, "struck": 1}],
            "each": {f"plan 0 {ACCOUNT}": {"matched": 2, "struck": 1}},
            "buckets": {f"0 {ACCOUNT}": 1_757_169_743_000_000},
            "numbers": {TASK: 1},
            "tasks": 1,
            "own": 0,
        },
        "journal": [],
    }


def replace(value: Any, *path: str | int) -> Callable[[dict[str, Any]], None]:
    """Return what puts a value into a document."""

    def change(document: dict[str, Any]) -> None:
        *way, last = path
        place: Any = document
        for step in way:
            place = place[step]
        place[last] = value

    return change


def repeat(name: str) -> Callable[[dict[str, Any]], None]:
    """Return what puts the first of a list into it once more."""
    return lambda document: document[name].append(document[name][0])


DAMAGES = {
    "tasks[0].timeline.outcome: ": replace("done", "tasks", 0, "timeline", "outcome"),
    "tasks[0].timeline.run: ": replace(0, "tasks", 0, "timeline", "run"),
    "accounts[0].opening: ": replace(-1, "accounts", 0, "opening"),
    "seed: ": replace("%", "seed"),
    "clock.mode: frozen does not go with the rate 2": replace(2.0, "clock", "rate"),
    "clock.mode: real does not go with the rate 0": replace("real", "clock", "mode"),
    f'accounts: "{ACCOUNT}" is there 2 times': repeat("accounts"),
    f'buckets: "{ACCOUNT}" is there 2 times': repeat("buckets"),
    f'tasks: "{TASK}" is there 2 times': repeat("tasks"),
    f'keys: "{ACCOUNT} one" is there 2 times': repeat("keys"),
    f'"{STRANGER}" is no account of "blue": those are 18 characters, {ACCOUNT[:7]}...': replace(
        STRANGER, "buckets", 0, "account"
    ),
    f'"{ACCOUNT}X" is no account of "blue": those are 18 characters, {ACCOUNT[:7]}...': replace(
        {f"{ACCOUNT}X": {"group": "vip", "closed": False, "closed_models": []}}, "rules"
    ),
    f'"{TASK}" belongs to {ACCOUNT}, which is not among the accounts': replace([], "accounts"),
    f'"{TASK}" has a result that is not its account\'s': replace("/elsewhere.mp4", "tasks", 0, "result"),
    f'"{TASK}" has callbacks, and its request has no callback_url': replace({}, "tasks", 0, "request"),
    f'"{TASK}" has not as many callbacks as sendings': repeat("callbacks"),
    'there is a callback of "task-unified-1-lost", which is not among the tasks': lambda document: document[
        "callbacks"
    ].append({**document["callbacks"][0], "task": "task-unified-1-lost"}),
    'the idempotency key "one" leads to "task-unified-1-lost", which is no task of its account': replace(
        "task-unified-1-lost", "keys", 0, "task"
    ),
    "plan_counts: expected set_at and counts for 1 plans": replace([], "plan_counts", "set_at"),
    "plans[0]": replace([{"kind": "nothing"}], "plans"),
    f'plans of "{TASK}"': replace([{"kind": "nothing"}], "tasks", 0, "plans"),
    f"reserved of the account {ACCOUNT}: expected 0, as its tasks say, got 1": replace(1, "accounts", 0, "reserved"),
    f"charged of the account {ACCOUNT}: expected 238000, as its tasks say, got 2": replace(2, "accounts", 0, "charged"),
    f"reserved of the account {ACCOUNT}: expected 238000, as its tasks say, got 0": replace(
        bool(0), "tasks", 0, "settled"
    ),
}
"""What a document can have, and what is said of it."""


def test_a_whole_document_is_read_as_it_is() -> None:
    """Everything in it comes back when it is written again."""
    assert msgspec.json.decode(msgspec.json.encode(read_snapshot(msgspec.json.encode(whole())))) == whole()


@pytest.mark.parametrize(("damage", "change"), DAMAGES.items(), ids=DAMAGES)
def test_a_damaged_document(damage: str, change: Callable[[dict[str, Any]], None]) -> None:
    """What cannot be is named, with where it is."""
    document = whole()
    change(document)
    with pytest.raises(SnapshotError) as refused:
        read_snapshot(msgspec.json.encode(document))
    assert str(refused.value).startswith(f"the snapshot is damaged: {damage}")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "the snapshot is not JSON: Input data was truncated"),
        (b'{"format": "evolink-mock sn', "the snapshot is not JSON: Input data was truncated"),
        (b"[]", "this is no snapshot: expected an object whose format is 'evolink-mock snapshot'"),
        (b'{"version": 1}', "this is no snapshot: expected an object whose format is 'evolink-mock snapshot'"),
        (
            b'{"format": "evolink-mock snapshot", "version": 2}',
            "the snapshot has version 2 of the form; this evolink-mock reads version 1",
        ),
        (
            b'{"format": "evolink-mock snapshot", "version": 1}',
            "the snapshot is damaged: universe: ",
        ),
    ],
)
def test_what_is_no_snapshot(document: bytes, sentence: str) -> None:
    """A document of something else, of another version, or that is cut off is refused for just that."""
    with pytest.raises(SnapshotError) as refused:
        read_snapshot(document)
    assert str(refused.value).startswith(sentence)


@st.composite
def altered(draw: st.DrawFn) -> bytes:
    """Return a document in which one value is another."""
    document = whole()
    place: Any = document
    last: Any = draw(st.sampled_from(sorted(document)))
    while isinstance(place[last], dict | list) and place[last] and draw(st.booleans()):
        place = place[last]
        last = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    numbers = st.integers(-(2**64), 2**64) | st.integers(0, 100) | st.floats()
    place[last] = draw(st.none() | st.booleans() | numbers | st.text() | st.just({}) | st.just([]))
    return msgspec.json.encode(document)


@pytest.mark.anyio
@given(document=altered())
async def test_nothing_breaks(mailbox: Mailbox, document: bytes) -> None:
    """Whatever a value in a document is, it is refused in one sentence, or what is restored can be lived in."""
    async with simulated() as client:
        universe = RecordedUniverse(client)
        answer = await universe.send("PUT", "/_mock/snapshot", content=document)
        if answer.status_code == 200:
            steps = [("query", 0), ("list", {}), ("create", "", "one", HOOK), ("advance", 200), ("get", "/v1/credits")]
            for path in ("snapshot", "tasks", "callbacks", "accounts", "plans", "limits", "clock"):
                await universe.show(path)
            assert 500 not in [status for status, *_ in await universe.run(steps)]
        else:
            assert answer.status_code == 400
            assert "\n" not in answer.json()["error"]["message"]
    mailbox.empty()


@given(st.integers(min_value=0))
def test_a_document_that_is_cut_off(length: int) -> None:
    """However much is missing at the end, it is refused."""
    document = msgspec.json.encode(whole())
    with pytest.raises(SnapshotError):
        read_snapshot(document[: length % len(document)])
