"""Whose sleep it is: that of a user and of what sleeps for one, or of the inner workings of another library.

What counts is the module in which the call stands, by the name that its globals give.
"""

import sys
from functools import cache
from types import FrameType
from typing import Final

INNER: Final = frozenset(
    {
        *(
            "_pytest",
            "hypothesis",
            "mock_server",
            "openapi",
            "pluggy",
            "pytest",
            "pytest_asyncio",
            "pytest_trio",
            "xdist",
        ),
        *("aiohttp", "httpcore", "httpcore2", "httpx", "httpx2", "requests", "responses", "respx", "urllib3"),
        *("anyio", "outcome", "sniffio", "trio", "uvloop"),
        *(
            "a2wsgi",
            "asgiref",
            "contracts",
            "fastapi",
            "h11",
            "httptools",
            "hypercorn",
            "starlette",
            "uvicorn",
            "werkzeug",
        ),
    }
)
"""Packages that sleep for purposes of their own; the standard library is one of them."""

RETRYING: Final = frozenset({"urllib3.util.retry"})
"""Modules of such packages that sleep between the attempts of a user's request."""

PASSING_ON: Final = frozenset(
    {
        "anyio",
        "concurrent.futures.thread",
        "contextlib",
        "functools",
        "threading",
        "trio._core._thread_cache",
        "trio._threads",
        "trio._util",
    }
)
"""Modules and packages that call what a user has handed them, such as `asyncio.to_thread(time.sleep, 5)`.

A function of theirs that is called sleep does not: it sleeps for whoever called it.
"""


def is_users(frame: FrameType) -> bool:
    """Tell whether a call that stands in this frame is to be taken as a user's."""
    name: str = frame.f_globals.get("__name__") or ""
    return (frame.f_code.co_name != "sleep" and _passes_on(name)) or is_user_module(name)


@cache
def _passes_on(name: str) -> bool:
    return name in PASSING_ON or name.partition(".")[0] in PASSING_ON


@cache
def is_user_module(name: str) -> bool:
    """Tell whether the code of a module is a user's, or that of a library that sleeps for one."""
    package = name.partition(".")[0]
    return name in RETRYING or not (package in INNER or package in sys.stdlib_module_names)
