"""The worked examples of the plan language, on the wire: each does what it says, and a new one must be added here."""

from collections.abc import Mapping
from typing import Final

import msgspec
import pytest

from mock_server.core.plans import EXAMPLES, KINDS, Match, read_words, write_plans
from mock_server.core.plans.bodies import HTML_PAGE
from mock_server.http.connection import Connection
from tests.wire.bodies import corrupted
from tests.wire.checks import (
    ABSENT,
    Case,
    Check,
    closed,
    crowded,
    fetched,
    jittered,
    life,
    lost,
    members,
    rated,
    refused,
    seen,
    unchanged,
    unknown,
)
from tests.wire.conftest import LONG, Universe

PACE: Final = "task waits=10; task runs=100"
"""How tasks go where the example does not say it: the work begins after 10 seconds, and takes 100."""

OTHER: Final = "task-unified-1757169743-00000000"

SHORTER: Final = 19.04
"""What 5 seconds of input and 3 of output cost, of which 5 were asked for: 8 seconds at 2.38 credits."""

EXPECTED: Final[Mapping[str, tuple[str, Check]]] = {
    "answer 503 retry-after=2 on=create times=2": ("create", refused("503 Service Unavailable", retry_after="2")),
    "answer 500 phase=after on=create nth=1": ("create", refused("500 Internal Server Error")),
    "answer 402 on=create task=4+": ("create", refused("402 Payment Required")),
    "answer 401 nth=9+": ("credits", refused("401 Unauthorized")),
    "answer 401 after=60": ("credits", refused("401 Unauthorized")),
    'answer 403 on=create fields.prompt={"contains":"cat"}': ("create", refused("403 Forbidden")),
    "answer 404 on=query nth=1-3 each=task": ("query", refused("404 Not Found")),
    'answer 502 text="Bad gateway" content-type=text/html': (
        "list",
        seen("HTTP/1.1 502 Bad Gateway", body=lambda _: b"Bad gateway", content_type="text/html"),
    ),
    'answer 200 json={"error":{"code":500}} on=query': ("query", seen(body=lambda _: b'{"error":{"code":500}}')),
    "answer 418": ("credits", refused("418 I'm a Teapot")),
    "answer 204 on=query": (
        "query",
        seen("HTTP/1.1 204 No Content", body=lambda _: b"", content_length=ABSENT, content_type=ABSENT),
    ),
    "answer 307 headers.location=/v1/tasks on=list": (
        "list",
        seen("HTTP/1.1 307 Temporary Redirect", body=lambda _: b"", location="/v1/tasks"),
    ),
    "answer 429 retry-after=0": ("credits", refused("429 Too Many Requests", retry_after="0")),
    "answer 429 retry-after=-1": ("credits", refused("429 Too Many Requests", retry_after="-1")),
    "answer 429 retry-after=1.5": ("credits", refused("429 Too Many Requests", retry_after="1.5")),
    "answer 429 retry-after=soon": ("credits", refused("429 Too Many Requests", retry_after="soon")),
    "answer 429 retry-after=31536000": ("credits", refused("429 Too Many Requests", retry_after="31536000")),
    "answer 429 retry-after=date+30": (
        "credits",
        refused("429 Too Many Requests", retry_after="Sat, 06 Sep 2025 14:42:53 GMT"),
    ),
    "answer 429 retry-after=date-30": (
        "credits",
        refused("429 Too Many Requests", retry_after="Sat, 06 Sep 2025 14:41:53 GMT"),
    ),
    "answer 429 retry-after=2,60": ("credits", refused("429 Too Many Requests", retry_after=["2", "60"])),
    "head without=content-type on=query": ("query", seen(content_type=ABSENT)),
    "head headers.date=date-3600": ("query", seen(date="Sat, 06 Sep 2025 13:42:23 GMT")),
    "head status=202 on=query": ("query", seen("HTTP/1.1 202 Accepted")),
    "head headers.cache-control=max-age=600 headers.age=599": ("list", seen(cache_control="max-age=600", age="599")),
    "body truncated:80 on=query chance=10%": ("query", seen(body=lambda body: body[: len(body) * 4 // 5])),
    "body html on=query nth=2": ("query", seen(body=lambda _: HTML_PAGE, content_type="text/html; charset=utf-8")),
    "body padded:5000000 on=list": ("list", seen(body=lambda body: body + b" " * 5_000_000)),
    "body too-long on=query": ("query", seen(end="FIN", connection="close")),
    "body set.results=null on=query": ("query", members(results=None, status="completed")),
    "body without=status,usage.billing_rule on=query": (
        "query",
        members(status=ABSENT, usage__billing_rule=ABSENT, usage=lambda usage: len(usage) > 0),
    ),
    'body set.progress="half" set.extra=1 on=query': ("query", members(progress="half", extra=1)),
    "framing bad-chunk on=query times=1": (
        "query",
        seen(end="FIN", body=None, transfer_encoding="chunked", content_length=ABSENT),
    ),
    "framing provisional:20": ("query", seen()),
    "framing huge-header:100000 on=credits": ("credits", seen(x_mock_padding="x" * 100_000)),
    "delay 2 on=create": ("create", seen(body=None, waits=[2])),
    "delay 100ms jitter=400ms": ("credits", jittered),
    "delay 5 in-head on=query": ("query", seen(end="FIN", waits=[5 / 7] * 7)),
    "delay 3 before-body on=query": ("query", seen(waits=[3])),
    "delay 30 in-body pieces=60 on=result": ("result", seen(waits=[30 / 59] * 59)),
    "disconnect on=create nth=1": ("create", lost(created=True)),
    "disconnect phase=before on=create nth=1": ("create", lost(created=False)),
    "disconnect in-body reset on=query chance=10%": (
        "query",
        seen(end="RST", body=lambda body: body[: len(body) // 2]),
    ),
    "disconnect in-head offset=12 on=query": ("query", seen("HTTP/1.1 200", end="FIN", body=lambda _: b"")),
    "disconnect after-head half-close": ("credits", seen(end="half-closed", body=lambda _: b"")),
    "disconnect after-response reset": ("credits", seen(end="RST")),
    "stall in-body percent=90 on=result": (
        "result",
        seen(end="silence", body=lambda body: body[: len(body) * 9 // 10]),
    ),
    "reads unknown-for=5": ("query", unknown),
    "reads behind=30": ("query", life((35, {"status": "pending"}), (45, {"status": "processing"}))),
    "reads behind=30 nth=2n each=task": ("query", life((139, {"status": "processing"}))),
    "limit requests=60": ("credits", rated),
    "limit tasks=2": ("create", crowded),
    "limit closed-models": ("create", closed),
    "fail=content_policy_violation at=60%": (
        "query",
        life((30, {"status": "processing"}), (109, {"error__code": "content_policy_violation", "status": "failed"})),
    ),
    "cancel at=95%": ("query", life((90, {"status": "processing"}), (109, {"status": "cancelled"}))),
    "task outcome=completed at=10%": ("query", life((12, {"status": "processing"}), (60, {"status": "completed"}))),
    "fail=service_error at=0 waits=0": ("query", life((1, {"status": "failed", "error__code": "service_error"}))),
    "task stuck=42%": ("query", life((60, {"progress": 42}), (86_400, {"progress": 42, "status": "processing"}))),
    "task slower=10": ("query", life((LONG, {"status": "processing"}))),
    "task waits=0 runs=0": ("query", life((1, {"status": "completed"}))),
    "task waits=5m": ("query", life((299, {"status": "pending"}), (301, {"status": "processing"}))),
    "task runs=90": ("query", life((99, {"status": "processing"}), (101, {"status": "completed"}))),
    "task estimate=5": ("query", life(created={"task_info__estimated_time": 5})),
    "task length=3": (
        "query",
        life((200, {"usage__credits_used": SHORTER}), created={"usage__credits_reserved": 23.8}),
    ),
    "task progress=regressing progress-from=70": (
        "query",
        life((50, {"progress": lambda shown: shown > 30}), (90, {"progress": lambda shown: shown < 30})),
    ),
    "task progress=overflowing": ("query", life((109, {"progress": lambda shown: shown > 100}))),
    "task progress=missing": ("query", life((50, {"progress": ABSENT, "status": "processing"}))),
    "task progress=null": ("query", life((50, {"progress": None}))),
    "task progress=text": ("query", life((50, {"progress": lambda shown: isinstance(shown, str)}))),
    "task shows.status=paused during=processing": (
        "query",
        life((5, {"status": "pending"}), (50, {"status": "paused"})),
    ),
    "task results=missing": ("query", life((200, {"status": "completed", "results": ABSENT}))),
    "task results=empty": ("query", life((200, {"status": "completed", "results": []}))),
    "fail=unknown_error results=always": ("query", life((200, {"status": "failed", "results": lambda links: links}))),
    "task shows.model=another-model": ("query", life((50, {"model": "another-model"}))),
    f"task shows.id={OTHER}": ("query", life(created={"id": OTHER})),
    "task hides=task_info.can_cancel": (
        "query",
        life((50, {"task_info__can_cancel": ABSENT, "task_info": lambda info: isinstance(info, dict)})),
    ),
    "link expires:60": (
        "result",
        fetched("link expires", "HTTP/1.1 403 Forbidden", lambda _: b"This link has expired\n"),
    ),
    "link redirect origin=http://127.0.0.1:9000": ("result", fetched("link redirect", "HTTP/1.1 302 Found")),
    "link status:404": ("result", fetched("link status", "HTTP/1.1 404 Not Found")),
    "link html": ("result", fetched("link html", body=lambda _: HTML_PAGE, content_type="text/html; charset=utf-8")),
    "link corrupted; link no-range": ("result", fetched("link corrupted, link no-range", body=corrupted)),
    "link slow:30": ("result", fetched("link slow", body=unchanged, waits=19)),
}
"""To each example the operation that is looked at, and what is seen. Those of callbacks: tests/callbacks."""

AT_ONCE: Final = Match()
WORDS: Final = [each.words for name in KINDS for each in EXAMPLES[name] if "callback" not in each.words]


@pytest.mark.parametrize("words", WORDS)
def test_an_example(universe: Universe, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """It is seen as it says, where it strikes; when it strikes is a matter of matching."""
    waits: list[float] = []

    async def pause(_: Connection, seconds: float) -> None:
        waits.append(seconds)

    async def lost_within(self: Connection, seconds: float) -> bool:
        waits.append(seconds)
        return self.lost

    monkeypatch.setattr(Connection, "pause", pause)
    monkeypatch.setattr(Connection, "lost_within", lost_within)
    operation, check = EXPECTED[words]
    true = universe.ask(operation, to_end=False)
    pace = () if "slower" in words else read_words(PACE)
    plans = [msgspec.structs.replace(plan, match=Match(operation=plan.match.operation)) for plan in read_words(words)]
    universe.control("PUT", "plans", {"plans": write_plans((*plans, *pace))})
    waits.clear()
    check(Case(universe, operation, true, waits))


def test_every_example_is_there() -> None:
    """What is expected is expected of an example, and there are examples of every kind."""
    assert EXPECTED.keys() == set(WORDS)
    assert EXAMPLES.keys() == KINDS.keys()
