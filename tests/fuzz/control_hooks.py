"""What schemathesis does before each call of the control API."""

from contextlib import suppress
from typing import Any, Final

import httpx2
import schemathesis

from tests.serving import CREATE, bearer, example

LISTS: Final = ("/_mock/tasks", "/_mock/callbacks")
"""The lists of what the control API itself cannot make."""

UNIVERSE: Final = {"X-Mock-Universe": "linked"}

API: Final = httpx2.Client(verify=False, trust_env=False, headers={**bearer(), **UNIVERSE})


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - as schemathesis calls it
    """Make links lead somewhere, and waits end at once.

    Where links are followed, tasks and callbacks are listed in a universe that no other call knows, in which there is
    one task, just created.
    """
    if case.path in LISTS and case.meta is not None and case.meta.phase.name == "stateful":
        url, case.query = case.operation.base_url.rstrip("/"), {}
        case.headers.update(UNIVERSE)
        API.post(f"{url}/_mock/reset").raise_for_status()
        API.post(f"{url}{CREATE}", json=example(callback_url="https://hooks.example.com/")).raise_for_status()
    with suppress(TypeError, ValueError, KeyError):
        if float(case.query["wait"]) > 0:
            case.query["wait"] = 0
