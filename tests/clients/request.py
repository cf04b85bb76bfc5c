"""Clients that say what they want, and who they are: A1 to A16."""

from functools import partial
from typing import Any, Final

import httpx2

from contracts import Evolink
from contracts.verdict import Grade
from tests.clients.asking import fetch
from tests.clients.judging import Case
from tests.clients.small import BODY, connect, create, follow
from tests.serving import CREATE


def ask(evolink: Evolink, **changes: Any) -> None:
    """Ask for a video with these fields changed, and wait for it."""
    with connect(evolink) as client:
        follow(client, create(client, **changes)["id"])


def ask_as(evolink: Evolink, **headers: str) -> None:
    """Ask for a video with these headers changed, and wait for it."""
    with connect(evolink) as client:
        client.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        follow(client, create(client)["id"])


def forget_bearer(evolink: Evolink) -> None:
    """Send the key alone."""
    ask_as(evolink, authorization=evolink.key)


def _download(evolink: Evolink, *, keyed: bool) -> None:
    with connect(evolink) as client:
        link = follow(client, create(client)["id"])["results"][0]
        if keyed:
            client.get(link)
        else:
            fetch(link)


def _look(evolink: Evolink, *, keyed: bool) -> None:
    """Look at the credits, with the key in the URL as well."""
    with connect(evolink) as client:
        client.get("/v1/credits", params={"api_key": evolink.key} if keyed else {})


def write_by_hand(evolink: Evolink) -> None:
    """Send JSON, and do not say so."""
    with connect(evolink) as client:
        client.post(CREATE, content=httpx2.Request("POST", evolink.url, json=BODY).content)


_mild: Final = partial(Case, grade=Grade.WARN)
_VIDEOS: Final = [f"https://example.com/{name}.mp4" for name in "abcd"]

CASES: Final = (
    Case(rule="A1", broken=forget_bearer, control=ask),
    Case(rule="A2", broken=partial(_download, keyed=True), control=partial(_download, keyed=False)),
    Case(rule="A3", broken=partial(_look, keyed=True), control=partial(_look, keyed=False)),
    Case(rule="A4", broken=write_by_hand, control=ask),
    Case(rule="A5", broken=partial(ask, model="Wan2.6"), control=ask),
    Case(rule="A6", broken=partial(ask, prompt="a" * 1501), control=partial(ask, prompt="a" * 1500)),
    Case(rule="A7", broken=partial(ask, video_urls=_VIDEOS), control=partial(ask, video_urls=_VIDEOS[:3])),
    Case(rule="A8", broken=partial(ask, duration="5"), control=partial(ask, duration=5)),
    _mild(rule="A9", broken=partial(ask, quality="8k"), control=partial(ask, quality="1080p")),
    Case(rule="A10", broken=partial(ask, generate_audio="no"), control=partial(ask, generate_audio=False)),
    Case(
        rule="A11",
        broken=partial(ask, shot_type="multi"),
        control=partial(ask, model_params={"shot_type": "multi"}),
    ),
    Case(
        rule="A12",
        broken=partial(ask, callback_url="http://hooks.example.com/done"),
        control=partial(ask, callback_url="https://hooks.example.com/done"),
    ),
    _mild(rule="A13", broken=partial(ask, callbackUrl="https://hooks.example.com/done"), control=ask),
    _mild(rule="A15", broken=partial(ask_as, user_agent="cats"), control=partial(ask_as, user_agent="cats/1.0")),
    _mild(rule="A16", broken=partial(ask_as, accept="text/html"), control=partial(ask_as, accept="application/json")),
)
"""A broken client for each rule that one can show here, with its control."""
