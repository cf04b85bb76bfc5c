"""Clients that upload files wrongly, or use them wrongly, and clients that do not."""

import time
from collections.abc import Callable
from typing import Any, Final

import httpx2

from contracts import Evolink
from contracts.verdict import Grade
from tests.clients.judging import Case
from tests.clients.small import ENDS
from tests.files.uploading import GIF, MP4
from tests.serving import CREATE

FILES: Final = "https://files-api.evolink.ai/api/v1/files/upload"
_DAY: Final = 24 * 3600


def _using(work: Callable[[httpx2.Client], None]) -> Callable[[Evolink], None]:
    """Return a client that works with a connection of its own."""

    def run(evolink: Evolink) -> None:
        headers = {"Authorization": f"Bearer {evolink.key}", "User-Agent": "cats/1.0"}
        with httpx2.Client(base_url=evolink.url, headers=headers) as client:
            work(client)

    return run


def upload(client: httpx2.Client, content: bytes = MP4, *, place: str = "stream") -> dict[str, Any]:
    """Upload a file as a form, and return what is shown of it; nothing if it was refused."""
    answer = client.post(f"{FILES}/{place}", files={"file": ("cat.mp4", content)}, data={"upload_path": "cats"})
    data: dict[str, Any] = answer.json().get("data", {}) if answer.status_code == 200 else {}
    return data


def create(client: httpx2.Client, link: str) -> None:
    """Ask for a task with a video at a link, and wait for its end."""
    request = {"model": "wan2.6-reference-video-flash", "prompt": "A cat dances", "video_urls": [link]}
    task = client.post(CREATE, json=request).json()
    while "id" in task and task["status"] not in ENDS:
        time.sleep(10)
        task = client.get(f"/v1/tasks/{task['id']}").json()


def to_base64(client: httpx2.Client) -> None:
    """Send a form to where JSON is taken."""
    upload(client, place="base64")


def to_stream(client: httpx2.Client) -> None:
    """Send a form to where forms are taken."""
    upload(client)


def with_a_picture(client: httpx2.Client) -> None:
    """Ask for a task with whatever was uploaded."""
    create(client, upload(client, GIF)["file_url"])


def with_a_video(client: httpx2.Client) -> None:
    """Ask for a task with a video that was uploaded."""
    create(client, upload(client)["file_url"])


def by_a_guess(client: httpx2.Client) -> None:
    """Put the link together from the name of the file."""
    file = upload(client)
    create(client, f"{file['file_url'].partition('.ai/')[0]}.ai/{file['upload_path']}/{file['file_name']}")


def when_it_is_old(client: httpx2.Client) -> None:
    """Use a link four days later."""
    link = upload(client)["file_url"]
    time.sleep(4 * _DAY)
    create(client, link)


def when_it_is_new(client: httpx2.Client) -> None:
    """Upload again four days later."""
    upload(client)
    time.sleep(4 * _DAY)
    create(client, upload(client)["file_url"])


def whatever_it_says(client: httpx2.Client) -> None:
    """Look at the status of an upload alone."""
    create(client, client.post(f"{FILES}/stream", files={"file": ("cat.mp4", MP4)}).json()["data"]["file_url"])


def if_it_succeeds(client: httpx2.Client) -> None:
    """Look at the success of an upload too."""
    answer = client.post(f"{FILES}/stream", files={"file": ("cat.mp4", MP4)}).json()
    if answer["success"]:
        create(client, answer["data"]["file_url"])


def _case(rule: str, broken: Callable[[httpx2.Client], None], control: Callable[[httpx2.Client], None]) -> Case:
    return Case(rule=rule, broken=_using(broken), control=_using(control))


CASES: Final = (
    _case("G1", to_base64, to_stream),
    Case(rule="G2", broken=_using(with_a_picture), control=_using(with_a_video), grade=Grade.WARN),
    _case("G5", by_a_guess, with_a_video),
    Case(rule="G6", broken=_using(when_it_is_old), control=_using(when_it_is_new), grade=Grade.WARN),
    Case(
        rule="G8",
        broken=_using(whatever_it_says),
        control=_using(if_it_succeeds),
        options={"plans": ("body set.success=false on=upload",)},
    ),
)
"""Each rule that can be seen of a live client: a journal does not keep what is in uploads, so not G3, G4 and G7."""
