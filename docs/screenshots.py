"""Take the pictures of the dashboard that docs/how-to/dashboard.md shows.

python -m docs.screenshots takes all of them, or those that it is given the names of. Each is of a universe that a seed
and a frozen clock make the same every time, in a real Chromium.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.chromium import Tab, find_chromium, running
from tests.serving import CREATE, Wall, bearer, example

FOLDER: Final = Path(__file__).parent / "pictures"
HOOK: Final = "https://hooks.example.com"
TROUBLE: Final = (
    "answer 503 on=query nth=3",
    "fail content_policy_violation at=60% nth=4",
    "disconnect on=callback times=1",
)
"""What goes wrong in the universe of the pictures."""


class Scene(msgspec.Struct, frozen=True):
    """The universe that is shown: where it is, a client of it, and its tasks, the oldest first."""

    url: str
    client: httpx2.Client
    tasks: list[str]

    def create(self, **changes: Any) -> None:
        """Create a task whose callback somebody takes."""
        made = self.client.post(CREATE, json=example(callback_url=f"{HOOK}/done", **changes)).json()
        if "id" in made:
            self.tasks.append(made["id"])

    def poll(self, *, every: float, times: int) -> None:
        """Let time pass, and ask for all tasks in between."""
        for _ in range(times):
            self.client.post("/_mock/clock", json={"advance": every}).raise_for_status()
            for name in self.tasks:
                self.client.get(f"/v1/tasks/{name}")


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """One picture: of which address of the page, when it is ready, what is done before it is taken, and how large."""

    name: str
    hash: Callable[[Scene], str]
    ready: str
    first: Callable[[Tab], object] = lambda _: None
    width: int = 1280
    height: int = 720
    scheme: str = "light"


SHOTS: Final = (
    Shot(
        name="time-line",
        hash=lambda _: "#/tasks",
        ready="document.querySelectorAll('.lane .mark.callback').length > 3",
        first=lambda tab: tab.point("document.querySelector('.lane:not(.other) .mark.poll.bad')"),
        height=560,
    ),
    Shot(
        name="narrow",
        hash=lambda _: "#/tasks",
        ready="document.querySelectorAll('.lane .mark.callback').length > 3",
        width=400,
        height=800,
        scheme="dark",
    ),
    Shot(
        name="task",
        hash=lambda scene: f"#/task/{scene.tasks[0]}",
        ready="document.querySelector('video')?.readyState > 3 && document.querySelector('.exchange')",
        height=900,
    ),
    Shot(
        name="time-and-plans",
        hash=lambda _: "#/plans",
        ready="['scenarios', 'plans'].every((part) => document.querySelector(`[data-part=${part}] table`))",
        height=640,
    ),
    Shot(
        name="traffic",
        hash=lambda _: "#/traffic/16",
        ready="document.querySelector('[aria-selected=true] .note') && document.querySelector('.whole .said')",
        height=620,
    ),
    Shot(
        name="verdict",
        hash=lambda _: "#/verdict",
        ready="document.querySelector('.excerpt .mark')",
        height=900,
    ),
)
"""All pictures."""


@contextmanager
def scene() -> Iterator[Scene]:
    """Serve the universe that is shown."""

    async def take(_: Request) -> Response:
        return Response("taken")

    with ExitStack() as stack:
        receiver = LiveServer(Starlette(routes=[Route("/done", take, methods=["POST"])]))
        route = f"{HOOK}={stack.enter_context(receiver.running())}"
        settings = Settings(speed=0.0, callback_routes=(route,), plans=TROUBLE, seed="pictures", videos="packaged")
        wall = Wall()
        url = stack.enter_context(LiveServer(create_app(settings, wall=wall)).running())
        pause: Callable[[object], None] = lambda _: wall.advance(0.02)  # noqa: E731 - real time, of which a judge needs some
        hooks = {"request": [pause]}
        client = stack.enter_context(httpx2.Client(base_url=url, headers=bearer(), event_hooks=hooks))
        shown = Scene(url, client, [])
        for _ in range(3):
            shown.create()
            shown.poll(every=9, times=2)
        shown.create(duration=99)
        shown.create(prompt="A heron over the lake at dawn")
        shown.poll(every=12, times=8)
        shown.create(quality="1080p")
        shown.poll(every=8, times=4)
        yield shown


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named."""
    program = find_chromium()
    if program is None:
        raise SystemExit("no Chromium is installed")
    FOLDER.mkdir(exist_ok=True)
    with scene() as shown, running(program) as browser:
        for shot in SHOTS:
            if not names or shot.name in names:
                with browser.page(width=shot.width, height=shot.height) as tab:
                    take(shot, shown, tab)


def take(shot: Shot, shown: Scene, tab: Tab) -> None:
    """Take one picture."""
    tab.prefer(shot.scheme)
    tab.open(f"{shown.url}/_mock/{shot.hash(shown)}")
    tab.wait("document.querySelector('#live.live')")
    tab.wait(shot.ready)
    shot.first(tab)
    path = FOLDER / f"{shot.name}.png"
    tab.shoot(path)
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
