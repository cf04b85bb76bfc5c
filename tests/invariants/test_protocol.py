"""P1 to P7: for each a record that keeps it, and records that break it just so."""

from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

from contracts.verdict import Grade
from tests.invariants.stories import (
    CAT,
    DOG,
    ERROR,
    LINK,
    OTHER,
    START,
    Story,
    check_broken,
    check_sound,
    check_untested,
    outcome,
    shown,
    wanted,
)
from tests.serving import CREATE
from tests.tables import by_table

MISSING = {"error": {"code": 400, "message": "No.", "type": "invalid_request_error"}}
FILE_ERROR = {"success": False, "code": 40001, "msg": "Too large"}
HUGE = b" " * (16 * 1024 * 1024)
DAY = 24 * 3600.0


def refused(path: str = "/v1/tasks/task-unified-1", status: int = 404, answer: Any = ERROR, **facts: Any) -> Story:
    """Be refused."""
    return Story().ask(facts.pop("method", "GET"), path, status=status, answer=answer, **facts)


def malformed(status: int = 400) -> Story:
    """Send what is no JSON."""
    return Story().ask("POST", CREATE, raw=b"{", status=status, answer=ERROR)


def keyless(status: int = 401, path: str = "/v1/tasks", *, method: str = "GET", **facts: Any) -> Story:
    """Ask without a key."""
    return Story().ask(method, path, key=None, status=status, answer=ERROR, **facts)


def keyless_twice(*statuses: int) -> Story:
    """Ask for a task without a key, with a body that is wrong as well."""
    story = Story()
    for status in statuses:
        story.ask("POST", CREATE, key=None, sent={}, status=status, answer=ERROR)
    return story


def stalled(**facts: Any) -> Story:
    """Ask while another connection stalls."""
    return Story().event("stall", 10).ask("GET", "/v1/models", at=START + 5, answer={"object": "list"}, **facts)


def repeated(
    task: str = CAT, *, body: Mapping[str, Any] = {}, told: Any = "true", after: float = 1, **facts: Any
) -> Story:
    """Ask twice with one key."""
    headers = {} if told is None else {"idempotency-replayed": told}
    story = Story().create(again="k").wait(after)
    return story.create(task, again="k", asked=body, told=headers, **facts)


def conflicting(status: int = 409, *, body: Mapping[str, Any] = {}, **facts: Any) -> Story:
    """Ask twice with one key, and be refused the second time."""
    return Story().create(again="k").wait(1).refuse(status, again="k", asked=body, **facts)


def fetched(status: int = 200, *, after: float = 5, headers: Mapping[str, str] = {}, **facts: Any) -> Story:
    """Fetch a result."""
    story = Story().create().see("completed").wait(after)
    return story.ask(facts.pop("method", "GET"), LINK, key=None, status=status, headers=headers, **facts)


def part(told: str | None = "bytes 0-9/100", *, size: int = 10, kind: str = "video/mp4", **facts: Any) -> Story:
    """Fetch a part of a result."""
    headers = {"content-type": kind} | ({} if told is None else {"content-range": told})
    body = {"response_body": b"x" * size}
    story = Story().create().see("completed")
    exchange = story._exchange(
        method=facts.pop("method", "GET"),
        url=LINK,
        headers={"range": "bytes=0-9"} if facts.pop("asked", True) else {},
        status=206,
        told=headers,
        **body,
    )
    story._exchanges.append(exchange)
    return story


def waited(
    seconds: float,
    status: int = 200,
    *,
    told: Mapping[str, str] = {"retry-after": "7"},
    between: bool = False,
) -> Story:
    """Be refused with 429, wait, and ask again."""
    story = Story().ask("GET", "/v1/tasks", status=429, answer=ERROR, told=told)
    if between:
        story.ask("GET", "/v1/models", answer={})
    if seconds:
        story.wait(seconds).ask("GET", "/v1/tasks", status=status, answer={} if status == 200 else ERROR, told=told)
    return story


SOUND: list[tuple[str, Callable[[], Story]]] = [
    ("P1", refused),
    ("P1", malformed),
    ("P1", lambda: refused("/v1/credits", 400, MISSING)),
    ("P1", lambda: refused("/v1/credits", 405, ERROR, method="PUT", told={"allow": "GET"})),
    ("P1", lambda: refused("/v1/credits", 418, MISSING)),
    ("P1", lambda: refused("/v1/tasks/batch", 418, ERROR, method="POST", sent={})),
    ("P1", lambda: refused("/api/v1/files/quota", 418, FILE_ERROR)),
    ("P1", lambda: refused("/api/v1/files/nowhere", 404, FILE_ERROR)),
    ("P2", lambda: refused("/v1/credits", 405, method="PUT", told={"allow": "GET, HEAD"})),
    ("P2", lambda: Story().ask("HEAD", "/v1/credits").ask("OPTIONS", "/v1/credits", status=204)),
    ("P3", keyless),
    ("P3", lambda: keyless(400, "/v1/tasks?page=0")),
    ("P3", lambda: keyless(400, "/v1/tasks/nothing")),
    ("P3", lambda: keyless(400, CREATE, method="POST", raw=b"{")),
    ("P3", lambda: keyless_twice(401, 429, 401)),
    ("P3", lambda: keyless_twice(400, 400)),
    ("P3", lambda: keyless(401, CREATE, method="POST", sent=wanted())),
    ("P4", lambda: Story().ask("POST", CREATE, raw=HUGE, status=413, answer=ERROR)),
    ("P4", lambda: Story().ask("POST", CREATE, raw=HUGE, status=None, error="hung up")),
    ("P4", stalled),
    ("P5", repeated),
    ("P5", lambda: repeated(after=100)),
    ("P5", lambda: conflicting(body={"duration": 7})),
    ("P6", fetched),
    ("P6", lambda: fetched(404, after=DAY + 100)),
    ("P6", lambda: fetched(410, after=DAY + 100)),
    ("P6", lambda: fetched(304, headers={"if-none-match": '"x"'})),
    ("P6", lambda: fetched(304, headers={"if-modified-since": "x"})),
    ("P6", lambda: fetched(416, headers={"range": "bytes=999999-"})),
    ("P6", lambda: fetched(200, headers={"range": "bytes=0-9"})),
    ("P6", part),
    ("P6", lambda: part("bytes 0-9/*")),
    ("P6", lambda: part(None, kind="multipart/byteranges; boundary=x")),
    ("P6", lambda: part(size=0, method="HEAD")),
    ("P7", lambda: waited(0)),
    ("P7", lambda: waited(7.1)),
    ("P7", lambda: waited(2, 429)),
    ("P7", lambda: waited(6.5)),
    ("P7", lambda: waited(9, 429, between=True)),
    ("P7", lambda: waited(9, told={"retry-after": formatdate(START + 7, usegmt=True), "date": formatdate(START)})),
    ("P7", lambda: waited(9, told={"retry-after": formatdate(START + 7, usegmt=True)})),
    ("P7", lambda: waited(9)),
]

BROKEN: list[tuple[str, Callable[[], Story], str, str]] = [
    ("P1", lambda: refused(answer={"detail": "Not found"}), '404 with the body {"error"', "required"),
    (
        "P1",
        lambda: refused(answer={"error": {**ERROR["error"], "code": 404}}),
        '404 with the body {"error"',
        "error.code",
    ),
    (
        "P1",
        lambda: Story().ask("GET", "/v1/nowhere", status=404),
        '404 with the body {"error"',
        "0 bytes that are no JSON",
    ),
    ("P1", lambda: refused("/api/v1/files/quota", 401), '401 with the body {"success", "code", "msg"}', "required"),
    ("P1", lambda: refused("/v1/credits", 400), "400 with the body", "error.code"),
    ("P1", lambda: refused(status=500, answer=None), "500 with the body", "no JSON"),
    ("P1", lambda: malformed(500), "400, as the body is no JSON", "500"),
    ("P1", lambda: malformed(200), "400, as the body is no JSON", "200"),
    ("P2", lambda: refused("/v1/credits", 405, method="PUT"), "an Allow header that names the methods", "None"),
    (
        "P2",
        lambda: refused("/v1/credits", 405, method="PUT", told={"allow": "GET, PUT"}),
        "PUT not among them",
        "GET, PUT",
    ),
    ("P2", lambda: Story().ask("HEAD", "/v1/credits", status=500), "an answer to HEAD", "500"),
    ("P3", lambda: keyless(200), "401, as the request has no Bearer key", "200"),
    ("P3", lambda: keyless(404), "401, as the request has no Bearer key", "404"),
    ("P3", lambda: keyless(403, headers={"authorization": "Basic x"}), "401", "403"),
    ("P3", lambda: keyless(400, CREATE, method="POST", sent=wanted()), "401", "400"),
    ("P3", lambda: keyless_twice(401, 400), "401, as for the same request before", "400"),
    ("P3", lambda: keyless_twice(400, 401), "the request's own fault, as for the same request before", "401"),
    ("P4", lambda: Story().ask("POST", CREATE, raw=HUGE, answer=shown()), "413 for 16777216 bytes", "200"),
    ("P4", lambda: Story().ask("POST", CREATE, raw=HUGE, status=500, answer=ERROR), "413", "500"),
    ("P4", lambda: stalled(error="ReadTimeout", status=None), "an answer, though another client takes", "ReadTimeout"),
    ("P5", lambda: repeated(DOG), f"task {CAT}, as for the same key before", f"task {DOG}"),
    ("P5", lambda: repeated(told=None), "Idempotency-Replayed: true", "None"),
    ("P5", lambda: repeated(DOG, body={"duration": 7}, told=None), "409, as the key was used with another body", DOG),
    ("P5", conflicting, f"task {CAT}, as key and body are the same", "409"),
    ("P5", lambda: Story().create(again="k").create(DOG, again="k", at=START), "task ", "task "),
    ("P6", lambda: fetched(after=DAY + 100), "a link that no longer works after 24 hours", "200"),
    ("P6", lambda: fetched(404), "a link that works for 24 hours", "404"),
    ("P6", lambda: fetched(416), "a link that works for 24 hours", "416"),
    ("P6", lambda: fetched(304), "the video, as no condition was set", "304"),
    ("P6", lambda: part(asked=False), "the whole video, as no range was asked for", "206"),
    ("P6", lambda: part("bytes 0-9/100", size=4), "a Content-Range of 4 bytes", "bytes 0-9/100"),
    ("P6", lambda: part(None), "a Content-Range of 10 bytes", "''"),
    ("P7", lambda: waited(0, told={}), "Retry-After with seconds or a date", "None"),
    ("P7", lambda: waited(0, told={"retry-after": "soon"}), "Retry-After with seconds or a date", "'soon'"),
    ("P7", lambda: waited(8, 429), "no 429 once 7 s have passed", "429 after 8.0 s"),
    ("P7", lambda: waited(3), "429 until 7 s have passed", "200 after 3.2 s"),
]

SILENT: list[tuple[str, Callable[[], Story]]] = [
    ("P1", lambda: refused("/somewhere", 404, None)),
    ("P1", lambda: refused("/api/v1/files/download/x", 404, None)),
    ("P1", lambda: refused(status=502, answer=None, told={"content-type": "text/html"})),
    ("P1", lambda: refused(error="cut off")),
    ("P1", lambda: Story().ask("HEAD", "/v1/credits", status=401)),
    ("P2", lambda: refused("/somewhere", 405, None)),
    ("P3", lambda: keyless(404, "/v1/nowhere")),
    ("P3", lambda: keyless(429)),
    ("P4", lambda: Story().event("stall", 1).ask("GET", "/v1/models")),
    ("P5", lambda: conflicting(429)),
    ("P5", lambda: conflicting(400, body={"duration": 99})),
    ("P5", lambda: Story().refuse(402, again="k").refuse(402, again="k")),
    ("P5", lambda: Story().create(again="k").create(again="k", key=OTHER)),
    ("P5", lambda: repeated(DOG, body={"duration": 5.0})),
    ("P5", lambda: repeated(DOG, after=DAY)),
    ("P5", lambda: Story().create(again="k", at=START, took=2).refuse(409, again="k", at=START + 1)),
    ("P5", lambda: Story().create(again="k", error="cut off").create(DOG, again="k")),
    ("P6", lambda: fetched(404, after=DAY)),
    ("P6", lambda: fetched(503)),
    ("P6", lambda: fetched(429)),
    ("P6", lambda: fetched(method="POST")),
    ("P6", lambda: Story().ask("GET", LINK, key=None)),
    ("P7", lambda: Story().ask("GET", "/v1/tasks", key=None, status=429, answer=ERROR)),
]


test_what_keeps_a_rule = by_table(check_sound, SOUND)
test_what_breaks_a_rule = by_table(check_broken, BROKEN)
test_what_says_nothing_of_a_rule = by_table(check_untested, SILENT)


def test_a_wait_that_is_disturbed_says_nothing() -> None:
    """Limits may have been changed by hand; only the header was put to the test."""
    story = Story().ask("GET", "/v1/tasks", status=429, answer=ERROR, told={"retry-after": "7"}).event("hand")
    assert outcome("P7", story.ask("GET", "/v1/tasks", answer={})).findings == ()


def test_the_result_of_a_task_that_others_created() -> None:
    """Its link surely holds while nobody knows since when it has been there, only before it was seen to be there."""
    story = Story().see("processing").see("completed").ask("GET", LINK, key=None, status=404)
    check_broken("P6", story, "works for 24 hours", "404")
    assert outcome("P6", Story().see("completed").ask("GET", LINK, key=None, status=404)).grade is Grade.UNTESTED
