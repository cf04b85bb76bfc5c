"""Probes on top of those that any server is asked by: requests that break one clause each, videos, lists, limits."""

import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from contracts.probes.orders import CREATE
from contracts.probes.probe import Probe
from contracts.probes.session import Session
from tests.mutants.changes import BATCH, LIST
from tests.references.videos import video

BROKEN_ORDERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "MODEL-REQ": {"model": None},
    "MODEL-ENUM": {"model": "wan2.6"},
    "PROMPT-REQ": {"prompt": ["A cat"]},
    "PROMPT-MAX": {"prompt": "a" * 1_501},
    "URLS-REQ": {"video_urls": []},
    "URLS-HTTP": {"video_urls": ["ftp://example.com/cat.mp4"]},
    "URLS-MAX": {"video_urls": ["https://example.com/cat.mp4"] * 4},
    "RATIO-VALUES": {"aspect_ratio": "21:9"},
    "QUALITY-VALUES": {"quality": "480p"},
    "DURATION-INT": {"duration": 2.5},
    "DURATION-RANGE": {"duration": 11},
    "PARAMS-OBJECT": {"model_params": ["multi"]},
    "SHOT-VALUES": {"model_params": {"shot_type": "many"}},
    "AUDIO-DEFAULT": {"generate_audio": "no"},
    "CB-URI": {"callback_url": 7},
    "CB-HTTPS": {"callback_url": "http://hooks.example.com/a"},
    "CB-LENGTH": {"callback_url": f"https://hooks.example.com/{'a' * 2_048}"},
}
"""For each clause on a request for a task what breaks it, and nothing else."""

BROKEN_LISTS: Final[Mapping[str, str]] = {
    "LIST-STATUS": "status=done",
    "LIST-TYPE": "type=film",
    "LIST-PAGE": "page=0",
    "LIST-PAGE-SIZE": "page_size=51",
}
"""The same for a query of the list."""

BROKEN_BATCHES: Final[Mapping[str, Any]] = {"BATCH-IDS": [1], "BATCH-COUNT": []}
"""The same for the ids of a batch."""

_MANY: Final = 100
"""How many requests are enough for one of them to come after the first half of another."""

_PATIENCE: Final = 10.0
_SPACES: Final = "two words"
_LENGTHS: Final[tuple[tuple[float, ...], ...]] = (
    (3,),
    (8,),
    (2, 8),
    (8, 8),
    (2, 8, 8),
    (8, 8, 8),
    (1.5,),
    (31,),
    (3, 1),
)
_GIF: Final = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def break_clauses(session: Session) -> None:
    """Send requests each of which breaks one clause."""
    for changes in BROKEN_ORDERS.values():
        session.submit(**changes)
    session.submit(again=_SPACES)
    for query in BROKEN_LISTS.values():
        session.ask("GET", f"{LIST}?{query}")
    for ids in BROKEN_BATCHES.values():
        session.ask("POST", BATCH, json={"task_ids": ids})
    session.ask("GET", f"{LIST}/nothing")
    session.ask("POST", CREATE.path, json={})


def leave_out(session: Session) -> None:
    """Ask for the published example, and for a task with nothing said that need not be."""
    published: Any = CREATE.request_example
    session.ask("POST", CREATE.path, json=published)
    url = _state(session, 0, 3)
    needed = ("model", "prompt")
    session.ask("POST", CREATE.path, json={**{name: published[name] for name in needed}, "video_urls": [url]})


def state_lengths(session: Session) -> None:
    """Ask for tasks with videos of which the URLs state how long they are, which a simulator takes from there."""
    for lengths in _LENGTHS:
        urls = [_state(session, place, length) for place, length in enumerate(lengths)]
        session.submit(video_urls=urls, duration=10)


def _state(session: Session, place: int, seconds: float) -> str:
    """Return the URL of a video that states how long it is, and note that."""
    url = f"https://videos.example.com/{place}.mp4#t={seconds:g}"
    session.recorder.media[url] = seconds
    return url


def compare_dear_prices(session: Session) -> None:
    """Create tasks that differ in quality, in sound and in the order of their videos, none at the least price."""
    urls = [f"https://videos.example.com/{name}.mp4" for name in "ab"]
    for changes in ({}, {"generate_audio": True}, {"quality": "1080p"}):
        session.submit(duration=10, **changes)
    for ordered in (urls, urls[::-1]):
        session.submit(duration=10, video_urls=ordered)


def repeat_late(session: Session) -> None:
    """Send a request again with its key, almost a day later."""
    for _ in range(2):
        session.submit(again="a-key-for-a-day")
        session.wait(22 * 3_600)


def return_later(session: Session) -> None:
    """Ask until there are too many requests, and again some time after one may."""
    with session.by_hand() as control:
        control.change_limits(requests_per_minute=2)
    for _ in range(3):
        refused = session.call("GET", LIST)
    session.wait(float(refused.response_header("retry-after") or 0) + 1)
    session.call("GET", LIST)
    with session.by_hand() as control:
        control.change_limits()


def use_uploads(session: Session) -> None:
    """Upload a video and a picture, and ask for tasks from them, and from a file that is not there."""
    for content, seconds in ((video(3), 3.0), (_GIF, 0.0)):
        body = {"base64_data": b64encode(content).decode(), "file_name": "reference"}
        stored = session.read("POST", "/api/v1/files/upload/base64", json=body)["data"]
        session.recorder.media[stored["file_url"]] = seconds
        session.submit(video_urls=[stored["file_url"]])
    gone = stored["download_url"].replace(stored["file_id"], "gone")
    session.recorder.media[gone] = 0.0
    session.submit(video_urls=[gone])


def turn_pages(session: Session) -> None:
    """Create tasks over some time, and ask for lists of one kind and of a part."""
    for _ in range(3):
        session.create()
        session.wait(90)
    for query in ("status=completed", "status=processing", "type=image", "type=video", "model=none"):
        session.ask("GET", f"{LIST}?{query}")
    for query in ("page=1&page_size=2", "page=2&page_size=2", ""):
        session.ask("GET", f"{LIST}?{query}")


def ask_too_often_anywhere(session: Session) -> None:
    """Ask for each thing once more than is allowed."""
    task = session.create()
    with session.by_hand() as control:
        control.change_limits(requests_per_minute=1)
    session.call("GET", "/v1/models")
    for path in ("/v1/credits", f"/v1/tasks/{task}", LIST):
        session.call("GET", path)
    session.call("POST", CREATE.path, json=session.order())
    with session.by_hand() as control:
        control.change_limits()


def ask_beside_a_slow_client(session: Session) -> None:
    """Ask again and again while another client has sent half of a request, until there is no answer."""
    ended = threading.Event()

    def dribble() -> Iterator[bytes]:
        yield b'{"model": '
        ended.wait(_PATIENCE)
        yield b"nothing"

    with session.recorder.happening("stall"), ThreadPoolExecutor(1) as slow:
        slow.submit(session.stall, CREATE.path, dribble())
        for _ in range(_MANY):
            if session.call("GET", LIST).error is not None:
                break
        ended.set()


def use_a_closed_model(session: Session) -> None:
    """Ask for a task of a model that the account may not use."""
    key = session.open_account(100)
    with session.by_hand() as control:
        control.change_account(key=key, closed_models=(session.order()["model"],))
    session.submit(key=key)
    session.ask("GET", "/v1/models", key=key)


PROBES: Final = (
    Probe(id="broken", title="Sends requests each of which breaks one clause.", rules=("R1", "R4"), run=break_clauses),
    Probe(id="defaults", title="Asks for a task with as little as can be said.", rules=("M1", "S2"), run=leave_out),
    Probe(id="stated", title="Asks for tasks from videos of known lengths.", rules=("M1", "R2"), run=state_lengths),
    Probe(id="dear", title="Compares prices.", rules=("M1", "M7", "M8"), run=compare_dear_prices),
    Probe(id="late-repetition", title="Repeats a request a day later.", rules=("M6", "P5"), run=repeat_late),
    Probe(id="return", title="Comes back when 429 said.", rules=("P7",), run=return_later),
    Probe(id="uploads", title="Asks for tasks from uploads.", rules=("R2",), run=use_uploads, needs=("files",)),
    Probe(id="pages", title="Asks for lists of one kind and of a part.", rules=("R5",), run=turn_pages),
    Probe(id="often", title="Asks for each thing too often.", rules=("P7", "R3"), run=ask_too_often_anywhere),
    Probe(id="beside", title="Asks beside a slow client.", rules=("P4",), run=ask_beside_a_slow_client),
    Probe(id="closed", title="Asks for a task of a closed model.", rules=("R3",), run=use_a_closed_model),
)
"""The probes of this room; they are for simulators, as what is accepted by mistake costs credits."""
