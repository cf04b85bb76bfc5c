"""Makes a video by aiohttp, and writes it into a file."""

import asyncio
import os
from pathlib import Path

import aiohttp

API = "https://api.evolink.ai"
HEADERS = {"Authorization": f"Bearer {os.environ['EVOLINK_API_KEY']}"}
WANTED = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "character1 dances on a roof",
    "video_urls": ["https://example.com/dancer.mp4"],
}


async def main() -> None:
    """Make the video."""
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{API}/v1/videos/generations", json=WANTED, headers=HEADERS) as answer:
            answer.raise_for_status()
            task = await answer.json()
        while task["status"] not in {"completed", "failed", "cancelled"}:
            await asyncio.sleep(0.05)
            async with session.get(f"{API}/v1/tasks/{task['id']}", headers=HEADERS) as answer:
                task = await answer.json()
        async with session.get(task["results"][0]) as answer:
            Path("video.mp4").write_bytes(await answer.read())  # noqa: ASYNC240 - nothing else waits
    print(task["id"], task["status"])  # noqa: T201 - a program that prints


asyncio.run(main())
