"""Traffic made by hand: what a client asked and was answered, told one after the other, by a clock of their own."""

import json
from collections.abc import Mapping
from typing import Any, Final

from contracts.recording import ClientRecord, Event, Exchange, Happening, Reported, View, fingerprint
from contracts.rules import ALL_RULES
from contracts.verdict import Finding, Grade, Outcome, judge
from tests.invariants.stories import CAT, DOG, ERROR, HOOK, LINK, ORIGIN, START, VIDEO, name, shown, wanted
from tests.rules.said import SAID
from tests.serving import CREATE

__all__ = [
    "CAT",
    "DOG",
    "ERROR",
    "HOOK",
    "KEY",
    "LINK",
    "ORIGIN",
    "START",
    "VIDEO",
    "Traffic",
    "name",
    "shown",
    "wanted",
]

KEY: Final = fingerprint("sk-first")
"""The client's key as it stands in a record."""


class Traffic:
    """What a client did, in the order in which it is told. Each exchange takes a tenth of a second unless it says else.

    `headers` and `told` change the usual headers of a request and of its answer; one that is to be None is left out. A
    body as bytes goes as it is. An answer that was lost has `status=None, error="..."`, one that was cut only an
    `error`. Everything else is as of `Exchange`; `at` begins it earlier or later than now, `took` is how long it takes.
    """

    def __init__(self, **frame: Any) -> None:
        self.now = START
        self._frame = {"view": View(sees=frozenset({"keys"})), **frame}
        self._exchanges: list[Exchange] = []
        self._received: list[Exchange] = []
        self._events: list[Event] = []
        self._reported: list[Reported] = []

    @property
    def record(self) -> ClientRecord:
        """What was told so far."""
        return ClientRecord(
            exchanges=tuple(self._exchanges),
            received=tuple(self._received),
            events=tuple(self._events),
            reported=tuple(self._reported),
            **self._frame,
        )

    def wait(self, seconds: float) -> "Traffic":
        """Let time pass, as a client does that sleeps."""
        self.now += seconds
        return self

    def event(self, kind: Happening = "clock", seconds: float = 0.5) -> "Traffic":
        """Have something done from outside, for so long."""
        self._events.append(Event(kind=kind, at=self.now, to=self.now + seconds))
        return self.wait(seconds)

    def report(self, outcome: Any, **facts: Any) -> "Traffic":
        """Have the client say what came of something."""
        self._reported.append(Reported(outcome=outcome, at=self.now, **facts))
        return self

    def ask(
        self,
        method: str,
        path: str,
        *,
        sent: Any = None,
        answer: Any = None,
        status: int | None = 200,
        headers: Mapping[str, str | None] = {},
        told: Mapping[str, str | None] = {},
        **facts: Any,
    ) -> "Traffic":
        """Ask something, by a path of the API or by a URL; a URL elsewhere gets no key unless `headers` have one."""
        elsewhere = "://" in path and not path.startswith(ORIGIN)
        usual: dict[str, str | None] = {"accept": "application/json", "user-agent": "cat-client/1.0"}
        usual |= {} if elsewhere else {"authorization": f"Bearer {KEY}"}
        usual |= {} if sent is None else {"content-type": "application/json"}
        self._exchanges.append(
            self._exchange(
                method=method,
                url=path if "://" in path else ORIGIN + path,
                request_headers=_pairs({**usual, **headers}),
                request_body=_bytes(sent),
                status=status,
                response_headers=_pairs({"content-type": "application/json", **told}),
                response_body=_bytes(answer),
                **facts,
            )
        )
        return self

    def create(
        self, task: str = CAT, *, asked: Mapping[str, Any] = {}, again: str | None = None, **facts: Any
    ) -> "Traffic":
        """Ask for a task, and be shown it as pending; `asked` changes the usual body, `again` is an idempotency key."""
        answer = facts.pop("answer", None)
        answer = shown(task, **facts.pop("changes", {})) if answer is None else answer
        headers = {"idempotency-key": again, **facts.pop("headers", {})}
        sent = facts.pop("sent", None)
        body = wanted(**asked) if sent is None else sent
        return self.ask("POST", CREATE, sent=body, answer=answer, headers=headers, **facts)

    def refuse(self, status: int | None, *, task: str | None = None, **facts: Any) -> "Traffic":
        """Be refused: a create, or with `task` a poll; `None` for no answer at all."""
        lost = {} if status is not None else {"error": "the connection was lost"}
        facts = {"answer": ERROR if status is not None else b"", **facts, **lost}
        if task is None:
            return self.create(status=status, **facts)
        return self.poll(task=task, status_code=status, **facts)

    def poll(self, shows: str = "processing", *, task: str = CAT, **facts: Any) -> "Traffic":
        """Ask for a task's state, and be shown it with a status; `status_code` is HTTP's, `changes` are the body's."""
        answer = facts.pop("answer", None)
        answer = shown(task, shows, **facts.pop("changes", {})) if answer is None else answer
        status = facts.pop("status_code", 200)
        return self.ask("GET", f"/v1/tasks/{task}", answer=answer, status=status, **facts)

    def download(self, link: str = LINK, **facts: Any) -> "Traffic":
        """Fetch a result."""
        facts = {"answer": b"video", "told": {"content-type": "video/mp4"}, **facts}
        return self.ask("GET", link, **facts)

    def hear(self, body: Any, *, url: str = HOOK, status: int | None = 200, **facts: Any) -> "Traffic":
        """Be called back, and answer that."""
        headers = {"content-type": "application/json", **facts.pop("headers", {})}
        self._received.append(
            self._exchange(
                method=facts.pop("method", "POST"),
                url=url,
                request_headers=_pairs(headers),
                request_body=_bytes(body),
                status=status,
                response_headers=_pairs(facts.pop("told", {})),
                response_body=_bytes(facts.pop("answer", None)),
                **facts,
            )
        )
        return self

    def _exchange(self, **facts: Any) -> Exchange:
        start = facts.pop("at", self.now)
        end = start + facts.pop("took", 0.1)
        self.now = max(self.now, end + 0.01)
        number = len(self._exchanges) + len(self._received) + 1
        return Exchange(number=number, started_at=start, ended_at=end, **facts)


def _pairs(headers: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers.items() if value is not None)


def _bytes(body: Any) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    return json.dumps(body).encode()


def outcome(rule: str, traffic: Traffic) -> Outcome[ClientRecord]:
    """Return what one rule says of traffic, once its words are found to be those of `said.txt`."""
    came = judge([each for each in ALL_RULES if each.id == rule], traffic.record).outcomes[0]
    for finding in came.findings:
        SAID.check(rule, finding)
    return came


def check_good(rule: str, traffic: Traffic) -> None:
    """Have traffic put a rule to the test, and the rule find nothing."""
    came = outcome(rule, traffic)
    assert (came.findings, came.error) == ((), None)
    assert came.grade is Grade.PASS


def check_untested(rule: str, traffic: Traffic) -> None:
    """Have traffic put a rule to no test."""
    came = outcome(rule, traffic)
    assert (came.findings, came.error) == ((), None)
    assert came.grade is Grade.UNTESTED


def check_error(rule: str, traffic: Traffic, told: str) -> None:
    """Have a rule say of traffic that it cannot judge the client, for a fault that is not the client's."""
    came = outcome(rule, traffic)
    assert came.grade is Grade.ERROR
    assert told in (came.error or "")


def check_broken(rule: str, traffic: Traffic, expected: str, seen: str) -> Finding:
    """Have a rule find something in traffic, and say so in these words."""
    came = outcome(rule, traffic)
    assert came.error is None
    assert came.findings
    finding = came.findings[0]
    assert expected in finding.expected
    assert seen in finding.seen
    assert finding.exchanges
    assert KEY not in f"{finding.subject}{finding.expected}{finding.seen}"
    return finding
