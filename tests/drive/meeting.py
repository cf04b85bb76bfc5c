"""What a client meets in each of the ways that an answer can go wrong."""

import json
from collections.abc import Iterator
from typing import Any, Final, get_args

from contracts.drive.in_process import InProcess
from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.wire import FRAMING_FAULTS, CutPoint, Manner
from tests.drive.callers import PATIENCE, Open
from tests.serving import CREATE, bearer, example

SHORT: Final = 0.4
"""The patience of a client, in seconds, where a real server would wear out any."""

BODY: Final = json.dumps(example()).encode()


def cells() -> Iterator[tuple[str, str]]:
    """Yield each fault of the wire as a plan, with the methods that it is tried on."""
    for fault in BODY_FAULTS:
        yield f"body {fault}", "POST"
    for fault in FRAMING_FAULTS:
        yield from ((f"framing {fault}", method) for method in ("POST", "HEAD"))
    for point in get_args(CutPoint):
        for manner in get_args(Manner):
            yield f"disconnect {point} {manner}", "POST"
            if manner != "silence":
                yield f"disconnect {point} {manner}", "HEAD"
    yield from ((f"disconnect before-response {manner} phase=before", "POST") for manner in ("close", "reset"))


def shape(error: BaseException) -> tuple[Any, ...]:
    """Return the type of an error, and the shapes of those that it brings with it."""
    inner = [shape(each) for each in error.args if isinstance(each, BaseException)]
    return (f"{type(error).__module__}.{type(error).__qualname__}", *inner)


def meet(open_client: Open, url: str, simulator: InProcess | None) -> dict[tuple[str, str], object]:
    """Return what a client meets at a URL: errors, or answers but for their date."""
    met: dict[tuple[str, str], object] = {}
    for number, (plan, method) in enumerate(cells()):
        headers = {**bearer(f"sk-{number}"), "content-type": "application/json", "x-mock-plan": plan}
        patience = SHORT if "silence" in plan else PATIENCE
        path, content = (CREATE, BODY) if method == "POST" else ("/v1/credits", b"")
        with open_client(simulator) as call:
            try:
                status, told, body = call(method, url + path, headers=headers, content=content, patience=patience)
                met[plan, method] = status, [pair for pair in told if pair[0] != "date"], body
            except Exception as error:  # noqa: BLE001 - which one it is, is what the test is about
                met[plan, method] = shape(error)
    return met
