"""One universe of a server as the machine has it: the ways to it, what is known of it, and what the rules say."""

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import msgspec
from hypothesis.stateful import RuleBasedStateMachine

from contracts.invariants import RULES
from contracts.recording import Exchange, Listener, Recorder
from contracts.recording.lifecycle import TERMINAL, TRANSITIONS, may_become
from contracts.verdict import Grade, Level, judge
from tests.machine.hooks import CUT, ORIGIN
from tests.machine.servers import CREDITS, Server

KEYS: Final = ("sk-machine-ada", "sk-machine-grace")


class Known(msgspec.Struct):
    """A task as the model knows it: what it cost when it ended, else what is set aside for it."""

    key: str
    status: str
    held: float


class Universe(RuleBasedStateMachine):
    """One universe of a server, and what is known of it.

    Each run has one of the same name, and so of the same luck; its number is in the URLs of its callbacks, of which
    some are under way when it ends.

    `at_once` says whether the server can be called by several threads, `restarts` how often it is begun anew; `steps`
    and `exposures` (by rule) are counted over all runs of a class.
    """

    server: ClassVar[Server]
    at_once: ClassVar[bool]
    restarts: ClassVar[int]
    steps: ClassVar[int]
    exposures: ClassVar[Counter[str]]
    numbers: ClassVar[Iterator[int]] = itertools.count(1)
    universe: ClassVar[str] = "machine"

    def __init__(self) -> None:
        super().__init__()
        self.number = str(next(self.numbers))
        self.known: dict[str, Known] = {}
        self.stored: dict[str, set[str]] = {key: set() for key in KEYS}
        self.now = 0.0
        self.count = 0
        self.restarted = 0
        self.turn = itertools.count()

    def client(self) -> Any:
        """Return a client; the processes take turns."""
        return self.server.clients[next(self.turn) % len(self.server.clients)]

    def ask(self, key: str, method: str, path: str, **options: Any) -> Exchange:
        """Call the API, and look at what is shown of tasks."""
        headers = {"authorization": f"Bearer {key}", "x-mock-universe": self.universe, **options.pop("headers", {})}
        return self.recorder.call(self.client(), method, path, headers=headers, **options)

    def control(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Do something that no client can."""
        headers = {"x-mock-universe": self.universe}
        answer = self.client().post(f"/_mock/{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    def move(self, **change: Any) -> None:
        """Move the clock, and note the callbacks that came meanwhile."""
        with self.recorder.happening("clock"):
            status, clock = self.control("clock", change)
            assert status == 200, clock
            self.now = clock["now"]
            self.hear()

    def hear(self) -> None:
        """Note what came."""
        for came in self.server.hooks.take():
            if came.path.split("/")[2] == self.number:
                self.recorder.receive(
                    self.recorder.begin(),
                    method="POST",
                    url=f"{ORIGIN}{came.path}",
                    request_headers=came.headers,
                    request_body=came.body,
                    status=came.status,
                    error=CUT if came.status is None else None,
                )

    def see(self, task: str, body: dict[str, Any]) -> None:
        """Hold what is shown of a task against what is known of it."""
        known, status = self.known[task], body["status"]
        assert status in TRANSITIONS
        assert may_become({known.status}, {status}), f"{task} went from {known.status} to {status}"
        known.status = status
        if status in TERMINAL:
            known.held = body["billing"]["charged_credits"]

    def hook(self, word: str | None) -> dict[str, str]:
        """Return the callback URL of a new task."""
        self.count += 1
        return {} if word is None else {"callback_url": f"{ORIGIN}/{word}/{self.number}/{self.count}"}

    def left(self, key: str) -> float:
        """Return the most that can be left on an account."""
        return CREDITS - sum(known.held for known in self.known.values() if known.key == key)

    def begin(self) -> None:
        """Begin a universe whose clock stands still, and a record of it; the one before ends."""
        self.client().delete(f"/_mock/universes/{self.universe}")
        _, clock = self.control("clock", {"mode": "frozen"})
        self.now = clock["now"]
        self.server.hooks.take()
        self.recorder = Recorder(lambda: self.now, listeners=[Listener(origin=ORIGIN)], pace=0.0, skew=1.0)

    def judge(self) -> None:
        """Hold the whole record against all rules, those that do not bind too."""
        verdict = judge(RULES, self.recorder.record, binding=tuple(Level))
        for outcome in verdict.outcomes:
            self.exposures[outcome.rule.id] += outcome.exposures
        bad = verdict.of(Grade.FAIL, Grade.ERROR)
        assert not bad, "\n".join(f"{each.rule.id}: {each.error or each.findings}" for each in bad)
