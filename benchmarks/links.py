"""What links cost: a video until its first byte and until its last, parts of it, and a large file in and out again."""

import http.client
import json
import statistics
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from benchmarks.processes import most_resident, resident, server
from benchmarks.servers import KEY
from benchmarks.throughput import load

MIB: Final = 1_048_576
UPLOADED: Final = 95 * MIB
PIECE: Final = 262_144
PARTS: Final = {"1 KiB": 1_024, "64 KiB": 65_536, "1 MiB": MIB}
REQUEST: Final = {
    "model": "wan2.6-reference-video-flash",
    "prompt": "The person of the first video walks the dog of the second one along a beach at sunset, in a wide shot.",
    "video_urls": ["https://example.com/a.mp4"],
    "quality": "1080p",
    "duration": 10,
    "model_params": {"shot_type": "multi"},
}
_BOUNDARY: Final = "benchmark"


def run(*, quick: bool) -> None:
    """Measure results, parts of them and uploads, each on a server of its own, and print the medians."""
    rounds, seconds = (2, 1.0) if quick else (5, 3.0)
    with server("simulator", "0") as (ours, pid):
        show_results(ours["port"], rounds)
        show_parts(ours["port"], seconds)
        print(f"resident memory after that, MiB: {resident(pid):.0f}")
    with server("simulator", "0") as (ours, pid):
        show_upload(ours["port"], pid)


def show_results(port: int, rounds: int) -> None:
    """Fetch the videos of several tasks, each twice."""
    paths = [finished(port) for _ in range(rounds)]
    print(f"{'10 s of 1080p':16}{'first byte ms':>14}{'total ms':>10}{'MiB':>7}")
    for name in ("cold", "warm"):
        columns = zip(*(fetch(port, path) for path in paths), strict=True)
        first, total, size = map(statistics.median, columns)
        print(f"{name:16}{first * 1e3:14.1f}{total * 1e3:10.1f}{size / MIB:7.2f}", flush=True)


def show_parts(port: int, seconds: float) -> None:
    """Fetch parts of one video, on many connections at once."""
    path = finished(port)
    fetch(port, path)
    for name, size in PARTS.items():
        asked = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nrange: bytes=100000-{99_999 + size}\r\n\r\n"
        measured = load(port, [asked], seconds)
        print(f"ranges of {name}, requests/s: {measured.rate:,.0f} ({measured.failed} failed)", flush=True)


def show_upload(port: int, pid: int) -> None:
    """Upload a large file as a form, and download it."""
    before = resident(pid)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"authorization": f"Bearer {KEY}", "content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
    began = time.perf_counter()
    connection.request("POST", "/api/v1/files/upload/stream", form(), headers, encode_chunked=True)
    link = json.load(connection.getresponse())["data"]["file_url"]
    taken = time.perf_counter() - began
    print(f"upload of {UPLOADED // MIB} MiB, s: {taken:.2f}; {most_resident(pid) - before:.1f} MiB more memory at most")
    _, total, size = fetch(port, urlsplit(link).path)
    print(f"download of {size // MIB} MiB, s: {total:.2f}; {most_resident(pid) - before:.1f} MiB more memory at most")


def form() -> Iterator[bytes]:
    """Yield a form with a large film in it."""
    head = b"\x00\x00\x00\x20ftypisom".ljust(PIECE, b"\0")
    yield f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'.encode()
    yield head
    for _ in range(UPLOADED // PIECE - 1):
        yield bytes(PIECE)
    yield f"\r\n--{_BOUNDARY}--\r\n".encode()


def finished(port: int) -> str:
    """Create a task, let it end, and return the path of its link."""
    task = call(port, "POST", "/v1/videos/generations", REQUEST)["id"]
    call(port, "POST", "/_mock/clock", {"advance": 200})
    link: str = call(port, "GET", f"/v1/tasks/{task}")["results"][0]
    return urlsplit(link).path


def call(port: int, method: str, path: str, body: object = None) -> Any:
    """Send a request and return what the answer says."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    return json.load(connection.getresponse())


def fetch(port: int, path: str) -> tuple[float, float, int]:
    """Fetch a file, and return the seconds until its first byte, those until its last, and its size."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began, size = time.perf_counter(), 1
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read(1)
    first = time.perf_counter() - began
    while piece := answer.read(PIECE):
        size += len(piece)
    return first, time.perf_counter() - began, size
