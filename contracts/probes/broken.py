"""A probe of requests each of which breaks one clause; where tasks are paid for it stops when one is created."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracts.probes.orders import CREATE
from contracts.probes.probe import Probe
from contracts.probes.session import Session

BROKEN_ORDERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "MODEL-REQ": {"model": None},
    "MODEL-ENUM": {"model": "no-such-model"},
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

_SPACES: Final = "two words"
"""An idempotency key that is none (IDEM-KEY-FORM)."""

_DEAREST: Final = BROKEN_ORDERS["DURATION-RANGE"]
"""What would cost most of all that is ordered, if it were accepted."""


def break_clauses(session: Session) -> None:
    """Send requests each of which breaks one clause, and where tasks are paid for no more once one is created."""
    for query in BROKEN_LISTS.values():
        session.ask("GET", f"/v1/tasks?{query}")
    for ids in BROKEN_BATCHES.values():
        session.ask("POST", "/v1/tasks/batch", json={"task_ids": ids})
    session.ask("GET", "/v1/tasks/nothing")
    session.ask("POST", CREATE.path, json={})
    for accepted in _order(session):
        if accepted and not session.simulated:
            break


def _order(session: Session) -> Iterator[bool]:
    """Ask for tasks, one after another, and tell of each whether it was accepted."""
    yield session.submit(again=_SPACES).succeeded
    for changes in BROKEN_ORDERS.values():
        yield session.submit(**changes).succeeded


PROBES: Final = (
    Probe(
        id="broken",
        title="Sends requests each of which breaks one clause, until a task is created that has to be paid for.",
        rules=("S3", "P1"),
        run=break_clauses,
        orders=(_DEAREST,),
    ),
)
"""The probe of requests that break their pages."""
