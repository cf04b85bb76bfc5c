"""Make many videos side by side with httpx and asyncio, told by callbacks when they are there, and by polling if not.

    EVOLINK_API_KEY=sk-... python client.py clips --prompt "character1 dances" --count 3 --video https://example.com/a.mp4

With --callback-url https://... and --port, callbacks to that URL are to reach this program at the port (through a
tunnel or a proxy that has the certificate). A callback is no proof of anything: it makes the program ask the API at
once. EVOLINK_BASE_URL leads elsewhere, to a simulator for instance. What came of each video is printed as a line of
JSON. Until a file is there, NAME.mp4.task.json has what is needed to go on with the task that is paid for.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from contextlib import nullcontext, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from video_callbacks import News, serving
from video_errors import VideoError, tell
from videos import Ticket, Videos

AGENT = "python-async-example/1.0"
MODEL = "wan2.6-reference-video-flash"
TIMEOUT = httpx.Timeout(30, connect=10)
LONGEST_PROMPT = 1500


async def run(videos: Videos, ticket: Ticket) -> bool:
    """Make a video, and print what came of it, also when the program is to end; tell whether it is there."""
    came = tell(asyncio.CancelledError("the program was stopped; start it again to go on"))
    try:
        came = await videos.make(ticket)
    except (VideoError, OSError) as error:
        came = tell(error)
    finally:
        print(json.dumps({**came, "task": ticket.task or None, "wanted": ticket.request}), flush=True)
    return bool(came["outcome"] == "completed")


async def run_all(tickets: list[Ticket], key: str, callback: tuple[str, int] | None) -> bool:
    """Make all videos side by side; tell whether all are there."""
    news, this = News(), asyncio.current_task()
    if this is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    url = os.environ.get("EVOLINK_BASE_URL", "https://api.evolink.ai")
    headers = {"Authorization": f"Bearer {key}", "User-Agent": AGENT, "Accept": "application/json"}
    plain = {"User-Agent": AGENT, "Accept-Encoding": "identity"}
    receiver = nullcontext() if callback is None else serving(news.receiver(urlsplit(callback[0]).path), callback[1])
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT) as api,
        httpx.AsyncClient(headers=plain, timeout=TIMEOUT, follow_redirects=True, max_redirects=5) as files,
        receiver,
        asyncio.TaskGroup() as group,
    ):
        videos = Videos(api, files, news)
        made = [group.create_task(run(videos, ticket)) for ticket in tickets]
    return all(each.result() for each in made)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 0 if all videos are there in the end."""
    told, parser = os.environ.get, argparse.ArgumentParser(description="Make videos.")
    parser.add_argument("folder", type=Path, help="where to put them")
    parser.add_argument("--prompt", required=True, help="what is to be seen, at most 1500 characters")
    parser.add_argument("--video", action="append", required=True, metavar="URL", help="a reference video, up to three")
    parser.add_argument("--count", type=int, default=int(told("EVOLINK_TASKS", "1")), help="how many")
    parser.add_argument("--callback-url", default=told("EVOLINK_CALLBACK_URL"), help="where callbacks are to go")
    parser.add_argument(
        "--port", type=int, default=int(told("EVOLINK_CALLBACK_PORT", "8080")), help="where they arrive"
    )
    asked, key = parser.parse_args(arguments), told("EVOLINK_API_KEY")
    if not key or len(asked.prompt) > LONGEST_PROMPT:
        parser.error(f"set EVOLINK_API_KEY, and give a prompt of {LONGEST_PROMPT} characters at most")
    request = {"model": MODEL, "prompt": asked.prompt, "video_urls": asked.video}
    request |= {"callback_url": asked.callback_url} if asked.callback_url else {}
    asked.folder.mkdir(parents=True, exist_ok=True)
    tickets = [Ticket(asked.folder / f"{number}.mp4", request) for number in range(1, asked.count + 1)]
    callback = (asked.callback_url, asked.port) if asked.callback_url else None
    with suppress(asyncio.CancelledError):
        return 0 if asyncio.run(run_all(tickets, key, callback)) else 1
    return 1


if __name__ == "__main__":
    sys.exit(main())
