# ruff: noqa: INP001 - no package: it is run by the Python that clients are run by, which knows nothing of ours
"""Asks the API for the credits by one of Python's libraries, and prints as JSON what came of it."""

import asyncio
import json
import os
import platform
import sys
from importlib import import_module
from typing import Any

HOST = "api.evolink.ai"
URL = "https://api.evolink.ai/v1/credits"
HEADERS = {"Authorization": "Bearer " + os.environ.get("EVOLINK_API_KEY", "")}
SECONDS = 20


def call(library: Any) -> int:
    """Ask by requests, httpx or httpx2."""
    status: int = library.get(URL, headers=HEADERS, timeout=SECONDS).status_code
    return status


def call_aiohttp(aiohttp: Any) -> int:
    """Ask by aiohttp."""

    async def ask() -> int:
        async with aiohttp.ClientSession() as session, session.get(URL, headers=HEADERS) as answer:
            status: int = answer.status
            return status

    return asyncio.run(ask())


def call_urllib(urllib: Any) -> int:
    """Ask by urllib."""
    with urllib.urlopen(urllib.Request(URL, headers=HEADERS), timeout=SECONDS) as answer:
        status: int = answer.status
        return status


def call_http(client: Any) -> int:
    """Ask by http.client, which knows nothing of proxies."""
    connection = client.HTTPSConnection(HOST, timeout=SECONDS)
    connection.request("GET", "/v1/credits", headers=HEADERS)
    status: int = connection.getresponse().status
    return status


CALLS = {
    "requests": call,
    "httpx": call,
    "httpx2": call,
    "aiohttp": call_aiohttp,
    "urllib.request": call_urllib,
    "http.client": call_http,
}


def main(name: str) -> None:
    """Ask by a library, if it is there."""
    told: dict[str, Any] = {"version": platform.python_version()}
    try:
        library = import_module(name)
        told["library"] = getattr(library, "__version__", "")
    except ImportError:
        told["missing"] = True
        print(json.dumps(told))  # noqa: T201 - that is what it is for
        return
    try:
        told["status"] = CALLS[name](library)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        told["error"] = f"{type(error).__name__}: {error}"
    print(json.dumps(told))  # noqa: T201 - the same


if __name__ == "__main__":
    main(sys.argv[1])
