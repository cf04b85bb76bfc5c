"""How much memory a download takes (F5)."""

from collections.abc import Iterator
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.verdict import Examination, Ground, Level, Rule, breach

_LARGE: Final = 256 * 2**20
"""From how many bytes on a file is larger than what a program needs anyway."""

_PEAK: Final = "peak_memory_bytes"


def check_peaks(record: ClientRecord) -> Examination:
    """F5: yield for each large file that was fetched by a client that tells how much memory it had in use."""
    for report in record.reported:
        peak = report.number(_PEAK)
        task = record.tasks.get(report.task or "")
        for size, exchange in _sizes(() if task is None else task.downloads):
            if peak is not None and size >= _LARGE:
                expected = f"less memory than the file's {size} bytes"
                yield breach(report.task or "", expected, f"{peak:g} bytes", exchange) if peak >= size else None


def _sizes(downloads: tuple[Exchange, ...]) -> Iterator[tuple[int, Exchange]]:
    """Find the files that were sent whole, each with its size."""
    for exchange in downloads:
        length = exchange.response_header("content-length") or ""
        if exchange.method == "GET" and exchange.succeeded and exchange.error is None and length.isdecimal():
            yield int(length), exchange


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="F5",
        title="A large file is written piece by piece, and never in memory as a whole.",
        check=check_peaks,
        level=Level.SHOULD,
        ground=Ground.ROB,
        exposure=f'A file of 256 MiB or more was fetched, and the client reported its "{_PEAK}".',
        advice="Stream: httpx.stream() and iter_bytes(), requests with stream=True, response.body in Node.",
        applies=lambda record: any(report.number(_PEAK) is not None for report in record.reported),
    ),
)
"""The rule on memory."""
