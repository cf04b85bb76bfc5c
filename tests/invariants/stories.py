"""Records made by hand: what a checker asked and got, told one after the other, by a clock of their own."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.invariants import RULES
from contracts.recording import Event, Exchange, Happening, Listener, ServerRecord
from contracts.verdict import Finding, Grade, Outcome, judge
from tests.bodies import PENDING
from tests.serving import CREATE

START: Final = 1_757_169_743.0
ORIGIN: Final = "https://api.evolink.ai"
HOOKS: Final = "https://hooks.example.com"
HOOK: Final = f"{HOOKS}/cat"
VIDEO: Final = "https://example.com/cat.mp4"
LINK: Final = "https://files.evolink.ai/ABC/videos/2025/09/06/cat.mp4"
FIRST, OTHER = "sk-first", "sk-other"
ERROR: Final = {"error": {"code": "refused", "message": "No.", "type": "invalid_request_error"}}

Told = Callable[[], "Story"]


def name(tail: str) -> str:
    """Return the id of a task."""
    return f"task-unified-1757169743-{tail:a>8}"


CAT: Final = name("cat")
DOG: Final = name("dog")


def wanted(**changes: Any) -> dict[str, Any]:
    """Return a request for a task; a field that is to be None is left out."""
    usual = {"model": "wan2.6-reference-video-flash", "prompt": "A cat", "video_urls": [VIDEO], "duration": 5}
    return {field: value for field, value in {**usual, **changes}.items() if value is not None}


def shown(task: str = CAT, status: str = "pending", **changes: Any) -> dict[str, Any]:
    """Return the body of a task that reserved 23.8 credits; a field that is to be None is left out."""
    ended, done = status in ("completed", "failed", "cancelled"), status == "completed"
    failed = ended and not done
    body: dict[str, Any] = {
        **PENDING,
        "id": task,
        "progress": 100 if done else 40 if status == "processing" else 0,
        "status": status,
        "task_info": {"can_cancel": False} if ended else {"can_cancel": True, "estimated_time": 120},
        "billing": {
            "charge_status": "charged" if done else "released" if failed else "reserved",
            "refund_status": "completed" if failed else "not_required",
            "reserved_credits": 23.8,
            "charged_credits": 23.8 if done else 0,
            "refunded_credits": 23.8 if failed else 0,
        },
        "results": [LINK] if done else None,
        "result_data": [{"url": LINK}] if done else None,
        "error": {"code": "service_error", "message": "It failed.", "type": "task_error"} if failed else None,
    }
    return {field: value for field, value in {**body, **changes}.items() if value is not None}


def row(task: str = CAT, status: str = "processing", **changes: Any) -> dict[str, Any]:
    """Return a task as the list shows it."""
    done = status == "completed"
    usual = {"id": task, "model": "wan2.6-reference-video-flash", "type": "video", "status": status, "progress": 100}
    more = {"created_at": int(START), "has_results": done, "has_error": status in {"failed", "cancelled"}}
    progress = {} if done else {"progress": 0}
    return {field: value for field, value in {**usual, **more, **progress, **changes}.items() if value is not None}


class Story:
    """What happened, in the order in which it is told. Each exchange takes a tenth of a second unless it says else."""

    def __init__(self, **frame: Any) -> None:
        self.now = START
        self._frame = {"listeners": (Listener(origin=HOOKS),), **frame}
        self._exchanges: list[Exchange] = []
        self._received: list[Exchange] = []
        self._events: list[Event] = []

    @property
    def record(self) -> ServerRecord:
        """What was told so far."""
        return ServerRecord(
            exchanges=tuple(self._exchanges),
            received=tuple(self._received),
            events=tuple(self._events),
            **self._frame,
        )

    def wait(self, seconds: float) -> "Story":
        """Let time pass."""
        self.now += seconds
        return self

    def event(self, kind: Happening, seconds: float = 0.5) -> "Story":
        """Have something done to the server, for so long."""
        self._events.append(Event(kind=kind, at=self.now, to=self.now + seconds))
        return self.wait(seconds + 0.01)

    def ask(
        self, method: str, path: str, *, key: str | None = FIRST, sent: Any = None, answer: Any = None, **facts: Any
    ) -> "Story":
        """Ask the server; `at` begins it earlier or later than now, `took` says how long it takes."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._exchanges.append(
            self._exchange(
                method=method,
                url=path if "://" in path else ORIGIN + path,
                headers={**headers, **facts.pop("headers", {})},
                request_body=facts.pop("raw", b"" if sent is None else json.dumps(sent).encode()),
                response_body=b"" if answer is None else json.dumps(answer).encode(),
                **facts,
            )
        )
        return self

    def create(
        self, task: str = CAT, *, asked: Mapping[str, Any] = {}, again: str | None = None, **facts: Any
    ) -> "Story":
        """Ask for a task, and be shown it as pending unless `body` says else."""
        body = facts.pop("body", None) or shown(task, **facts.pop("changes", {}))
        headers = {} if again is None else {"idempotency-key": again}
        return self.ask("POST", CREATE, sent=wanted(**asked), answer=body, headers=headers, **facts)

    def refuse(self, status: int, *, asked: Mapping[str, Any] = {}, again: str | None = None, **facts: Any) -> "Story":
        """Ask for a task, and be refused."""
        headers = {} if again is None else {"idempotency-key": again}
        return self.ask("POST", CREATE, sent=wanted(**asked), answer=ERROR, status=status, headers=headers, **facts)

    def see(self, shows: str = "processing", task: str = CAT, *, asked: str | None = None, **facts: Any) -> "Story":
        """Query a task, and be shown it with a status."""
        body = facts.pop("body", None) or shown(task, shows, **facts.pop("changes", {}))
        return self.ask("GET", f"/v1/tasks/{asked or task}", answer=body, **facts)

    def list(self, *rows: Mapping[str, Any], query: str = "", **facts: Any) -> "Story":
        """List tasks."""
        body = {"object": "list", "data": rows, "total": facts.pop("total", len(rows)), "page": 1, "page_size": 20}
        return self.ask("GET", f"/v1/tasks{query}", answer=body, **facts)

    def batch(self, *bodies: Mapping[str, Any], ids: tuple[str, ...] = (CAT,), **facts: Any) -> "Story":
        """Ask for several tasks."""
        return self.ask("POST", "/v1/tasks/batch", sent={"task_ids": ids}, answer={"data": bodies}, **facts)

    def balance(self, remaining: Any, *, token: Mapping[str, Any] | None = None, **facts: Any) -> "Story":
        """Read what is left on the account."""
        user = {"remaining_credits": remaining, "used_credits": 0}
        data = {"user": user, "token": user if token is None else token}
        return self.ask("GET", "/v1/credits", answer={"success": True, "message": "", "data": data}, **facts)

    def hear(self, body: Any, *, url: str = HOOK, status: int | None = 200, **facts: Any) -> "Story":
        """Receive a callback, and answer it."""
        method, headers = facts.pop("method", "POST"), facts.pop("headers", {})
        self._received.append(
            self._exchange(
                method=method,
                url=url,
                headers=headers,
                status=status,
                request_body=body if isinstance(body, bytes) else json.dumps(body).encode(),
                **facts,
            )
        )
        return self

    def _exchange(self, *, method: str, url: str, headers: Mapping[str, str], **facts: Any) -> Exchange:
        start = facts.pop("at", self.now)
        end = start + facts.pop("took", 0.1)
        self.now = max(self.now, end + 0.01)
        told = facts.pop("told", {})
        return Exchange(
            number=len(self._exchanges) + len(self._received) + 1,
            started_at=start,
            ended_at=end,
            method=method,
            url=url,
            request_headers=tuple(headers.items()),
            response_headers=tuple(told.items()),
            status=facts.pop("status", 200),
            **facts,
        )


def outcome(rule: str, story: Story) -> Outcome[ServerRecord]:
    """Return what one rule says of a story."""
    return next(each for each in judge(RULES, story.record).outcomes if each.rule.id == rule)


def check_sound(rule: str, story: Story) -> None:
    """Have a story put a rule to the test, and no rule find anything."""
    outcomes = judge(RULES, story.record).outcomes
    found = {each.rule.id: each.findings or each.error for each in outcomes if each.findings or each.error}
    assert not found
    assert outcome(rule, story).grade is Grade.PASS


def check_untested(rule: str, story: Story) -> None:
    """Have a story put a rule to no test, which is no pass."""
    assert outcome(rule, story).grade is Grade.UNTESTED


def check_broken(rule: str, story: Story, expected: str, seen: str) -> Finding:
    """Have a rule find something in a story, and say so in these words."""
    found = outcome(rule, story)
    assert found.error is None
    assert found.findings
    finding = found.findings[0]
    assert expected in finding.expected
    assert seen in finding.seen
    assert finding.exchanges
    return finding
