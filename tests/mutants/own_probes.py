"""Probes on top of those that any server is asked by: videos, lists, limits."""

from base64 import b64encode
from typing import Final

from contracts.probes.billing import name_video
from contracts.probes.orders import CREATE
from contracts.probes.probe import Probe
from contracts.probes.session import Session
from tests.mutants.changes import LIST
from tests.references.videos import video

_LENGTHS: Final[tuple[tuple[float, ...], ...]] = ((2, 30), (1.5,), (31,), (3, 1))
_GIF: Final = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


def state_lengths(session: Session) -> None:
    """Ask for tasks with videos of which the URLs state how long they are, which a simulator takes from there."""
    for lengths in _LENGTHS:
        urls = [name_video(session, place, length) for place, length in enumerate(lengths)]
        session.submit(video_urls=urls, duration=10)


def repeat_late(session: Session) -> None:
    """Send a request again with its key, almost a day later."""
    for _ in range(2):
        session.submit(again="a-key-for-a-day")
        session.wait(22 * 3_600)


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


def use_a_closed_model(session: Session) -> None:
    """Ask for a task of a model that the account may not use."""
    key = session.open_account(100)
    with session.by_hand() as control:
        control.change_account(key=key, closed_models=(session.order()["model"],))
    session.submit(key=key)
    session.ask("GET", "/v1/models", key=key)


PROBES: Final = (
    Probe(id="stated", title="Asks for tasks from videos of known lengths.", rules=("R2",), run=state_lengths),
    Probe(id="late-repetition", title="Repeats a request a day later.", rules=("M6", "P5"), run=repeat_late),
    Probe(id="uploads", title="Asks for tasks from uploads.", rules=("R2",), run=use_uploads, needs=("files",)),
    Probe(id="pages", title="Asks for lists of one kind and of a part.", rules=("R5",), run=turn_pages),
    Probe(id="often", title="Asks for each thing too often.", rules=("P7", "R3"), run=ask_too_often_anywhere),
    Probe(id="closed", title="Asks for a task of a closed model.", rules=("R3",), run=use_a_closed_model),
)
"""The probes of this room; they are for simulators, as what is accepted by mistake costs credits."""
