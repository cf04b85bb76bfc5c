"""Makes a video with an MCP server that offers EvoLink's tools: uploads a picture, asks for a video, follows the task.

    python with_mcp.py COMMAND...

The server is a program of its own that is spoken to by its standard input and output, a JSON document on each line.
What it prints is what a person would read, and is read so here.
"""

import json
import re
import struct
import subprocess
import sys
import time
import urllib.request
import zlib
from pathlib import Path

MODEL = "wan2.6-image-to-video"
POLL_SECONDS = 0.2
TASK = re.compile(r"Task ID: (\S+)")
STATUS = re.compile(r"Status: (\S+)")
LINK = re.compile(r"\[1\] (\S+)")
FILE = re.compile(r"File URL: (\S+)")


def main(command: list[str]) -> None:
    """Make the video, and leave it as `video.mp4`."""
    picture = Path("picture.png").absolute()
    picture.write_bytes(draw_picture(480, 480))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        who = {"name": "test", "version": "1"}
        ask(server, 1, "initialize", {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": who})
        send(server, {"jsonrpc": "2.0", "method": "notifications/initialized"})
        uploaded = call(server, 2, "upload_file", {"file_path": str(picture)})
        wanted = {"model": MODEL, "prompt": "A cat dances", "image_urls": [find(FILE, uploaded)], "duration": 5}
        task = find(TASK, call(server, 3, "generate_video", wanted))
        number = 4
        while True:
            shown = call(server, number, "check_task", {"task_id": task})
            if find(STATUS, shown) in {"completed", "failed", "cancelled"}:
                break
            time.sleep(POLL_SECONDS)
            number += 1
        server.stdin.close()  # type: ignore[union-attr] # it is a pipe
    if find(STATUS, shown) != "completed":
        raise SystemExit(shown)
    with urllib.request.urlopen(find(LINK, shown)) as video:  # noqa: S310 - https, as is seen
        Path("video.mp4").write_bytes(video.read())
    print(task, "completed")  # noqa: T201 - a program that prints


def draw_picture(width: int, height: int) -> bytes:
    """Return a grey PNG."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def call(server: "subprocess.Popen[str]", number: int, tool: str, arguments: dict[str, object]) -> str:
    """Use a tool, and return the text that it gives."""
    result = ask(server, number, "tools/call", {"name": tool, "arguments": arguments})
    text: str = result["content"][0]["text"]  # type: ignore[index]
    if result.get("isError"):
        raise SystemExit(f"{tool}: {text}")
    return text


def ask(server: "subprocess.Popen[str]", number: int, method: str, told: dict[str, object]) -> dict[str, object]:
    """Send a request, and return its result."""
    send(server, {"jsonrpc": "2.0", "id": number, "method": method, "params": told})
    for line in server.stdout or ():
        answer = json.loads(line)
        if answer.get("id") == number:
            if "error" in answer:
                raise SystemExit(f"{method}: {answer['error']}")
            result: dict[str, object] = answer["result"]
            return result
    raise SystemExit(f"{method}: the server has ended")


def send(server: "subprocess.Popen[str]", message: dict[str, object]) -> None:
    """Write a message."""
    assert server.stdin is not None
    server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()


def find(what: "re.Pattern[str]", text: str) -> str:
    """Return what is to be found in a text."""
    found = what.search(text)
    if found is None:
        raise SystemExit(f"{what.pattern} is not in: {text}")
    return found[1]


if __name__ == "__main__":
    main(sys.argv[1:])
