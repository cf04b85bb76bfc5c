"""What a person sees when the server is up: where it is, a key, how time runs, and a line to paste."""

import json
import shlex
from collections.abc import Mapping
from typing import Final

from mock_server.assembly import load_catalogue
from mock_server.links.videos import why_packaged
from mock_server.models.served import write_summary
from mock_server.settings import Settings
from openapi.operations import load_operations

KEY: Final = "sk-mock-default"
"""The key that the banner and the ready file offer; any other that starts with sk- works as well."""


def banner(
    settings: Settings, url: str, control: str | None, files: str | None = None, *, ways_in: Mapping[str, str] = {}
) -> str:
    """Write the banner of a server at `url`, with its control API at `control` if it has one.

    `files` is where the file service answers, if that is elsewhere, and `ways_in` what other ways in there are.
    """
    rows = {
        "address": url,
        "key": f"{KEY} (any key that starts with sk- works; each is an account of its own)",
        "credits": f"{settings.credits:g} for each new account",
        "time": _time(settings),
        "state": settings.state or "in memory; --state FILE keeps it",
        "callbacks": _callbacks(settings),
        **(
            {"dashboard": f"{control}/_mock/ (open it in a browser: tasks, callbacks, faults, money)"}
            if control
            else {}
        ),
        "control": f"{control}/_mock/ (described at /_mock/openapi.json)"
        if control
        else "off; --control switches it on",
    }
    rows |= ways_in
    if settings.pages:
        rows["pages"] = write_summary(load_catalogue(settings))
    if files is not None:
        rows["files"] = f"{files}/api/v1/files/"
    if settings.public_url is not None:
        rows["links"] = f"begin with {settings.public_url}"
    why = why_packaged(settings)
    if why is not None:
        rows["videos"] = why
    lines = [f"  {name:<11}{value}" for name, value in rows.items()]
    return "\n".join(
        [
            "EvoLink API, simulated on this machine",
            "",
            *lines,
            "",
            "Create a task:",
            "",
            f"  {create_line(url)}",
            "",
            "and follow it, with the id that comes back:",
            "",
            f"  curl {url}/v1/tasks/TASK_ID -H 'Authorization: Bearer {KEY}'",
            "",
            "",
        ]
    )


def create_line(url: str) -> str:
    """Return a curl command that creates a task: the example of the first page that creates any."""
    operation = load_operations().creations[0]
    body = shlex.quote(json.dumps(operation.request_example, separators=(",", ":")))
    headers = f"-H 'Authorization: Bearer {KEY}' -H 'Content-Type: application/json'"
    return f"curl {url}{operation.path} {headers} -d {body}"


def _callbacks(settings: Settings) -> str:
    """Say where callbacks go: each route is a grant that a person should see."""
    routes = [route.replace("=", " to ", 1) for route in settings.callback_routes]
    public = ["public addresses"] if settings.egress == "public" else []
    offline = "nowhere; --callback-route https://hooks.example.com=http://127.0.0.1:3000 sends them to a port of yours"
    return ", ".join([*routes, *public]) or offline


def _time(settings: Settings) -> str:
    speed = settings.speed
    if speed == 0:
        return "frozen; POST /_mock/clock moves it" if settings.control else "frozen, and without control it stays so"
    if speed == 1:
        return "real"
    return f"{speed:g} times as fast as real: a generation of 120 s takes {120 / speed:.3g} s; --speed 1 is real time"
