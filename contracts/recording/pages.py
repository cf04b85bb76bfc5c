"""Which page a request is held against: that of its operation, and of those that create tasks, that of its model."""

import re
from typing import Final

from contracts.recording.exchange import NO_JSON, Exchange
from openapi.operations import Operation, Operations, load_operations

_CREATION: Final = re.compile(r"/v1/[a-z0-9-]+/generations")
"""What the paths are like at which tasks are created, of whatever kind."""

_ACCEPTED: Final = range(200, 300)


def is_creation(method: str, path: str) -> bool:
    """Tell whether a request line asks for a task, whether or not its page is known (OP-CREATE)."""
    return method == "POST" and _CREATION.fullmatch(path) is not None


def is_bundled(method: str, path: str) -> bool:
    """Tell whether a request line leads to an operation of the pages that are always known."""
    return load_operations().at(method, path) is not None


def page_of(contract: Operations, exchange: Exchange) -> Operation | None:
    """Return the operation that a request is for, by what the contract knows; None if no page describes it."""
    sent = None if exchange.sent is NO_JSON else exchange.sent
    return find_page(contract, exchange.method, exchange.path, sent, status=exchange.status)


def find_page(contract: Operations, method: str, path: str, sent: object, *, status: int | None) -> Operation | None:
    """Return the operation that a request line and a decoded body are for; None if no page describes it.

    A model that the contract does not know, and that the server does, is of a page that nobody has here: None. One that
    neither knows is wrong on every page of its path, and so on the first, and so is what is no name.
    """
    operation = contract.at(method, path, sent)
    if operation is None or not operation.models or not isinstance(sent, dict):
        return operation
    model = sent.get("model")
    is_known = not isinstance(model, str) or model in operation.models
    return operation if is_known or status not in _ACCEPTED else None
