"""What a probe works with: a server, the record of what it does, keys, a clock, and receivers of callbacks."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx2

from contracts.probes.crowd import Crowd
from contracts.probes.hooks import Hooks
from contracts.probes.lengths import film_seconds
from contracts.probes.means import Access, Means, ProbeError, Unanswered
from contracts.probes.orders import CREATE, order
from contracts.recording.exchange import Exchange
from contracts.recording.lifecycle import TERMINAL
from contracts.recording.recorder import Recorder
from contracts.recording.timing import retry_after
from mock_server.client import Control

_LONGEST_WAIT: Final = 120.0
"""For how many seconds a server may ask to be left alone."""

_MARGIN: Final = 0.001
"""How many seconds later than it may one comes back: what is noted of a clock that stands still is microseconds off."""

_TRIES: Final = 3
_PATIENCE: Final = 1_800.0
"""For how many seconds a task may take."""

_LOOK_SECONDS: Final = 5.0
_STEP_SECONDS: Final = 0.5
"""How far a clock is moved at once where somebody listens, so that it is known when a callback came."""

_DIGITS: Final = 6
"""To which digit of a second a simulator's clock can be moved."""

_FAR: Final = 20.0
"""From how many seconds on it does not matter when a callback comes."""

_PLACEHOLDER: Final = "placeholder"
_SHOWN: Final = 80


class Session:
    """One visit to a server, with one record.

    Args:
        access: How the server is reached.
        means: What else there is to work with.
        frozen_at: What a clock stands at that only this session moves; None if the time is real.
        behind: By how many seconds the server's real time is behind ours.
        restart: Restarts the server, and returns how it is reached then; None if nobody can.
        sleep: Lets real time pass.
    """

    def __init__(
        self,
        access: Access,
        means: Means,
        *,
        frozen_at: float | None = None,
        behind: float = 0.0,
        restart: Callable[[], Access] | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.means: Final = means
        self._crowd = Crowd()
        self._enter(access)
        self._time = frozen_at
        self._behind = behind
        self._restart = restart
        self._sleep = sleep
        self._count = 0
        self._listens = False
        pace = 1.0 if frozen_at is None else 0.0
        listeners = [each.listener for each in means.hooks]
        self.recorder: Final = Recorder(
            self.now, listeners=listeners, pace=pace, alone=means.alone, contract=means.contract
        )
        for each in means.hooks:
            each.tell(self.recorder)

    def now(self) -> float:
        """Return the time by which everything is recorded, in seconds since the epoch."""
        return time.time() - self._behind if self._time is None else self._time

    @property
    def control(self) -> Control:
        """The simulator's control API."""
        assert self._access.control is not None, "the probe needs a control API"  # noqa: S101 - it says so
        return self._access.control

    @property
    def simulated(self) -> bool:
        """Whether there is a control API."""
        return self._access.control is not None

    @property
    def key(self) -> str:
        """The key of the first account."""
        return self.means.keys[0]

    @property
    def other_key(self) -> str:
        """The key of the second account."""
        return self.means.keys[1]

    def hooks(self, *, trusted: bool = True, internal: bool = False) -> Hooks:
        """Return where callbacks of a kind are listened for; from now on it is noted when one comes."""
        self._listens = True
        kinds = [(each.listener.trusted, each.listener.internal) for each in self.means.hooks]
        return self.means.hooks[kinds.index((trusted, internal))]

    def call(self, method: str, path: str, *, key: str | None = "", **options: Any) -> Exchange:
        """Ask for something, whatever comes of it.

        Args:
            method: The method.
            path: The path, or a whole URL.
            key: The key that is sent: the first account's if left out, none if None.
            options: As `httpx2.Client.request` has them.

        Raises:
            ProbeError: The server gave a link that is no URL.
        """
        carried = {} if key is None else {"authorization": f"Bearer {key or self.key}"}
        headers = {**carried, **options.pop("headers", {})}
        try:
            return self.recorder.call(self._access.client, method, path, headers=headers, **options)
        except httpx2.InvalidURL as error:
            raise ProbeError(f"{path[:_SHOWN]!r} is no URL: {error}") from error

    def stall(self, path: str, pieces: Iterator[bytes]) -> None:
        """Post a body as slowly as its pieces come, whatever comes of it; it is not recorded."""
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        with suppress(httpx2.HTTPError):
            self._access.client.post(path, content=pieces, headers=headers)

    def ask(self, method: str, path: str, *, key: str | None = "", **options: Any) -> Exchange:
        """Ask for something; one who is told to come back later does so.

        Raises:
            Unanswered: No whole answer came.
        """
        for _ in range(_TRIES):
            answer = self.call(method, path, key=key, **options)
            if answer.error is not None:
                raise Unanswered(f"{method} {answer.path} was not answered: {answer.error}")
            told = retry_after(answer) if answer.status == HTTPStatus.TOO_MANY_REQUESTS else None
            wait = None if told is None else told.pause
            if wait is None or wait > _LONGEST_WAIT:
                break
            self.wait(wait + _MARGIN)
        return answer

    def read(self, method: str, path: str, *, key: str | None = "", **options: Any) -> dict[str, Any]:
        """Ask for something, and return the object that is answered.

        Raises:
            ProbeError: No answer came, or none that tells anything.
        """
        answer = self.ask(method, path, key=key, **options)
        if not answer.succeeded or not isinstance(answer.answered, dict):
            raise ProbeError(f"{method} {answer.path} was answered with {answer.status}, and no object")
        found: dict[str, Any] = answer.answered
        return found

    def order(self, **changes: Any) -> dict[str, Any]:
        """Return the body of a request for a task (see `orders.order`)."""
        return order(self.means.videos, **changes)

    def submit(self, *, key: str | None = "", again: str | None = None, **changes: Any) -> Exchange:
        """Ask for a task, whatever comes of it; `again` is the idempotency key.

        Raises:
            Unanswered: No whole answer came.
        """
        headers = {} if again is None else {"idempotency-key": again}
        return self.ask(CREATE.method, CREATE.path, key=key, headers=headers, json=self.order(**changes))

    def create(self, *, key: str | None = "", **changes: Any) -> str:
        """Create a task and return its id.

        Raises:
            ProbeError: None was created.
        """
        answer = self.submit(key=key, **changes)
        name = answer.answered.get("id") if answer.succeeded and isinstance(answer.answered, dict) else None
        if not isinstance(name, str):
            raise ProbeError(f"POST {CREATE.path} was answered with {answer.status}, and no id of a task")
        return name

    def look(self, task: str, *, key: str | None = "") -> Exchange:
        """Ask for a task.

        Raises:
            Unanswered: No whole answer came.
        """
        return self.ask("GET", _path(task), key=key)

    def follow(self, task: str, *, until: frozenset[str] = TERMINAL, key: str | None = "") -> dict[str, Any]:
        """Look at a task again and again until it has one of these statuses, and return how it is shown then.

        Raises:
            ProbeError: It cannot be seen, or takes too long.
        """
        return next(body for body in self.watch(task, key=key) if body.get("status") in until)

    def watch(self, task: str, *, key: str | None = "") -> Iterator[dict[str, Any]]:
        """Look at a task now and then, for as long as somebody wants to know.

        Raises:
            ProbeError: It cannot be seen, or takes too long.
        """
        since = self.now()
        while self.now() <= since + _PATIENCE:
            yield self.read("GET", _path(task), key=key)
            self.wait(_LOOK_SECONDS)
        raise ProbeError(f"the task {task} did not end within {_PATIENCE:g} s")

    def balance(self, *, key: str | None = "") -> float | None:
        """Read what is left on an account; None if the server does not say.

        Raises:
            Unanswered: No whole answer came.
        """
        answer = self.ask("GET", "/v1/credits", key=key)
        found: Any = answer.answered if answer.succeeded else None
        for name in ("data", "user", "remaining_credits"):
            found = found.get(name) if isinstance(found, dict) else None
        return float(found) if isinstance(found, int | float) else None

    def open_account(self, amount: float) -> str:
        """Open one more account with so many credits, and return its key; the simulator gives them."""
        self._count += 1
        key = f"{self.key}-{self._count}"
        with self.by_hand() as control:
            control.change_account(key=key, credits=amount)
        return key

    @contextmanager
    def by_hand(self) -> Iterator[Control]:
        """Do something past the API, and note that."""
        with self.recorder.happening("hand"):
            yield self.control

    def wait(self, seconds: float) -> None:
        """Let time pass: a clock that stands still is moved, in small steps if a callback may come on the way."""
        if self._time is None:
            self._sleep(seconds)
            return
        ends = round(self._time + seconds, _DIGITS)
        step = _STEP_SECONDS if self._listens and seconds <= _FAR else seconds
        while self._time < ends:
            with self.recorder.happening("clock"):
                self._time = self.control.change_clock(advance=min(step, ends - self._time)).now

    def wait_until(self, done: Callable[[], bool], seconds: float) -> None:
        """Let time pass until something is so, or so many seconds have passed."""
        ends = self.now() + seconds
        while not done() and self.now() < ends:
            self.wait(_STEP_SECONDS)

    def restart(self) -> None:
        """Restart the server."""
        assert self._restart is not None, "the probe needs a restart"  # noqa: S101 - it says so
        with self.recorder.happening("restart"):
            self._enter(self._restart())

    def _enter(self, access: Access) -> None:
        self._access = access
        self._crowd.attend(access.client)

    def together(self, *works: Callable[[], object]) -> None:
        """Do things at the same time.

        Raises:
            ProbeError: One of them cannot be done.
        """
        self._crowd.run(*works)

    def fetch(self, link: str, headers: Mapping[str, str] = {}) -> Exchange:
        """Fetch a result by its link, without a key, and note how long the film is if all of it came.

        Raises:
            Unanswered: No whole answer came.
        """
        answer = self.ask("GET", link, key=None, headers=headers)
        whole = answer.status == httpx2.codes.OK and answer.response_header("x-mock-media") != _PLACEHOLDER
        seconds = film_seconds(answer.response_body) if whole else None
        if seconds is not None:
            self.recorder.media[link] = seconds
        return answer


def _path(task: str) -> str:
    return f"/v1/tasks/{quote(task, safe='')}"
