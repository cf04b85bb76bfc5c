"""Probes of the protocol: requests that are wrong, without a key, too large, too slow or too many. All but one free."""

import threading
from collections.abc import Iterator
from typing import Any, Final

from contracts.probes.orders import CREATE
from contracts.probes.probe import Probe
from contracts.probes.session import Session

_HUGE: Final = 16 * 1024 * 1024
_NO_JSON: Final = (b"", b"{", b'{"model": "a', b"\xff\xfe", b"nothing", b"[" * 200, b'{"prompt": "\xff"}')
_NO_TASK: Final[tuple[Any, ...]] = ({}, [], None, "task", {"model": "no-such-model"})
"""Bodies for which no server can create a task: they have no prompt, no video, and no model that exists."""

_FORM: Final = {"content-type": "application/json"}
_METHODS: Final = (
    ("DELETE", "/v1/credits"),
    ("PUT", "/v1/tasks"),
    ("PATCH", "/v1/models"),
    ("GET", CREATE.path),
    ("HEAD", "/v1/credits"),
    ("HEAD", "/v1/tasks"),
    ("OPTIONS", "/v1/tasks"),
)
_WRONG: Final = ("/v1/nowhere", "/v1/tasks/nothing", "/v1/tasks?page=0", "/v1/tasks?page_size=1000", "/v1/models/none")
_LIMIT: Final = 3
_FEW, _MANY = 5, 100
"""How often one asks beside a slow client, so that its half request has arrived: over a network, and on one machine."""


def send_wrong_requests(session: Session) -> None:
    """Send bodies that are no JSON or no order, and ask for what is not there."""
    for body in _NO_JSON:
        session.ask("POST", CREATE.path, content=body, headers=_FORM)
        session.ask("POST", "/v1/tasks/batch", content=body, headers=_FORM)
    session.ask("POST", CREATE.path, content=b"model=none", headers={"content-type": "text/plain"})
    session.ask("POST", CREATE.path, content=b'{"model": "none", "model": "none"}', headers=_FORM)
    for value in _NO_TASK:
        session.ask("POST", CREATE.path, json=value)
    for path in _WRONG:
        session.ask("GET", path)


def use_other_methods(session: Session) -> None:
    """Use methods that a path does not have, and HEAD and OPTIONS."""
    for method, path in _METHODS:
        session.ask(method, path)


def leave_out_the_key(session: Session) -> None:
    """Ask without a key, for what there is and for what is wrong besides."""
    for path in ("/v1/credits", "/v1/tasks", "/v1/models", "/v1/tasks/nothing"):
        session.ask("GET", path, key=None)
    for _ in range(2):
        session.ask("POST", CREATE.path, key=None, json={})
        session.ask("POST", CREATE.path, key=None, content=b"{", headers=_FORM)
    session.ask("GET", "/v1/credits", key=None, headers={"authorization": "Basic bm9ib2R5Og=="})


def send_too_much(session: Session) -> None:
    """Send a body of 16 MiB, and ask for something while another client has sent half of a request."""
    session.call("POST", CREATE.path, content=b" " * _HUGE, headers=_FORM)
    begun, ended = threading.Event(), threading.Event()

    def dribble() -> Iterator[bytes]:
        yield b'{"model": '
        begun.set()
        ended.wait(30)
        yield b"nothing"

    def stall() -> None:
        with session.recorder.happening("stall"):
            session.stall(CREATE.path, dribble())
        begun.set()

    slow = threading.Thread(target=stall, name="slow client")
    slow.start()
    try:
        begun.wait(30)
        for _ in range(_MANY if session.simulated else _FEW):
            if session.call("GET", "/v1/credits").error is not None:
                break
    finally:
        ended.set()
        slow.join()


def ask_too_often(session: Session) -> None:
    """Limit the requests, ask until there are too many, at once again, and then when that is allowed."""
    key = session.open_account(0)
    with session.by_hand() as control:
        control.change_limits(requests_per_minute=_LIMIT)
    for _ in range(_LIMIT + 2):
        session.call("GET", "/v1/tasks", key=key)
    session.ask("GET", "/v1/tasks", key=key)
    with session.by_hand() as control:
        control.change_limits()


PROBES: Final = (
    Probe(
        id="wrong",
        title="Sends bodies that are no JSON or no order, and asks for what is not there.",
        rules=("P1", "S2"),
        run=send_wrong_requests,
    ),
    Probe(
        id="methods",
        title="Uses methods that a path does not have, and HEAD and OPTIONS.",
        rules=("P1", "P2"),
        run=use_other_methods,
    ),
    Probe(
        id="keys",
        title="Asks without a key, for what there is and for what is wrong besides.",
        rules=("P1", "P3"),
        run=leave_out_the_key,
    ),
    Probe(
        id="size",
        title="Sends 16 MiB, and asks for something while another client has sent half of a request.",
        rules=("P4",),
        run=send_too_much,
    ),
    Probe(
        id="limits",
        title="Asks too often, too early and when that is allowed.",
        rules=("P7",),
        run=ask_too_often,
        needs=("control",),
    ),
)
"""The probes of the protocol."""
