"""C1 to C16 on traffic made by hand, but for how often is polled."""

from contracts.verdict import Grade
from tests.rules.polls import BARE, CODE, DAY, LATER, POLICY, again, failing, polled, stuck
from tests.rules.records import (
    CAT,
    DOG,
    LINK,
    START,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    outcome,
    shown,
)
from tests.tables import by_table

VEILED = {"prompt": "(redacted: 5 characters)"}


def veiled() -> Traffic:
    """A task whose prompt was taken out of the recording."""
    return Traffic().create(asked=VEILED)


BROKEN = [
    ("C1", lambda: Traffic().create().poll(task=CAT.upper(), status_code=400), f"GET /v1/tasks/{CAT}", "TASK-UNIFIED"),
    ("C1", lambda: Traffic().create().poll(task=f"%22{CAT}%22", status_code=404), f"GET /v1/tasks/{CAT}", "%22"),
    ("C1", lambda: Traffic().create().poll(task=CAT[13:], status_code=404), f"GET /v1/tasks/{CAT}", CAT[13:]),
    ("C1", lambda: Traffic().create().poll(task=f"{CAT}-copy", status_code=404), f"GET /v1/tasks/{CAT}", "-copy"),
    (
        "C1",
        lambda: Traffic().create("task-unified-1/ab").ask("GET", "/v1/tasks/task-unified-1%252Fab", status=404),
        "GET /v1/tasks/task-unified-1/ab",
        "%252F",
    ),
    ("C1", lambda: Traffic().create().poll(task="None", status_code=404), f"GET /v1/tasks/{CAT}", "/None"),
    ("C1", lambda: Traffic().create().ask("GET", "/v1/tasks/", status=404), f"GET /v1/tasks/{CAT}", "GET /v1/tasks/"),
    ("C1", lambda: Traffic().create().poll(sent={}), "without a body", "a body of 2 bytes"),
    ("C2", lambda: again(polled("completed"), "completed"), "'completed'", "1 after that, the first 10.0 s later"),
    ("C2", lambda: again(polled("failed"), "failed", every=24.9), "the status 'failed'", "1 after that"),
    ("C2", lambda: again(polled("cancelled"), "cancelled", times=2), "'cancelled'", "2 after that"),
    ("C2", lambda: Traffic().create().poll("failed").poll().poll().poll(), "no poll after", "3 after that"),
    ("C2", lambda: again(polled("completed"), "completed", every=9.46), "no poll after", "1 after that"),
    ("C3", lambda: polled("paused"), "further polls", "none after the status 'paused'"),
    ("C3", lambda: Traffic().create().poll("paused").report("failed", task=CAT), "further polls", "'paused'"),
    ("C3", lambda: polled("paused", changes={"task_info": {}}), "further polls", "'paused'"),
    ("C4", lambda: stuck(DAY + 1200, shows="paused"), "of 24 hours at most", "polls for 24."),
    ("C4", lambda: stuck(1200, shows="paused").report("failed", task=CAT), "a timeout", "the outcome 'failed'"),
    (
        "C4",
        lambda: stuck(1200, shows="paused").report("timeout", task=CAT, message="It took too long."),
        "names paused",
        "too long",
    ),
    ("C8", lambda: stuck(DAY + 1200), "of 24 hours", "polls for 24."),
    ("C8", lambda: stuck(DAY + 1200).refuse(404, task=CAT), "of 24 hours", "polls for 24."),
    ("C8", lambda: stuck(1200).report("failed", task=CAT), "a timeout", "'failed'"),
    ("C8", lambda: stuck(1200).report("completed"), "a timeout", "'completed'"),
    ("C8", lambda: stuck(1200).report("timeout", message="Too long."), f"names {CAT}", "Too long."),
    ("C9", lambda: failing(1), "at least 3 more polls", "0 after 503; the task costs 23.8 credits all the same"),
    ("C9", lambda: polled().wait(5).poll(error="it is cut"), "at least 3", "0 after an answer that cannot be read"),
    ("C9", lambda: failing(3, status=None), "at least 3", "2 after no answer"),
    ("C9", lambda: polled().wait(5).poll(answer=b"{"), "at least 3", "0 after an answer that cannot be read"),
    (
        "C9",
        lambda: Traffic().poll().wait(5).poll(answer=b"").refuse(500, task=CAT),
        "3 more",
        "1 after 500",
    ),
    ("C13", lambda: polled(changes={"progress": None}), "further polls", "none after no progress"),
    ("C13", lambda: polled(changes={"progress": "half"}), "further polls", "the progress 'half'"),
    ("C13", lambda: polled(changes={"progress": 100}), "further polls", "the progress 100"),
    ("C13", lambda: again(polled(), changes={"progress": 39}), "further polls", "the progress 39"),
    ("C14", lambda: Traffic().create().wait(2).refuse(404, task=CAT), f"another look at {CAT}", "none after 404"),
    ("C14", lambda: Traffic().create().wait(24.9).refuse(404, task=CAT), "another look", "none after 404"),
    ("C15", lambda: polled("completed", changes=BARE).report("completed", task=CAT), "an error", "'completed'"),
    (
        "C16",
        lambda: polled("failed", changes=POLICY).wait(3).create(DOG),
        "no second task for a request that failed with content_policy_violation",
        f"the same again as request 3, 3.0 s later; it costs 23.8 credits ({DOG})",
    ),
    ("C16", lambda: polled("failed", changes=POLICY).report("completed", task=CAT), "a failure", "'completed'"),
    ("C16", lambda: polled("failed", changes=LATER).report("failed", message="It failed."), "service_error", "failed."),
]

GOOD = [
    ("C1", lambda: Traffic().create().poll()),
    ("C1", lambda: Traffic().create().poll(task=CAT.replace("-", "%2D"))),
    ("C1", lambda: Traffic().create().poll().poll(task=f"{CAT}x")),
    ("C1", lambda: Traffic().create().poll().poll(task="task-unified-other", status_code=404)),
    ("C1", lambda: Traffic().create().poll().poll(task="cat", status_code=404)),
    ("C1", lambda: Traffic().create().poll().poll(task="x" * 99, status_code=404)),
    ("C1", lambda: Traffic().poll(task="None", status_code=404).create().poll()),
    ("C2", lambda: polled("completed")),
    ("C2", lambda: polled("completed").poll("completed")),
    ("C2", lambda: polled("completed").poll("completed").poll("completed")),
    ("C2", lambda: again(polled("completed"), "completed", every=9.43)),
    ("C2", lambda: again(polled("completed"), "completed", every=25.2)),
    ("C2", lambda: again(polled("completed").download(LINK, status=404), "completed")),
    ("C2", lambda: again(polled("completed").download(LINK, error="it is cut"), "completed")),
    ("C2", lambda: again(polled("completed").hear(shown(CAT, "completed")), "completed")),
    ("C2", lambda: again(polled("completed").event("clock"), "completed")),
    ("C2", lambda: again(polled("completed").report("completed", task=CAT), "completed")),
    ("C2", lambda: polled(took=30.0).poll("completed", at=START + 20, took=1.0).poll("completed")),
    (
        "C2",
        lambda: again(
            polled().ask("GET", "/v1/tasks", answer={"data": [{"id": CAT, "status": "completed"}]}), "completed"
        ),
    ),
    ("C3", lambda: again(polled("paused"), "completed")),
    ("C3", lambda: again(polled("paused"), "paused")),
    ("C3", lambda: polled("paused").hear(shown(CAT, "completed"))),
    ("C3", lambda: polled("paused").ask("GET", "/v1/tasks")),
    ("C4", lambda: stuck(1200, shows="paused")),
    ("C4", lambda: stuck(DAY - 600, shows="paused")),
    ("C4", lambda: stuck(1200, shows="paused").report("timeout", task=CAT, message="still paused")),
    ("C8", lambda: stuck(1200)),
    ("C8", lambda: stuck(1200).report("timeout", task=CAT)),
    ("C8", lambda: stuck(1200).report("timeout", message=f"{CAT} took too long")),
    ("C8", lambda: stuck(1200).create(DOG).report("timeout")),
    ("C9", lambda: again(failing(1))),
    ("C9", lambda: failing(4)),
    ("C9", lambda: failing(1).ask("GET", "/v1/tasks")),
    ("C9", lambda: again(failing(2)).wait(3).refuse(401, task=CAT)),
    ("C9", lambda: failing(1).refuse(401, task=CAT)),
    ("C13", lambda: again(polled(changes={"progress": None}), "completed")),
    ("C13", lambda: again(polled(changes={"progress": 101}), "completed")),
    ("C14", lambda: again(Traffic().create().wait(2).refuse(404, task=CAT))),
    ("C15", lambda: polled("completed", changes=BARE).report("error", task=CAT)),
    ("C16", lambda: polled("failed", changes=POLICY)),
    ("C16", lambda: veiled().wait(10).poll("failed", changes=POLICY).create(DOG, asked=VEILED)),
    ("C16", lambda: polled("failed", changes=POLICY).create(DOG, asked={"prompt": "A dog"})),
    ("C16", lambda: polled("failed", changes=POLICY).report("failed", task=CAT, error=CODE).create(DOG)),
    ("C16", lambda: polled("failed", changes=POLICY).event("hand").create(DOG)),
    ("C16", lambda: polled("failed", changes=LATER).report("failed", task=CAT, error="service_error")),
    ("C16", lambda: polled("failed", changes={"error": {}}).report("failed", task=CAT)),
]

UNTESTED = [
    ("C1", lambda: Traffic().create().poll(task="task-unified-x", status_code=404)),
    ("C1", lambda: Traffic().create().ask("DELETE", f"/v1/tasks/{CAT}", status=404)),
    ("C1", lambda: Traffic().create().poll(status_code=404)),
    ("C1", lambda: Traffic().create().ask("GET", "/v1/tasks/", answer={"data": []})),
    ("C2", polled),
    ("C2", lambda: again(polled("completed", changes=BARE), "completed", times=2, changes=BARE)),
    ("C3", polled),
    ("C3", lambda: Traffic().create().poll("paused")),
    ("C3", lambda: polled("paused").event("hand")),
    ("C3", lambda: again(polled("completed"), "paused")),
    ("C3", lambda: Traffic().create().event("clock", 60).poll("paused")),
    ("C3", lambda: polled("paused", every=246)),
    ("C3", lambda: Traffic().create().hear(shown(CAT, "completed")).wait(9).poll("paused")),
    ("C4", lambda: polled("paused")),
    ("C4", lambda: stuck(1200)),
    ("C8", lambda: stuck(1200, shows="paused")),
    ("C8", polled),
    ("C8", lambda: stuck(1200).event("hand")),
    ("C8", lambda: stuck(1200).refuse(503, task=CAT)),
    ("C8", lambda: again(stuck(1200), "completed")),
    ("C8", lambda: stuck(1200).hear(shown(CAT, "completed"))),
    ("C8", lambda: Traffic().create().refuse(404, task=CAT)),
    ("C9", lambda: Traffic().create().refuse(503, task=CAT)),
    ("C9", lambda: polled().wait(5).refuse(503, task=CAT, told={"retry-after": "31536000"})),
    ("C9", lambda: polled("completed").wait(3).refuse(503, task=CAT)),
    ("C13", lambda: again(polled(), changes={"progress": 41})),
    ("C13", lambda: polled("completed", changes={"progress": None})),
    ("C14", lambda: Traffic().create().refuse(404, task=CAT)),
    ("C14", lambda: Traffic().create().wait(25.2).refuse(404, task=CAT)),
    ("C14", lambda: Traffic().refuse(404, task=CAT)),
    ("C15", lambda: polled("completed").report("completed", task=CAT)),
    ("C15", lambda: polled("completed", changes={"results": None}).report("completed", task=CAT)),
    ("C15", lambda: polled("completed", changes=BARE).report("completed", task=DOG)),
    ("C15", lambda: polled().report("timeout", task=CAT)),
    ("C16", lambda: polled("failed", changes=LATER).create(DOG)),
    ("C16", lambda: polled("cancelled")),
    ("C16", lambda: Traffic().wait(9).poll("failed", changes=POLICY).create(DOG)),
]


test_broken = by_table(check_broken, BROKEN)
test_good = by_table(check_good, GOOD)
test_untested = by_table(check_untested, UNTESTED)


def test_not_applicable() -> None:
    """Who reports nothing cannot call a task a success."""
    assert outcome("C15", polled("completed", changes=BARE)).grade is Grade.NOT_APPLICABLE
