"""The dashboard in a real browser, of a simulator whose clock stands still until a test moves it."""

from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest

from contracts.drive.live import LiveServer
from mock_server.app import create_app
from mock_server.settings import Settings
from mock_server.store import SqliteStore
from tests.chromium import Browser, Tab, find_chromium, running
from tests.serving import CREATE, Wall, bearer, example

DASHBOARD = "/_mock/"


class Mock(msgspec.Struct, frozen=True):
    """A simulator as a test of its dashboard has it: where it is, and a client of its API and of its control API."""

    url: str
    client: httpx2.Client

    def create(self, *, headers: dict[str, str] | None = None, **changes: Any) -> str:
        """Create a task and return its id."""
        answer = self.client.post(CREATE, json=example(**changes), headers=headers)
        assert answer.status_code == 200, answer.text
        name: str = answer.json()["id"]
        return name

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Do something by the control API, and return what it answers."""
        answer = self.client.request(method, f"/_mock/{path}", json=body if method != "GET" else None)
        assert answer.status_code == 200, answer.text
        return answer.json()


def button(words: str) -> str:
    """Return the expression for the first button that says so, or is called so."""
    return f"[...document.querySelectorAll('button')].find((it) => [it.textContent, it.ariaLabel].includes({words!r}))"


def put(tab: Tab, label: str, text: str) -> None:
    """Write a text into the field of a label, and send its form off."""
    tab.run(f"[...document.querySelectorAll('input')].find((it) => it.ariaLabel === {label!r}).focus()")
    tab.type(text)
    tab.press("Enter")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser, for as many windows as tests like."""
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium is installed: the dashboard is not tried in one")
    with running(program) as browser:
        yield browser


@pytest.fixture
def mock(wall: Wall) -> Iterator[Mock]:
    """A simulator that shows secrets, whose clock is frozen and whose results are the packaged clip."""
    settings = Settings(speed=0.0, videos="packaged", journal_secrets=True)
    app = create_app(settings, store=SqliteStore(), wall=wall)
    with (
        LiveServer(app).running() as url,
        httpx2.Client(base_url=url, headers=bearer()) as client,
    ):
        yield Mock(url, client)


@pytest.fixture(scope="session")
def window(browser: Browser) -> Iterator[Tab]:
    """One window of the browser, used by one test after the other: to open another takes longer than most of them."""
    with browser.page() as tab:
        yield tab


@pytest.fixture
def tab(window: Tab, mock: Mock) -> Iterator[Tab]:
    """The dashboard, opened and listening; in the end nothing may have gone wrong in it, nor have gone elsewhere."""
    window.begin()
    window.open(mock.url + DASHBOARD)
    window.wait("document.querySelector('#live.live')")
    yield window
    assert window.complaints == []
    elsewhere = [url for url in window.requests if not url.startswith((mock.url, "data:"))]
    assert elsewhere == [], "the dashboard asked for something that is not served beside it"
    window.open("about:blank")
