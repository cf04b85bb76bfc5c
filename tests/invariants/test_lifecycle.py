"""L1 to L16: for each a record that keeps it, and records that break it just so."""

from collections.abc import Callable
from typing import Any

from contracts.verdict import Grade
from tests.invariants.lives import (
    FILE,
    again,
    at_once,
    can_cancel,
    constants,
    course,
    created,
    dated,
    estimates,
    first,
    found,
    ids,
    later_row,
    nameless,
    others,
    overlapping,
    restarted,
    still,
)
from tests.invariants.stories import (
    CAT,
    DOG,
    LINK,
    OTHER,
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

SOUND: list[tuple[str, Callable[[], Story]]] = [
    ("L1", ids),
    ("L1", lambda: ids(second=CAT, again="again")),
    ("L2", created),
    ("L2", lambda: created(way="list")),
    ("L2", lambda: created(None, way="list")),
    ("L3", constants),
    ("L4", lambda: course("pending", "processing", "processing", "completed")),
    ("L4", lambda: course("failed")),
    ("L4", lambda: course("processing", "cancelled")),
    ("L4", lambda: Story().create().list(row(progress=0)).see("pending")),
    ("L5", again),
    ("L5", lambda: again(billing={"charge_status": "charged", "note": 1}, usage={"credits_used": 23.8})),
    ("L6", lambda: course("pending", "processing", "processing", "failed", progress=(0, 3, 3, 0))),
    ("L6", lambda: course("processing", "processing", progress=(0, 99))),
    ("L7", can_cancel),
    ("L8", lambda: estimates(90, 50, 10)),
    ("L8", lambda: estimates(90, 90, seconds=3)),
    ("L8", lambda: estimates(1, 1)),
    ("L9", found),
    ("L9", lambda: found(rows=[row(DOG)] * 20)),
    ("L9", lambda: found(rows=[row(DOG)] * 2, query="?page_size=2")),
    ("L9", lambda: found(rows=[row(DOG)], query="?page_size=many")),
    ("L9", lambda: found(rows=[row(DOG)], query="?status=failed")),
    ("L9", lambda: found(rows=[row(DOG)], query="?page=2")),
    ("L10", lambda: course("processing", "completed")),
    ("L10", lambda: Story().create().list(row(has_results=None))),
    ("L10", lambda: Story().create().see("completed", changes={"result_data": None})),
    ("L11", lambda: course("failed")),
    ("L11", lambda: Story().create().list(row(status="failed"))),
    (
        "L11",
        lambda: Story().create().list(row(status="failed", has_error=None), row(DOG, has_error=None)).see("failed"),
    ),
    ("L12", others),
    ("L12", lambda: others(status=403, rows=[row(DOG)], bodies=[shown(DOG)], files=[{"file_id": "file_other1"}])),
    ("L13", still),
    ("L14", lambda: at_once("processing", "completed")),
    ("L14", lambda: at_once("failed")),
    ("L15", restarted),
    ("L15", lambda: restarted(after="completed")),
    ("L16", lambda: dated(0, 1, 0, 5)),
]

BROKEN: list[tuple[str, Callable[[], Story], str, str]] = [
    ("L1", lambda: ids(second=CAT), "an id of its own", "the id that exchange 1 had got"),
    ("L1", lambda: ids(second=CAT, again="again", key=OTHER), "an id of its own", "exchange 2"),
    ("L1", nameless, "an id like task-unified-", "none"),
    ("L1", lambda: nameless("task-1"), "an id like task-unified-", "'task-1'"),
    ("L2", lambda: created(int(START) + 1), f"created stays {int(START)}", f"{int(START) + 1}"),
    ("L2", lambda: created(int(START) + 1, way="list"), f"stays {int(START)}", f"{int(START) + 1}"),
    ("L2", lambda: created(value=True), "a whole number", "True"),
    ("L2", lambda: created("soon"), "a whole number", "'soon'"),
    ("L2", lambda: first(created=int(START) + 60), "is at most", f"{int(START) + 60}"),
    ("L2", lambda: first(created=int(START) - 60), "is at least", f"{int(START) - 60}"),
    ("L3", lambda: constants(model="other"), "model stays 'wan2.6-reference-video-flash'", "'other'"),
    ("L3", lambda: constants(type=None), "type is video", "None"),
    ("L3", lambda: first(object="image.generation.task"), "object is video.generation.task", "'image.generation.task'"),
    ("L3", lambda: first(model=7), "model is a text", "7"),
    ("L3", lambda: constants(asked=DOG), f"the id that was asked for, {DOG!r}", repr(CAT)),
    (
        "L4",
        lambda: course("processing", "pending"),
        "processing, then cancelled or completed or failed",
        "then pending",
    ),
    ("L4", lambda: course("completed", "failed"), "completed, then nothing else", "then failed"),
    ("L4", lambda: course("archived"), "one of the statuses pending, processing", "'archived'"),
    ("L4", lambda: first(status=["pending"]), "one of the statuses", "['pending']"),
    ("L5", lambda: again(duration=7), "the same body", "other values of duration"),
    ("L5", lambda: again(result_data=[{"url": f"{LINK}x"}]), "the same body", "result_data"),
    ("L5", lambda: again(result_data=["http://["]), "the same body", "result_data"),
    ("L5", lambda: again(result_data=[7]), "the same body", "result_data"),
    ("L5", lambda: later_row("failed"), "completed for good", "'failed'"),
    ("L6", lambda: course("processing", "processing", progress=(40, 39)), "at least 40", "39"),
    ("L6", lambda: course("processing", progress=(101,)), "a whole number from 0 to 100", "101"),
    ("L6", lambda: first(progress=True), "a whole number from 0 to 100", "True"),
    ("L6", lambda: first(progress=0.5), "a whole number from 0 to 100", "0.5"),
    ("L6", lambda: course("processing", progress=(100,)), "100 in a completed task", "100 in a processing one"),
    ("L6", lambda: course("completed", progress=(99,)), "100 in a completed task", "99 in a completed one"),
    ("L7", lambda: can_cancel(value=True), "false once the task is failed", "True"),
    ("L8", lambda: estimates(-1), "not negative", "-1"),
    ("L8", lambda: estimates("soon", 5), "a whole number", "'soon'"),
    ("L8", lambda: estimates(90, 91), "less than 90 s after 40 s", "91 s"),
    ("L8", lambda: estimates(90, 90), "less than 90 s", "90 s"),
    ("L9", lambda: found(404), "the task that had been created", "status 404"),
    ("L9", lambda: found(rows=[row(DOG)]), "the task that had been created", "1 tasks without it"),
    ("L9", lambda: found(rows=[row(DOG)] * 19 + [row(DOG, created_at=5)]), "the task", "20 tasks without it"),
    ("L9", lambda: found(bodies=[shown(DOG)]), "the task", "1 tasks without it"),
    (
        "L10",
        lambda: course("processing").see(changes={"results": [LINK]}),
        "only when the task is completed",
        "results of a",
    ),
    ("L10", lambda: Story().see("completed", changes={"results": []}), "at least one result", "[]"),
    (
        "L10",
        lambda: Story().see("completed", changes={"results": ["/cat.mp4"]}),
        "absolute links by https",
        "'/cat.mp4'",
    ),
    ("L10", lambda: Story().see("completed", changes={"results": ["http://["]}), "absolute links", "'http://['"),
    ("L10", lambda: Story().see("completed", changes={"results": [7]}), "absolute links", "7"),
    ("L10", lambda: Story().see("completed", changes={"result_data": [7]}), "result_data with the links", "[7]"),
    ("L10", lambda: Story().list(row(results=[LINK])), "without links", "links"),
    ("L10", lambda: Story().list(row(has_results=True)), "has_results is False", "True"),
    ("L11", lambda: Story().see(changes={"error": {"code": "x"}}), "only when the task failed", "processing"),
    ("L11", lambda: Story().see("failed", changes={"error": None}), "an error with a task that is failed", "NoneType"),
    ("L11", lambda: Story().see("failed", changes={"error": {"code": 500}}), "one of the codes", "500"),
    (
        "L11",
        lambda: Story().see("failed", changes={"error": {"code": "service_error", "type": "api_error"}}),
        "the type task_error",
        "'api_error'",
    ),
    ("L11", lambda: Story().see("failed", changes={"error": {"code": "service_error"}}), "a message", "NoneType"),
    ("L11", lambda: Story().list(row(has_error=True)), "only when the task failed", "has_error"),
    ("L11", lambda: Story().list(row(status="failed", has_error=False)), "has_error is true", "False"),
    ("L12", lambda: others(status=200), "kept from this one", "status 200"),
    ("L12", lambda: others(rows=[row()]), "kept from this one", "it is shown"),
    ("L12", lambda: others(bodies=[shown()]), "kept from this one", "it is shown"),
    ("L12", lambda: others(files=[FILE]), "kept from this one", "it is shown"),
    ("L12", lambda: others(deleted=200), "kept from this one", "it is deleted"),
    ("L13", lambda: still(progress=41), "processing at 40 %, as no time has passed", "processing at 41 %"),
    ("L14", lambda: at_once("processing", "pending"), "processing, then", "then pending"),
    ("L14", lambda: at_once("processing", progress=20), "at least 40", "20"),
    ("L14", lambda: at_once("completed", "processing"), "completed, then nothing else", "then processing"),
    ("L15", lambda: restarted(status=404), "the task that had been created", "status 404"),
    ("L15", lambda: restarted(after="pending"), "had been processing before the restart", "pending"),
    ("L15", lambda: restarted(created=5), f"created {int(START)}", "5"),
    ("L16", lambda: dated(10, 5), f"Date is at least {START + 10:.0f}", f"{START + 5:.0f}"),
    ("L16", lambda: dated(created=(10, 5)), "created is at least", f"{START + 5:.0f}"),
]


SILENT: list[tuple[str, Callable[[], Story]]] = [
    ("L5", lambda: course("processing", "completed")),
    ("L6", lambda: Story().list(row(progress=None))),
    ("L5", lambda: Story().see("completed", at=START, took=2).see("completed", at=START + 1)),
    ("L8", lambda: Story().see("completed")),
    ("L8", lambda: Story().see(changes={"task_info": 5})),
    ("L9", lambda: Story().create().see(at=START - 9)),
    ("L9", lambda: found(404, late=90_000)),
    ("L9", lambda: Story().create().see(status=500, body={})),
    ("L9", lambda: Story().create().batch(ids=(DOG,))),
    ("L9", lambda: Story().create().ask("POST", "/v1/tasks/batch", raw=b"{", answer={"data": []})),
    ("L9", lambda: Story().create().ask("POST", "/v1/tasks/batch", sent={}, answer={"data": []})),
    ("L12", lambda: Story().create().see(key=None, status=401, body={}).see(key=OTHER, status=500, body={})),
    ("L12", lambda: Story().create(key=None).see(key=OTHER)),
    ("L13", lambda: Story(pace=0).create().see().event("clock").see(changes={"progress": 50})),
    ("L13", lambda: Story().create().see().see()),
    ("L13", overlapping),
    ("L14", lambda: course("processing", "completed")),
    ("L15", lambda: Story().event("restart").create().see()),
    ("L15", lambda: Story().wait(1).event("restart", 0.1).create(at=START, took=3).wait(9).see()),
    ("L16", lambda: Story().ask("GET", "/v1/models").create()),
]


test_what_keeps_a_rule = by_table(check_sound, SOUND)
test_what_breaks_a_rule = by_table(check_broken, BROKEN)
test_what_says_nothing_of_a_rule = by_table(check_untested, SILENT)


def test_a_file_list_that_cannot_be_read() -> None:
    """Whatever stands there, another account's file does not."""
    story = Story().ask("POST", "/api/v1/files/upload/base64", sent={}, answer={"data": FILE})
    answers: list[Any] = [[], {"data": []}, {"data": {"files": [7]}}]
    for answer in answers:
        story.ask("GET", "/api/v1/files/list", key=OTHER, answer=answer)
    assert outcome("L12", story).exposures == 3


def test_an_overlap_proves_nothing() -> None:
    """Of looks that overlap either may be first, whatever they show."""
    story = Story().create().see("completed", at=START + 5, took=1).see("pending", at=START + 5.5, took=1)
    assert outcome("L4", story).grade is Grade.PASS
    assert outcome("L14", story).grade is Grade.PASS
    assert outcome("L9", story).exposures == 2


def test_a_late_callback_proves_nothing_of_the_order() -> None:
    """Nobody knows when it was made; what comes after it is held against it all the same."""
    story = Story().create().see("completed").hear(shown(CAT, "processing"))
    assert outcome("L4", story).grade is Grade.PASS
    check_broken("L4", Story().create().hear(shown(CAT, "completed")).see("processing"), "nothing else", "processing")
