"""A real Chromium without a window, driven by its own protocol over a pair of pipes: no driver, no port, no package.

Where Chromium is not installed, `find_chromium` says so, and what needs it is skipped.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any, Final, TypeAlias

import msgspec

PATIENCE_SECONDS: Final = 30.0
"""How long the browser may take for anything."""

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS: Final = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check", "--disable-gpu"),
    *("--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings"),
    *("--autoplay-policy=no-user-gesture-required", "--force-color-profile=srgb", "--font-render-hinting=none"),
)
_KEYS: Final = {
    "Tab": 9,
    "Enter": 13,
    "Escape": 27,
    "ArrowLeft": 37,
    "ArrowUp": 38,
    "ArrowRight": 39,
    "ArrowDown": 40,
}
_PIECE: Final = 1 << 20

Session: TypeAlias = str | None


class BrowserError(AssertionError):
    """The browser did not do what it was told; the message says what it was."""


class Told(msgspec.Struct, frozen=True):
    """One event that the browser told of."""

    method: str
    params: Mapping[str, Any]


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome; None if there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """A browser that runs.

    Args:
        commands: Where it reads commands.
        answers: Where it writes answers and events.
    """

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._unread = b""
        self._count = 0
        self.told: dict[Session, list[Told]] = {}

    def call(self, method: str, *, session: Session = None, **parameters: Any) -> Mapping[str, Any]:
        """Let the browser do something, and return its answer.

        Raises:
            BrowserError: It refused, or took too long.
        """
        self._count += 1
        number = self._count
        command = {"id": number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._read(method)
            if message.get("id") == number:
                break
        if "error" in message:
            raise BrowserError(f"{method}: {message['error']['message']}")
        result: Mapping[str, Any] = message["result"]
        return result

    def _read(self, waiting_for: str) -> Mapping[str, Any]:
        """Read what comes next; an event is kept."""
        while b"\0" not in self._unread:
            if not select([self._answers], [], [], PATIENCE_SECONDS)[0]:
                raise BrowserError(f"{waiting_for}: no answer in {PATIENCE_SECONDS:g} s")
            self._unread += os.read(self._answers, _PIECE)
        line, _, self._unread = self._unread.partition(b"\0")
        message: Mapping[str, Any] = json.loads(line)
        if "method" in message:
            self.told.setdefault(message.get("sessionId"), []).append(Told(message["method"], message["params"]))
        return message

    @contextmanager
    def page(self, *, width: int = 1280, height: int = 800) -> Iterator["Tab"]:
        """Open a page with cookies and storage of its own, and close it in the end."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            tab.call(f"{domain}.enable")
        tab.begin(width=width, height=height)
        yield tab
        self.call("Target.disposeBrowserContext", browserContextId=context)


class Tab:
    """One page of a browser. A complaint that holds what is `forgiven` is none.

    Args:
        browser: Whose it is.
        session: How the browser calls it.
    """

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self.forgiven = "\0"

    def call(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """Let the page do something (see `Browser.call`)."""
        return self._browser.call(method, session=self._session, **parameters)

    def begin(self, *, width: int = 1280, height: int = 800) -> None:
        """Forget what the page told of until now, and let it be of a size, and the system light."""
        self._browser.told.pop(self._session, None)
        self.forgiven = "\0"
        self.resize(width, height)
        self.prefer("light")
        self.call("Network.setBlockedURLs", urlPatterns=[])

    def open(self, url: str) -> None:
        """Go to a URL."""
        self.call("Page.navigate", url=url)

    def resize(self, width: int, height: int) -> None:
        """Let the page have another size."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme: str) -> None:
        """Let the system be light or dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page; of a promise, what it comes to.

        Raises:
            BrowserError: It threw.
        """
        told = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in told:
            raise BrowserError(f"{script}: {told['exceptionDetails']['exception'].get('description')}")
        return told["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true in the page, whatever is loaded there meanwhile.

        Raises:
            BrowserError: It does not become true.
        """
        polled = (
            "new Promise((done) => { const until = performance.now() + 10000; const look = () => { let met = false;"
            f" try {{ met = Boolean({condition}); }} catch {{ met = false; }}"
            " if (met || performance.now() > until) done(met); else setTimeout(look, 15); }; look(); })"
        )
        for _ in range(2):
            try:
                if self.run(polled):
                    return
                break
            except BrowserError as error:
                if "navigated" not in str(error) and "destroyed" not in str(error):
                    raise
        raise BrowserError(f"never true: {condition}; the page says: {self.run('document.body.innerText')[:1500]}")

    def press(self, key: str, *, times: int = 1) -> None:
        """Press a key."""
        code = _KEYS[key]
        for _ in range(times):
            for kind in ("keyDown", "keyUp"):
                text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
                self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def type(self, text: str) -> None:
        """Type a text into what has the focus."""
        self.call("Input.insertText", text=text)

    def click(self, element: str) -> None:
        """Click into the middle of an element, which an expression gives."""
        self._mouse(element, "mousePressed", "mouseReleased")

    def point(self, element: str) -> None:
        """Move the mouse to the middle of an element, which an expression gives."""
        self._mouse(element)

    def shoot(self, path: Path) -> None:
        """Take a picture of what is seen of the page, as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", optimizeForSpeed=False)
        path.write_bytes(base64.b64decode(shot["data"]))

    def told(self, method: str) -> list[Mapping[str, Any]]:
        """Return the events of one kind that the page has told of until now."""
        self.run("null")
        return [told.params for told in self._browser.told.get(self._session, []) if told.method == method]

    @property
    def complaints(self) -> list[str]:
        """What the page threw, and what its console has of errors and warnings, but for what is `forgiven`."""
        thrown = [str(told["exceptionDetails"]) for told in self.told("Runtime.exceptionThrown")]
        logged = [str(told["entry"]) for told in self.told("Log.entryAdded") if told["entry"]["level"] != "info"]
        written = [str(told) for told in self.told("Runtime.consoleAPICalled") if told["type"] in {"error", "warning"}]
        return [each for each in thrown + logged + written if self.forgiven not in each]

    @property
    def requests(self) -> list[str]:
        """The URLs that the page has asked for."""
        return [told["request"]["url"] for told in self.told("Network.requestWillBeSent")]

    def _mouse(self, element: str, *presses: str) -> None:
        place = self.run(
            f"(() => {{ const it = {element}; it.scrollIntoView({{block: 'center'}});"
            " const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        at = {"x": place[0], "y": place[1]}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **at)
        for press in presses:
            self.call("Input.dispatchMouseEvent", type=press, button="left", clickCount=1, **at)


@contextmanager
def running(program: str) -> Iterator[Browser]:
    """Start a browser, and end it in the end."""
    their_commands, commands = os.pipe()
    answers, their_answers = os.pipe()
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        line = f'exec "$@" 3</dev/fd/{their_commands} 4>/dev/fd/{their_answers}'
        process = subprocess.Popen(
            ["/bin/sh", "-c", line, "sh", program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(their_commands, their_answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_commands)
        os.close(their_answers)
        browser = Browser(commands, answers)
        try:
            yield browser
            browser.call("Browser.close")
        finally:
            os.close(commands)
            os.close(answers)
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
