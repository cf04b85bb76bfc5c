"""A create that is paid for once, whatever happens to its answer."""

from collections.abc import Collection, Mapping
from typing import Any

import httpx

from .calling import call, may_pass
from .errors import ApiError, Conflict
from .reading import Task, read_task


class OutcomeUnknown(Exception):
    """Nobody knows whether the task was created: look for it in the list before you ask again."""


def create(client: httpx.Client, body: Mapping[str, Any], *, key: str, known: Collection[str] = ()) -> Task:
    """Ask for one video.

    Args:
        client: Where to ask.
        body: What to ask for.
        key: The idempotency key: str(uuid4()), made once where the video is wanted, and kept with the order.
        known: The ids of the tasks that were created before.
    """
    headers = {"Idempotency-Key": key}
    request = client.build_request("POST", "/v1/videos/generations", json=body, headers=headers)
    try:
        return read_task(call(client, request).json())
    except Conflict:
        return find_new(client, known)
    except (ApiError, httpx.TransportError, ValueError, KeyError) as error:
        if not may_pass(error):
            raise
        raise OutcomeUnknown(f"the task may have been created: {error}") from error


def find_new(client: httpx.Client, known: Collection[str]) -> Task:
    """Return the newest task that nobody knows of: the one that an answer was lost of."""
    listed = call(client, client.build_request("GET", "/v1/tasks")).json()["data"]
    found = next((task for task in map(read_task, listed) if task.id not in known), None)
    if found is None:
        raise OutcomeUnknown("the key has been used, and no new task is in the list")
    return found
