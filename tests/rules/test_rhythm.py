"""C5, C6, C7, C10, C12 and C18 on traffic made by hand."""

from tests.rules.polls import again, crowd, growing, hinted, polled
from tests.rules.records import (
    CAT,
    HOOK,
    START,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    shown,
)
from tests.tables import by_table

BROKEN = [
    ("C5", lambda: hinted("20", 18.9), "18.95 s to 45.00 s after Retry-After: 20", "18.90 s"),
    ("C5", lambda: hinted("20", 45.2), "Retry-After: 20", "45.20 s"),
    ("C6", lambda: polled(every=0.5, times=4), "1 s at the earliest", "3 that came sooner, one after 0.60 s"),
    ("C6", lambda: polled(every=1.2, times=5), "2 s on average", "5 polls, one every 1.30 s"),
    ("C7", lambda: growing([5] * 60), "ever more rarely", "one every 5.1 s in the beginning, and one every 5.1 s"),
    ("C7", lambda: growing([20] * 20 + [4] * 20), "ever more rarely", "one every 4.1 s in the end"),
    ("C10", lambda: crowd(10), "polls of 10 tasks that spread", "within 0.00 s, 39.9 s after"),
    ("C10", lambda: crowd(12, spread=0.1), "polls of 12 tasks", "within 1.10 s"),
    ("C12", lambda: polled(took=5.0).poll(at=START + 12), "when the last one is answered", "s earlier"),
    ("C18", lambda: again(Traffic().create().poll()), "1 s after the create at the earliest", "after 0.01 s"),
    (
        "C18",
        lambda: again(Traffic().create(told={"retry-after": "30"}), times=2),
        "30 s after the create at the earliest",
        "after 10.00 s",
    ),
    ("C18", lambda: again(polled(every=246)), "245 s after the create at the latest, as 120 s", "after 246.0 s"),
]

GOOD = [
    ("C5", lambda: hinted("20", 19.0)),
    ("C5", lambda: hinted("20", 45.0)),
    ("C6", lambda: polled(every=1.8, times=5)),
    ("C6", lambda: polled(every=10, times=4)),
    ("C6", lambda: again(polled(every=0.5, times=3), every=10, times=2)),
    ("C7", lambda: growing([10] * 40)),
    ("C7", lambda: growing([3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8] + [9] * 40)),
    ("C7", lambda: growing([9.4] * 40)),
    ("C10", lambda: crowd(10, spread=0.3)),
    ("C12", lambda: polled(times=2)),
    ("C12", lambda: again(polled(took=5.0).poll(at=START + 12, faults=("delay",)))),
    ("C18", lambda: polled(every=0.9, times=2)),
    ("C18", lambda: again(polled(every=244))),
    ("C18", lambda: again(Traffic().create(changes={"task_info": {}}).wait(900).poll())),
    ("C18", lambda: again(Traffic().create(asked={"callback_url": HOOK}).wait(900).poll())),
    ("C18", lambda: again(Traffic().create(told={"retry-after": "soon"}), times=2)),
]

UNTESTED = [
    ("C5", lambda: hinted("soon", 3)),
    ("C5", lambda: hinted("0", 3)),
    ("C5", lambda: polled(times=3)),
    ("C5", lambda: polled().refuse(503, task=CAT, told={"retry-after": "9"}).poll()),
    ("C5", lambda: Traffic().poll(told={"retry-after": "9"}).event("clock").poll()),
    ("C5", lambda: Traffic().poll(told={"retry-after": "9"}).hear(shown(CAT, "completed")).poll()),
    ("C5", lambda: Traffic().poll("completed", told={"retry-after": "9"}).poll()),
    ("C6", lambda: polled(every=0.5, times=3)),
    ("C6", lambda: polled(every=0.5, times=9, told={"retry-after": "1"})),
    ("C7", lambda: growing([20] * 6)),
    ("C7", lambda: growing([40] * 5)),
    ("C7", lambda: polled(every=5, times=23)),
    ("C10", lambda: crowd(9)),
    ("C10", lambda: crowd(10, took=0.0)),
    ("C12", polled),
    ("C12", lambda: Traffic().poll().event("clock").poll()),
    (
        "C12",
        lambda: Traffic().poll(took=3.0, at=START).hear(shown(CAT, "completed"), at=START + 1).poll(),
    ),
    ("C18", lambda: Traffic().create().poll()),
    ("C18", lambda: again(Traffic().poll())),
    ("C18", lambda: again(Traffic().create().event("clock").poll())),
    ("C18", lambda: again(Traffic().create().ask("GET", "/v1/tasks").poll())),
    ("C18", lambda: again(Traffic().create().hear(shown(CAT, "completed")).poll())),
]


test_broken = by_table(check_broken, BROKEN)
test_good = by_table(check_good, GOOD)
test_untested = by_table(check_untested, UNTESTED)
