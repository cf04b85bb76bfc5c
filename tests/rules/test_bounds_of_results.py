"""F, G, H and J rules at their bounds: the same moment, a little sooner or later, and one beside another."""

import hashlib
from base64 import b64encode
from typing import Any

from contracts.recording import View
from contracts.recording.process import Stop
from tests.rules.bounds import Case, asked, check_case, done, looked, made, polled_at, refused, told
from tests.rules.records import DOG, START, Traffic, name
from tests.rules.uploads import BODY, PLACE, file, form, upload
from tests.tables import by_table

DAY = 86_400
DOGS = {"prompt": "A dog"}
BARE: dict[str, Any] = {"usage": None, "billing": None}
CUT: dict[str, Any] = {"error": "the connection was lost", "answer": b"vid"}
LARGE = 256 * 2**20


def fetched(traffic: Traffic, *seconds: float, **facts: Any) -> Traffic:
    """Fetch the result at these seconds, in one second."""
    for second in seconds:
        traffic.download(**{"at": START + second, "took": 1.0, **facts})
    return traffic


def stored(traffic: Traffic | None = None, **facts: Any) -> Traffic:
    """Upload a file in the first second."""
    return upload(traffic or Traffic(), **{"at": START, "took": 1.0, **facts})


def used(traffic: Traffic, second: float, link: str = PLACE) -> Traffic:
    """Ask for a task with a video at a second."""
    return asked(traffic, second, asked={"video_urls": [link]})


def text(data: str) -> Traffic:
    """Upload base64 text."""
    return upload(Traffic(), {"base64_data": data, "file_name": "cat.mp4"})


def silent(seconds: float) -> Traffic:
    """A request that is not answered for so long."""
    return Traffic().ask("GET", "/v1/credits", status=None, error="silence", at=START, took=seconds)


def weighed(size: int, peak: int) -> Traffic:
    """A file of a size, and the most memory in use while it was fetched."""
    head = {"content-type": "video/mp4", "content-length": f"{size}"}
    return told(fetched(done(), 20, told=head), facts={"peak_memory_bytes": peak})


def written(*urls: str) -> Traffic:
    """Ask for a task, and for these URLs."""
    traffic = Traffic(view=View(sees=frozenset({"hosts"}))).create(asked={"prompt": "a cat, a dog"})
    for url in urls:
        traffic.ask("GET", url)
    return traffic


def stopped(at: float) -> Traffic:
    """A client that was told to end at a second."""
    return Traffic(stops=(Stop(at=START + at, seconds=1.0),))


def crowd(number: int, reports: int) -> Traffic:
    """Tasks that are created in the first second, so many of which are told of."""
    traffic = Traffic()
    for index in range(number):
        made(traffic, name(f"n{index}"))
    for index in range(reports):
        traffic.report("completed", task=name(f"n{index}"))
    return traffic


def ended(traffic: Traffic, number: int) -> Traffic:
    """Show that so many tasks of a crowd are completed."""
    for index in range(number):
        traffic.poll("completed", task=name(f"n{index}"))
    return traffic


def linked(gap: float) -> Traffic:
    """Requests that open a connection each, so many seconds after the last was free."""
    traffic = Traffic(view=View(sees=frozenset({"connections"})))
    for place in range(30):
        traffic.poll(at=START + place * (gap + 1), took=1.0, connection=f"{place}")
    return traffic


CASES: list[Case] = [
    ("F1", lambda: fetched(polled_at(10, 20, shows="completed"), 30), 1, 0),
    ("F1", lambda: fetched(done(), 10_000 * 3600), 1, 1),
    ("F1", lambda: fetched(polled_at(10, DAY, shows="completed"), 10 + DAY + 2), 1, 1),
    (
        "F2",
        lambda: fetched(done(17, fetched(done(), 12, 13, 14, 15, 16, status=404)), 18, 19, 20, 21, 22, status=404),
        1,
        0,
    ),
    (
        "F2",
        lambda: fetched(done(20, fetched(done(), 12, 13, 14, 15, 16, status=404)), 20, 21, 22, 23, 24, status=404),
        1,
        0,
    ),
    ("F2", lambda: fetched(done(), 12, 13, 14, 15, 16, 18, status=404), 1, 1),
    ("F3", lambda: told(fetched(fetched(done(), 20, **CUT), 30, status=503)), 1, 1),
    (
        "F3",
        lambda: told(
            fetched(
                fetched(done(), 20, told={"content-length": "5"}),
                30,
                status=503,
                told={"content-length": "0"},
                answer=b"",
            ),
            sha256=hashlib.sha256(b"vid").hexdigest(),
        ),
        1,
        1,
    ),
    ("F4", lambda: told(told(fetched(done(), 20), path="a.mp4"), DOG, path="a.mp4"), 1, 1),
    ("F5", lambda: weighed(LARGE, LARGE), 1, 1),
    ("F5", lambda: weighed(LARGE, LARGE - 1), 1, 0),
    ("F5", lambda: weighed(LARGE - 1, LARGE), 0, 0),
    ("F6", lambda: told(fetched(done(), 20, told={"content-type": "application/xml"})), 1, 1),
    ("F6", lambda: told(fetched(done(), 20, told={"content-type": "application/json; charset=utf-8"})), 1, 1),
    (
        "F7",
        lambda: fetched(
            fetched(fetched(done(), 20, status=416, headers={"range": "bytes=9-"}), 30),
            40,
            headers={"range": "bytes=9-"},
        ),
        1,
        0,
    ),
    ("G1", lambda: upload(Traffic(), **form('filename="cat.mp4"')), 1, 1),
    ("G1", lambda: upload(Traffic(), **{**form(), "sent": b'Content-Disposition: form-data; name="file\xff"'}), 1, 1),
    ("G1", lambda: stored().create(), 1, 0),
    ("G1", lambda: upload(Traffic(), {"a": 1, "b": 2}), 1, 1),
    ("G1", lambda: upload(Traffic(), {**BODY, "base64Data": "QUJD"}), 1, 1),
    ("G1", lambda: upload(Traffic(), {**BODY, "Upload_Path": "cats"}), 1, 1),
    ("G1", lambda: upload(Traffic(), {**BODY, "upload-path": "cats"}), 1, 1),
    ("G1", lambda: upload(Traffic(), {"file_url": PLACE, "fileUrl": PLACE}, way="url"), 1, 1),
    ("G2", lambda: used(stored(), 1), 1, 0),
    ("G2", lambda: used(stored(), 0.5), 0, 0),
    ("G2", lambda: used(stored(answer={**file(), "success": False}), 1), 0, 0),
    ("G3", lambda: text("data:a,b,c"), 1, 1),
    ("G3", lambda: text(f"data:{'x' * 60}"), 1, 1),
    ("G3", lambda: text("QUJ-"), 1, 1),
    ("G3", lambda: text("QUJ_"), 1, 1),
    ("G3", lambda: text("=="), 1, 1),
    ("G3", lambda: text(b64encode(b"ab").decode()), 1, 0),
    (
        "G5",
        lambda: used(stored(answer=file(file_name="a", original_name="b", file_id="c")), 1, f"{PLACE[:-7]}/x/a"),
        1,
        1,
    ),
    (
        "G5",
        lambda: used(stored(answer=file(file_name="a", original_name="b", file_id="c")), 9, f"{PLACE[:-7]}/x/b"),
        1,
        1,
    ),
    (
        "G5",
        lambda: used(stored(answer=file(file_name="a", original_name="b", file_id="c")), 9, f"{PLACE[:-7]}/x/c"),
        1,
        1,
    ),
    (
        "G5",
        lambda: used(stored(answer=file(file_name="a", original_name="b", file_id="c")), 9, f"{PLACE[:-7]}/x/d"),
        0,
        0,
    ),
    ("G6", lambda: used(stored(), 1 + 3 * DAY), 1, 1),
    ("G6", lambda: used(stored(), 3 * DAY), 0, 0),
    ("G6", lambda: used(stored(answer=file(expires_at="2026-12-09T00:00:00+08:00")), 11_000 * 3600), 1, 1),
    ("G8", lambda: used(stored(answer={**file(), "success": False}), 1), 1, 1),
    ("G8", lambda: used(stored(answer={**file(), "success": False}), 0.5), 1, 0),
    ("G8", lambda: used(stored(answer={**file(), "success": False}), 1, "null"), 1, 1),
    ("H1", lambda: told(Traffic().create(changes=BARE), facts={"budget": 0.5}), 1, 0),
    ("H2", lambda: told(Traffic().create().create(DOG, asked=DOGS), facts={"estimated_credits": 23.8}), 1, 0),
    ("H4", lambda: refused(looked(refused(Traffic(), 0), 1), 10, asked=DOGS), 2, 0),
    ("H4", lambda: refused(looked(refused(Traffic(), 0), 10), 10, asked=DOGS), 2, 0),
    ("H4", lambda: refused(looked(refused(Traffic(), 0), 0.5), 10, asked=DOGS), 1, 1),
    ("H4", lambda: refused(refused(Traffic(), 0), 1, asked=DOGS), 1, 1),
    ("J1", lambda: silent(1.0), 1, 0),
    ("J1", lambda: silent(120.0), 1, 0),
    ("J1", lambda: silent(120.5), 1, 1),
    ("J4", lambda: Traffic(view=View(sees=frozenset({"hosts"}))).create(asked={"prompt": "a cat, a dog"}), 1, 0),
    ("J4", lambda: Traffic(view=View(sees=frozenset({"hosts"}))).create(asked={"prompt": "a cat, a do"}), 0, 0),
    (
        "J4",
        lambda: (
            Traffic(view=View(sees=frozenset({"hosts"})))
            .create(asked={"prompt": "a cat, a dog"})
            .ask("POST", "https://log.example.com/", sent=b"\xff a cat, a dog")
        ),
        1,
        1,
    ),
    ("J4", lambda: written("https://log.example.com/?q=a+cat,+a+dog"), 1, 1),
    ("J4", lambda: written("https://log.example.com/?q=cat").ask("GET", "https://b.example.com/?q=a+cat,+a+dog"), 1, 1),
    ("J4", lambda: written("https://a.example.com/?q=a+cat,+a+dog", "https://b.example.com/?q=a+cat,+a+dog"), 1, 1),
    ("J4", lambda: written("https://app.localhost/?q=a+cat,+a+dog"), 1, 0),
    ("J5", lambda: made(made(stopped(9)), DOG), 1, 1),
    ("J5", lambda: done(2, made(stopped(3))), 0, 0),
    ("J5", lambda: done(2.5, made(stopped(3))), 1, 1),
    ("J5", lambda: made(stopped(1)), 1, 1),
    ("J5", lambda: made(stopped(0.5)), 0, 0),
    ("J2", lambda: linked(4.0), 1, 1),
    ("J2", lambda: linked(4.5), 0, 0),
    ("J7", lambda: crowd(10, 10), 1, 0),
    ("J7", lambda: crowd(10, 10).poll(task=DOG), 1, 0),
    ("J7", lambda: asked(done(2, crowd(10, 10), task=name("n0")), 2), 1, 0),
    ("J7", lambda: done(2, asked(crowd(10, 10), 2), task=name("n0")), 1, 0),
    ("J7", lambda: ended(crowd(10, 6), 10), 1, 1),
]


test_bounds = by_table(check_case, CASES)
