"""Reports as tests of their writers need them: rules of every grade over a record of any kind, and hostile texts."""

from collections.abc import Iterator
from typing import Any, Final

from contracts.recording.exchange import Exchange
from contracts.report.verdicts import Allowance, Report
from contracts.verdict import Finding, Ground, Level, Rule, judge

TASK: Final = "task-unified-1757169743-7cvnl5zw"
"""The task of the record."""

PROMPT: Final = "A walrus that nobody may know about"
"""The prompt of the request that created it."""

KEY: Final = "sk-a-very-secret-key"
"""A key that was not masked when it was recorded."""

EVIL: Final = "</pre></style><script>alert('1')</script>\"><img src=x>&amp;]]>\x1b[31m\x00\r\n::error::x%0A\u202e\udc80"
"""A text that tries to be markup, a command, a colour, and what no XML and no UTF-8 can hold."""

BEGAN: Final = 1_757_169_743.0
"""When the record begins: 2025-09-06T14:42:23Z."""


def exchange(number: int, **facts: Any) -> Exchange:
    """Return a poll of the task, but for these facts."""
    given: dict[str, Any] = {
        "number": number,
        "started_at": BEGAN + number,
        "ended_at": BEGAN + number + 0.25,
        "method": "GET",
        "url": f"https://api.evolink.ai/v1/tasks/{TASK}",
        "request_headers": (("authorization", "Bearer key-1a2b3c4d"), ("user-agent", "a client")),
        "status": 200,
        "response_headers": (("content-type", "application/json"),),
        "response_body": b'{"id": "%s", "progress": 30}' % TASK.encode(),
    }
    return Exchange(**{**given, **facts})


def creation(number: int, **facts: Any) -> Exchange:
    """Return the request that created the task, but for these facts."""
    body = f'{{"model": "wan2.6-reference-video-flash", "prompt": "{PROMPT}"}}'
    given: dict[str, Any] = {
        "method": "POST",
        "url": "https://api.evolink.ai/v1/videos/generations",
        "request_headers": (("authorization", f"Bearer {KEY}"), ("content-type", "application/json")),
        "request_body": body.encode(),
    }
    return exchange(number, **{**given, **facts})


def callback(number: int, **facts: Any) -> Exchange:
    """Return a callback of the task, but for these facts."""
    given: dict[str, Any] = {
        "method": "POST",
        "url": "https://hooks.example.com/evolink",
        "request_headers": (("content-type", "application/json"),),
        "request_body": b'{"id": "%s", "status": "completed"}' % TASK.encode(),
        "response_headers": (),
        "response_body": b"",
    }
    return exchange(number, **{**given, **facts})


def finding(*exchanges: int, **facts: Any) -> Finding:
    """Return a finding on the task that these exchanges show."""
    given: dict[str, Any] = {"subject": TASK, "expected": "progress of at least 40", "seen": "30"}
    return Finding(**{**given, "exchanges": exchanges, **facts})


def rule(name: str, *examined: Finding | None, **facts: Any) -> Rule[None]:
    """Return a rule that yields this."""

    def check(_: None) -> Iterator[Finding | None]:
        yield from examined

    return Rule(**{"id": name, "title": f"What {name} wants holds.", "check": check, **facts})


def broken_rule(name: str) -> Rule[None]:
    """Return a rule that fails itself."""

    def check(_: None) -> Iterator[Finding | None]:
        yield None
        raise LookupError(f"a task of {name} is not there")

    return Rule(id=name, title=f"What {name} wants holds.", check=check)


def report(*rules: Rule[None], allowed: tuple[str, ...] = (), **facts: Any) -> Report:
    """Return a report on these rules."""
    given: dict[str, Any] = {
        "title": "The server's contract",
        "target": "https://api.evolink.ai",
        "verdict": judge(rules, None, allowed=allowed),
        "started_at": BEGAN,
        "tool_version": "1.2.3",
    }
    return Report(**{**given, **facts})


def full_report(**facts: Any) -> Report:
    """Return a report with a rule of each grade, an exchange of each kind, and a baseline that is out of date."""
    rules = (
        rule("M1", None),
        rule("L4", None, finding(1, 2, 9), finding(2, 3, seen="10"), **_explained()),
        rule("P2", finding(2, subject=""), level=Level.SHOULD, ground=Ground.RFC),
        rule("K7", exposure="a listener at an internal address"),
        rule("K8"),
        rule("L9", finding(2)),
        broken_rule("L5"),
    )
    given: dict[str, Any] = {
        "exchanges": (creation(1), exchange(2, status=404, faults=("slow",)), exchange(4)),
        "callbacks": (callback(3, status=None, error="the sender gave up"),),
        "artifact": "out/a b.har",
        "docs": "https://example.com/rules/",
        "allowances": (Allowance(rule="L9", reason="known until May", findings=1),),
        "stale": ("The baseline knows of P6, which passed.",),
    }
    return report(*rules, allowed=("L9",), **{**given, **facts})


def _explained() -> dict[str, Any]:
    return {
        "clauses": ("AUTH-BEARER", "NO-SUCH-CLAUSE"),
        "exposure": "a task that is queried twice",
        "advice": "Keep the highest progress that was told.",
    }


def evil_report() -> Report:
    """Return a report in which every text from outside is hostile."""
    made = exchange(
        1,
        method=EVIL,
        url=f"https://x/{EVIL}?{EVIL}={EVIL}",
        request_headers=((EVIL, EVIL),),
        response_headers=((EVIL, EVIL),),
        request_body=EVIL.encode("utf-8", "replace"),
        response_body=EVIL.encode("utf-8", "replace"),
        error=EVIL,
        faults=(EVIL,),
    )
    found = finding(1, 2, subject=EVIL, expected=EVIL, seen=EVIL)
    rules = (rule("L1", found), rule("L2", found, level=Level.SHOULD), rule("L3", found), broken_rule("L5"))
    return report(
        *rules,
        allowed=("L3",),
        title=EVIL,
        target=EVIL,
        exchanges=(made,),
        callbacks=(callback(2, request_body=EVIL.encode("utf-8", "replace")),),
        artifact=EVIL,
        allowances=(Allowance(rule="L3", reason=EVIL, findings=1),),
        stale=(EVIL,),
        shows_prompts=True,
    )
