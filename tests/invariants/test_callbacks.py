"""K1 to K12: for each a record that keeps it, and records that break it just so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contracts.recording import GAVE_UP, Listener, fingerprint
from contracts.verdict import Grade
from tests.invariants.stories import (
    CAT,
    DOG,
    FIRST,
    HOOK,
    HOOKS,
    START,
    Story,
    check_broken,
    check_sound,
    check_untested,
    outcome,
    row,
    shown,
)
from tests.tables import by_table

DONE = shown(CAT, "completed")
OTHER_HOOK = f"{HOOKS}/dog"
INSIDE = "https://inside.example.com"
BAD = "https://badcert.example.com"


def ended(status: str = "completed", *, watched: float = 0, url: str | None = HOOK, **frame: Any) -> Story:
    """Create a task with a callback, and see it end."""
    return Story(**frame).create(asked={"callback_url": url}).see("processing").see(status).wait(watched)


def called(body: Any = DONE, status: str = "completed", **facts: Any) -> Story:
    """Have the callback of an ended task come, and look at the task and the clock afterwards."""
    return ended(status).hear(body, **facts).see(status).wait(90).list(row(status=status))


def tried(
    *gaps: float, answers: Sequence[Any] = (500, 500, 500, 500), watched: float = 90, frame: Mapping[str, Any] = {}
) -> Story:
    """Have attempts come with these gaps after the end of the one before."""
    story = ended(**frame).hear(DONE, status=answers[0])
    for gap, status in zip(gaps, answers[1:], strict=False):
        story.now += gap - 0.01
        story.hear(DONE, status=status)
    return story.wait(watched).list(row(status="completed"))


def moved(*steps: float, pace: float = 0, error: str | None = None) -> Story:
    """Have an attempt come during each of several moves of the clock."""
    story = Story(pace=pace).create(asked={"callback_url": HOOK}).see("completed")
    for seconds in steps:
        start = story.now
        story.hear(DONE, status=None if error else 500, error=error, at=start + 0.001, took=0.0001)
        story.now = start
        story.event("clock", seconds)
    return story


def kept_waiting(seconds: float, *, error: str | None = GAVE_UP, status: int | None = None, pace: float = 1.0) -> Story:
    """Keep the sender of a callback waiting, and be tried again."""
    story = ended(pace=pace).hear(DONE, status=status, error=error, took=seconds).wait(0.99)
    return story.hear(DONE).wait(90).list(row(status="completed"))


def redirected(*, followed: bool = False, to: str = "/elsewhere") -> Story:
    """Answer a callback with a redirect."""
    story = ended().hear(DONE, status=302, told={"location": to})
    if followed:
        story.hear(b"", url=f"{HOOKS}/elsewhere", method="GET")
    return story.wait(0.98).hear(DONE)


def nowhere(listener: Listener, *, reached: bool = False) -> Story:
    """Have a task end whose callback leads where none may go."""
    story = ended(url=f"{listener.origin}/x", listeners=(listener,), watched=90)
    return (story.hear(DONE, url=f"{listener.origin}/x") if reached else story).list(row(status="completed"))


def submitted(url: Any, status: int = 400, *rows: Any, key: str | None = FIRST) -> Story:
    """Ask for a task with a callback URL."""
    story = Story().list()
    if status == 200:
        return story.create(asked={"callback_url": url})
    return story.refuse(status, asked={"callback_url": url}, key=key).list(*rows)


def crowded(late: float = 1, *, fails: bool = True, **events: Any) -> Story:
    """Have the callbacks of one task fail, and that of another come so late."""
    story = Story().create(asked={"callback_url": HOOK}).create(DOG, asked={"callback_url": OTHER_HOOK})
    story.see("completed").hear(DONE, status=500 if fails else 200)
    story.see("completed", DOG)
    for kind, seconds in events.items():
        story.event(kind, seconds)  # type: ignore[arg-type] # as the tests name them
    story.wait(late)
    return story.hear(shown(DOG, "completed"), url=OTHER_HOOK, at=story.now)


def restarted(*after: float, before: Sequence[int] = (500,), watched: float = 90, seen: str = "completed") -> Story:
    """Restart a server whose callback is not over."""
    story = Story().create(asked={"callback_url": HOOK}).see(seen)
    for status in before:
        story.hear(DONE, status=status).wait(0.98)
    story.event("restart", 3)
    for gap in after:
        story.wait(gap).hear(DONE, status=200 if gap == after[-1] else 500)
    return story.wait(watched).list(row(status=seen))


SOUND: list[tuple[str, Callable[[], Story]]] = [
    ("K1", called),
    ("K1", lambda: called(shown(CAT, "cancelled"), "cancelled")),
    ("K1", lambda: ended(url="https://somebody.example.com/x", watched=900).hear(DONE)),
    ("K2", called),
    ("K2", lambda: called(shown(CAT, "failed"), "failed")),
    ("K3", called),
    ("K3", lambda: Story().create(asked={"callback_url": HOOK}).hear(DONE)),
    ("K4", lambda: tried(1, 2, 4)),
    ("K4", lambda: tried(1.5, 2.8, 3.8)),
    ("K4", lambda: tried(1, 2, answers=(500, 500, 200))),
    ("K4", lambda: tried(1, 2, frame={"pace": 60.0})),
    ("K4", lambda: moved(1, 2, 4)),
    ("K4", lambda: moved(20, 2, pace=1.0)),
    ("K4", lambda: moved(3, 20, error=GAVE_UP)),
    ("K4", lambda: restarted(40, 0.99)),
    ("K4", lambda: tried(1).event("hand").hear(DONE)),
    ("K4", lambda: kept_waiting(10)),
    ("K5", lambda: kept_waiting(10)),
    ("K6", lambda: tried(1, 2, 4, answers=(302, 404, 500, 500))),
    ("K6", redirected),
    ("K6", lambda: redirected(to=HOOK)),
    ("K6", lambda: redirected(to="http://[")),
    ("K7", lambda: nowhere(Listener(origin=INSIDE, internal=True))),
    ("K8", lambda: nowhere(Listener(origin=BAD, trusted=False))),
    ("K8", called),
    ("K9", lambda: submitted("http://example.com/x")),
    ("K9", lambda: submitted("https://10.0.0.1/x", 401, key=None)),
    ("K9", lambda: submitted("https://localhost/x")),
    ("K9", lambda: submitted(["https://example.com"])),
    ("K9", lambda: submitted(f"https://example.com/{'x' * 2048}")),
    ("K10", crowded),
    ("K11", lambda: restarted(2)),
    ("K11", lambda: restarted(2, before=())),
    ("K12", called),
]

BROKEN: list[tuple[str, Callable[[], Story], str, str]] = [
    ("K1", lambda: called(shown(CAT, "processing")), "once the task is cancelled, completed, failed", "'processing'"),
    ("K1", lambda: ended(watched=90).list(), f"a callback at {HOOK}, as the task is completed", "none until 90 s"),
    ("K1", lambda: called(shown(DOG, "completed")), f"the callback of {CAT}", f"that of {DOG}"),
    ("K1", lambda: ended(url=None).hear(DONE), "no callback for a task without a callback_url", "one at /cat"),
    (
        "K1",
        lambda: Story().create(asked={"callback_url": HOOK}).hear(DONE).see("processing"),
        "a callback after the end of the task",
        "seen unended after it",
    ),
    ("K2", lambda: called({**DONE, "billing": {"charge_status": "reserved"}}), "charge_status charged", "'reserved'"),
    ("K2", lambda: called({**DONE, "billing": {"charge_status": "released"}}), "charge_status charged", "'released'"),
    (
        "K2",
        lambda: ended().hear(DONE).see("completed", changes={"billing": {"charge_status": "reserved"}}),
        "the task's money booked",
        "'reserved'",
    ),
    ("K3", lambda: called({**DONE, "progress": "all"}), "progress must be", "'all'"),
    ("K3", lambda: called({**DONE, "duration": 5}), "the body that a query of the ended task shows", "duration"),
    ("K3", lambda: called({k: v for k, v in DONE.items() if k != "usage"}), "the body that a query", "usage"),
    ("K3", lambda: called(method="PUT"), "POST", "PUT"),
    ("K3", lambda: called(b"{}"), "the body of a task query, as JSON", "2 bytes without the id"),
    ("K4", lambda: tried(2.5), "another attempt 1 s after the failure", "2.50 s after it"),
    ("K4", lambda: tried(0.5), "another attempt 1 s after the failure", "0.50 s after it"),
    ("K4", lambda: tried(1, 1), "another attempt 2 s after the failure", "1.00 s after it"),
    ("K4", lambda: tried(1, 2, 4, 8, answers=(500,) * 5), "at most 4 attempts", "5"),
    ("K4", lambda: tried(1, answers=(204, 200)), "none after status 204", "another attempt"),
    ("K4", lambda: moved(0.3, 0.3), "another attempt 1 s after the failure", "0.6"),
    ("K4", lambda: ended().hear(DONE, status=None, error=GAVE_UP).wait(90).list(), "1 s after no answer", "none"),
    ("K5", lambda: kept_waiting(4), "given up after 10 s", "after 4.0 s"),
    ("K5", lambda: kept_waiting(30), "given up after 10 s", "after 30.0 s"),
    ("K5", lambda: kept_waiting(15, error=None, status=500), "given up after 10 s", "after 15.0 s"),
    ("K6", lambda: tried(answers=(404,)), "another attempt 1 s after status 404", "none"),
    ("K6", lambda: tried(1, answers=(404, 302)), "another attempt 2 s after status 302", "none"),
    ("K6", lambda: redirected(followed=True), "a redirect that is not followed", f"a request to {HOOKS}/elsewhere"),
    (
        "K7",
        lambda: nowhere(Listener(origin=INSIDE, internal=True), reached=True),
        "no connection to an internal",
        "1 r",
    ),
    ("K8", lambda: nowhere(Listener(origin=BAD, trusted=False), reached=True), "whose certificate is not good", "1 re"),
    ("K8", lambda: called(url="http://hooks.example.com/cat"), "a callback by https", "one by http"),
    ("K9", lambda: submitted("https://10.0.0.1/x", 200), "400, as callback_url leads to an internal address", "200"),
    ("K9", lambda: submitted("https://172.31.255.1", 200), "leads to an internal address", "200"),
    ("K9", lambda: submitted("http://example.com/x", 200), "400, as callback_url must be an https URL", "200"),
    ("K9", lambda: submitted(7, 404), "400, as callback_url must be", "404"),
    ("K9", lambda: submitted("http://example.com/x", 400, row()), "no task after a request that was refused", CAT),
    ("K10", lambda: crowded(30), "the callback within 10 s", "after 30."),
    ("K11", restarted, "the rest of the schedule after a restart", "no attempt"),
    (
        "K12",
        lambda: called(headers={"authorization": "Bearer x", "cookie": "a"}),
        "without keys",
        "authorization, cookie",
    ),
    ("K12", lambda: called(headers={"x-sender": fingerprint(FIRST)}), "without keys", "the key of key-"),
    ("K12", lambda: called({**DONE, "key": fingerprint(FIRST)}), "without keys", fingerprint(FIRST)),
]

SILENT: list[tuple[str, Callable[[], Story]]] = [
    ("K1", lambda: ended(watched=20).list()),
    ("K1", lambda: ended("processing", watched=90).list()),
    ("K1", lambda: ended().event("clock", 90)),
    ("K1", lambda: ended(pace=60.0, watched=90).list()),
    ("K2", lambda: Story().create(asked={"callback_url": HOOK}).hear({**DONE, "billing": {}})),
    ("K2", ended),
    ("K4", lambda: tried(watched=5)),
    ("K4", lambda: ended().hear(DONE, status=500, error="cut off").wait(90).list()),
    ("K4", lambda: ended().hear(DONE, status=200, error=GAVE_UP, took=10).wait(90).list()),
    ("K5", lambda: kept_waiting(10, pace=0)),
    ("K5", lambda: ended().hear(DONE, error="we closed", status=None)),
    ("K6", lambda: tried(answers=(500,), watched=3)),
    ("K7", lambda: ended("processing", url=f"{INSIDE}/x", listeners=(Listener(origin=INSIDE, internal=True),))),
    ("K9", lambda: submitted("https://example.com/x").refuse(500, asked={"callback_url": "ftp://x"})),
    ("K9", lambda: submitted("https://11.0.0.1/x", 200)),
    ("K10", lambda: crowded(30, fails=False)),
    ("K10", lambda: crowded(1, clock=30)),
    ("K10", lambda: crowded(1, restart=30)),
    ("K11", lambda: restarted(before=(200,))),
    ("K11", lambda: restarted(before=(500,) * 4)),
    ("K11", lambda: restarted(seen="processing", before=())),
    ("K11", lambda: restarted(watched=3)),
]


test_what_keeps_a_rule = by_table(check_sound, SOUND)
test_what_breaks_a_rule = by_table(check_broken, BROKEN)
test_what_says_nothing_of_a_rule = by_table(check_untested, SILENT)


def test_a_task_from_before_is_no_stray() -> None:
    """A callback of a task that is not in the record says nothing, where it comes to a URL of nobody's."""
    assert outcome("K1", Story().hear(shown(DOG, "failed"), url=f"{HOOKS}/old")).findings == ()
    assert outcome("K3", Story().hear(b"old", url=f"{HOOKS}/old")).grade is Grade.UNTESTED


def test_a_callback_before_the_end_was_seen() -> None:
    """It tells of the end by itself."""
    story = Story().create(asked={"callback_url": HOOK}).hear(DONE, at=START + 200).see("completed")
    check_sound("K1", story)
