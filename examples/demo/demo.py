"""Make a video from two others, all of it on this machine: the way of a real client, in a few seconds.

    python demo.py [FOLDER]

It starts a simulator and a receiver of callbacks, uploads two reference videos, creates a task, lets the time pass that
it takes, receives the callback, downloads the video, and draws a contact sheet of it: result.mp4 and result.png.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import httpx2

from mock_server import Control
from mock_server.media.picture import Picture
from mock_server.media.studio import MISSING, Studio, available

HOOK = "https://hooks.example.com/evolink"
PATIENCE_SECONDS = 60
REFERENCES = (
    Picture(task="dancer", prompt="A dancer, filmed from afar", width=640, height=360, seconds=4),
    Picture(task="roof", prompt="A roof in the evening", width=360, height=640, seconds=3),
)


class Receiver(ThreadingHTTPServer):
    """Takes callbacks on a port of its own, and answers at once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    """Takes one callback."""

    server: Receiver

    def do_POST(self) -> None:
        """Remember what came."""
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the library's name
        """Print nothing."""


def main() -> None:
    """Run the demonstration."""
    if not available():
        sys.exit(MISSING)
    folder = Path(*sys.argv[1:2])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(demonstrate(folder))


async def demonstrate(folder: Path) -> None:
    """Go all the way from the uploads to the contact sheet."""
    studio = Studio()
    with receiving() as receiver, serving(receiver) as server, asking(server) as client:
        print(f"simulator  {server['url']}")
        links = [upload(client, await studio.fetch(picture), picture) for picture in REFERENCES]
        task = create(client, links)
        with Control(server["control"]) as control:
            control.change_clock(until=task["id"])
        (told,) = receiver.received
        print(f"callback   {told['id']} is {told['status']} and cost {told['usage']['credits_used']} credits")
        video = download(told["results"][0], folder / "result.mp4")
    sheet = folder / "result.png"
    sheet.write_bytes(await studio.contact_sheet(video))
    print(f"sheet      {sheet}")
    await studio.close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run the receiver."""
    with Receiver() as receiver:
        thread = Thread(target=receiver.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


@contextmanager
def serving(receiver: Receiver) -> Iterator[dict[str, str]]:
    """Run a simulator whose clock only moves when it is told to, and which may send callbacks to the receiver."""
    route = f"{HOOK.removesuffix('/evolink')}=http://127.0.0.1:{receiver.server_port}"
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "ready"
        options = ("--port", "0", "--speed", "0", "--callback-route", route, "--ready-file", str(ready))
        command = [sys.executable, "-m", "mock_server.cli", "serve", *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own program
            try:
                yield when_ready(process, ready)
            finally:
                process.terminate()


def when_ready(process: "subprocess.Popen[bytes]", ready: Path) -> dict[str, str]:
    """Wait until the simulator answers, and return where."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit("the simulator did not start")
        time.sleep(0.02)
    told: dict[str, str] = json.loads(ready.read_text("utf-8"))
    return told


def asking(server: dict[str, str]) -> httpx2.Client:
    """Return a client of the simulator."""
    headers = {"Authorization": f"Bearer {server['key']}"}
    return httpx2.Client(base_url=server["url"], headers=headers, timeout=PATIENCE_SECONDS, trust_env=False)


def upload(client: httpx2.Client, video: bytes, picture: Picture) -> str:
    """Upload a reference video as a form, and return its link."""
    files, names = {"file": video}, {"upload_path": "references", "file_name": f"{picture.task}.mp4"}
    answer = client.post("/api/v1/files/upload/stream", files=files, data=names)
    data = answer.raise_for_status().json()["data"]
    print(f"uploaded   {data['file_name']}: {picture.seconds} s, {data['file_size']:,} bytes")
    link: str = data["file_url"]
    return link


def create(client: httpx2.Client, links: list[str]) -> dict[str, Any]:
    """Create a task with the reference videos."""
    body = {
        "model": "wan2.6-reference-video-flash",
        "prompt": "character1 dances on a roof at dusk, first from afar and then from near",
        "video_urls": links,
        "duration": 5,
        "model_params": {"shot_type": "multi"},
        "callback_url": HOOK,
    }
    task: dict[str, Any] = client.post("/v1/videos/generations", json=body).raise_for_status().json()
    print(f"created    {task['id']}, {task['usage']['credits_reserved']} credits are reserved")
    return task


def download(link: str, target: Path) -> bytes:
    """Save the video; its link needs no key."""
    answer = httpx2.get(link, timeout=PATIENCE_SECONDS, trust_env=False).raise_for_status()
    target.write_bytes(answer.content)
    print(f"saved      {target}: {len(answer.content):,} bytes, {answer.headers['x-mock-media']}")
    return answer.content


if __name__ == "__main__":
    main()
