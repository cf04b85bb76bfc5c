"""Clients that are refused, told to wait, redirected, or met by trouble: each breaks one rule, or differs in that."""

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from functools import partial
from time import sleep, time
from typing import Final

import httpx2

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.asking import create, poll
from tests.clients.judging import Case, Client
from tests.clients.small import BODY, connect
from tests.serving import CREATE

CREDITS: Final = "/v1/credits"

Wait = Callable[[httpx2.Response, int], float]
"""For how many seconds a client waits after an answer, the so many-th; less than none if it gives up."""

Tell = Callable[[httpx2.Response], str]
"""What a client calls the error that an answer is."""


def read_credits(evolink: Evolink, *, wait: Wait, attempts: int = 4) -> None:
    """Read the credits until they are there."""
    with connect(evolink) as client:
        for attempt in range(attempts):
            answer = client.get(CREDITS)
            seconds = -1.0 if answer.is_success else wait(answer, attempt)
            if seconds < 0:
                return
            sleep(seconds)


def reading(wait: Wait, attempts: int = 4) -> Client:
    """Return a client that reads the credits."""
    return partial(read_credits, wait=wait, attempts=attempts)


def told_seconds(answer: httpx2.Response, _attempt: int) -> float:
    """Wait as Retry-After says in seconds."""
    return float(answer.headers["retry-after"])


def told_date(answer: httpx2.Response, _attempt: int) -> float:
    """Wait until the date of Retry-After."""
    return parsedate_to_datetime(answer.headers["retry-after"]).timestamp() - time()


def doubled(_answer: httpx2.Response, attempt: int) -> float:
    """Wait twice as long each time."""
    return 2.0**attempt


def constantly(seconds: float) -> Wait:
    """Wait so long each time."""
    return lambda _answer, _attempt: seconds


def ask_for_another(evolink: Evolink, *, pause: float) -> None:
    """Go on with another task so soon after one was refused with 429."""
    with connect(evolink) as client:
        first, second = create(client), create(client, prompt="A dog that swims in the sea")
        sleep(10)
        poll(client, first)
        sleep(pause)
        poll(client, second)
        sleep(8)
        poll(client, first)


def follow(evolink: Evolink, *, method: str) -> None:
    """Follow the redirect of a create with this method."""
    with connect(evolink) as client:
        answer = client.post(CREATE, json=BODY)
        client.request(method, answer.headers["location"], json=BODY if method == "POST" else None)


def tell_errors(evolink: Evolink, *, tell: Tell) -> list[Reported]:
    """Ask for two tasks, and tell of the errors in their place."""
    reported = []
    with connect(evolink) as client:
        for prompt in ("A cat that dances", "A dog that swims"):
            wanted = {**BODY, "prompt": prompt}
            answer = client.post(CREATE, json=wanted)
            reported.append(Reported(outcome="error", error=tell(answer), wanted=wanted))
    return reported


def tell_code(answer: httpx2.Response) -> str:
    """Tell an error by its code, and the trouble with finding that."""
    try:
        return f"Error({answer.json()['error']['code']})"
    except (TypeError, ValueError) as error:
        return type(error).__name__


def tell_known_code(answer: httpx2.Response) -> str:
    """Tell an error by its code, or by its status if it has none."""
    told = tell_code(answer)
    return told if told.startswith("Error") else {403: "Error(model_access_denied)"}[answer.status_code]


CASES: Final = (
    Case(
        rule="D1",
        broken=partial(tell_errors, tell=lambda _answer: "Error"),
        control=partial(tell_errors, tell=tell_code),
        options={"plans": ("answer 402 on=create nth=1", "answer 429 on=create nth=2")},
    ),
    Case(
        rule="D8",
        broken=partial(tell_errors, tell=tell_code),
        control=partial(tell_errors, tell=tell_known_code),
        options={"plans": ("answer 403 text=Proxy content-type=text/plain on=create nth=2", "answer 403 on=create")},
    ),
    Case(
        rule="D9",
        broken=partial(tell_errors, tell=tell_code),
        control=partial(tell_errors, tell=tell_known_code),
        options={"plans": ('answer 403 json={"error":"No."} on=create nth=2', "answer 403 on=create")},
    ),
    Case(
        rule="D2",
        broken=reading(constantly(5)),
        control=reading(constantly(-1)),
        options={"plans": ("answer 402 on=credits",)},
    ),
    Case(
        rule="D3",
        broken=reading(constantly(2)),
        control=reading(told_seconds),
        options={"plans": ("answer 429 retry-after=7 on=credits times=1",)},
    ),
    Case(
        rule="D4",
        broken=reading(constantly(2)),
        control=reading(told_date),
        options={"plans": ("answer 503 retry-after=date+30 on=credits times=1",)},
    ),
    Case(
        rule="D4",
        broken=reading(told_seconds),
        control=reading(doubled),
        options={"plans": ("answer 503 retry-after=0 on=credits times=3",)},
    ),
    Case(
        rule="D5",
        broken=reading(constantly(60)),
        control=reading(constantly(-1)),
        options={"plans": ("answer 503 retry-after=31536000 on=credits",)},
    ),
    Case(
        rule="D6",
        broken=reading(constantly(2)),
        control=reading(doubled),
        options={"plans": ("answer 500 on=credits",)},
        grade=Grade.WARN,
    ),
    Case(
        rule="D7",
        broken=partial(ask_for_another, pause=1),
        control=partial(ask_for_another, pause=7),
        options={"plans": ("answer 429 retry-after=7 on=query times=1",)},
        grade=Grade.WARN,
    ),
    Case(
        rule="D10",
        broken=reading(constantly(-1)),
        control=reading(doubled),
        options={"plans": ("answer 500 on=credits times=1",)},
        grade=Grade.WARN,
    ),
    Case(
        rule="D11",
        broken=reading(constantly(0), attempts=15),
        control=reading(doubled, attempts=5),
        options={"plans": ("answer 500 on=credits",)},
    ),
    Case(
        rule="D12",
        broken=reading(constantly(60)),
        control=reading(told_seconds),
        options={"plans": ("answer 503 retry-after=5 on=credits times=1",)},
        grade=Grade.WARN,
    ),
    Case(
        rule="D13",
        broken=partial(follow, method="GET"),
        control=partial(follow, method="POST"),
        options={"plans": (f"answer 307 headers.location={CREATE} on=create times=1",)},
    ),
)
"""Each rule on failures that a client can break in a simulator."""
