"""F1 to F8: how a client fetches the videos that it paid for."""

import hashlib
from typing import Any

import pytest

from contracts.recording import View
from contracts.rules.results import RULES
from contracts.verdict import Grade
from tests.rules.records import (
    CAT,
    DOG,
    LINK,
    ORIGIN,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    outcome,
    shown,
)

HOUR = 3600.0
SECOND = LINK.replace("cat.mp4", "cat-2.mp4")
TWO = {"results": [LINK, SECOND], "result_data": None}
CUT = "the connection was lost"
PAGE: dict[str, Any] = {"told": {"content-type": "text/html; charset=utf-8"}, "answer": b"<html>"}


def done(**frame: Any) -> Traffic:
    """Return traffic in which a task is completed."""
    return Traffic(**frame).create().wait(60).poll("completed")


@pytest.mark.parametrize("rule", [rule.id for rule in RULES if rule.id != "F5"])
def test_rules_are_untested_without_downloads(rule: str) -> None:
    """A client that fetches nothing puts none of them to the test."""
    traffic = done().report("completed", task=CAT)
    check_untested(rule, traffic)


@pytest.mark.clauses("OP-LINK-24H")
def test_results_are_fetched_within_a_day() -> None:
    """A result that is fetched when its link has expired is found; just before that is fine."""

    def fetched(hours: float, **frame: Any) -> Traffic:
        traffic = done(**frame)
        return traffic.wait(hours * HOUR - 0.01).download()

    check_broken("F1", fetched(24.01), "within 24 hours", "24.0 hours after its link was shown")
    check_good("F1", fetched(24))
    check_broken("F1", fetched(0.41, view=View(clock="scaled", pace=60)), "within 24 hours", "24.6 hours")
    check_good("F1", fetched(0.4, view=View(clock="scaled", pace=60)))


def test_ages_are_judged_where_they_are_the_clients() -> None:
    """The first fetch of each link counts, from when it was first shown, unless a test moved the clock."""
    check_untested("F1", done().event("clock", 25 * HOUR).download())
    again = done().wait(1).download().wait(25 * HOUR).download()
    check_good("F1", again)
    fresh = done().wait(25 * HOUR).poll("completed", changes={"results": [SECOND]}).download(SECOND)
    check_good("F1", fresh)
    told = Traffic().create().hear(shown(CAT, "completed")).wait(25 * HOUR).download()
    check_broken("F1", told, "within 24 hours", "25.0 hours")
    moved = done().download(status=302, told={"location": SECOND}).wait(25 * HOUR).download(SECOND)
    check_good("F1", moved)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_dead_links_are_left(status: int) -> None:
    """A link that is refused six times without a look at the task is found; five times are fine."""

    def refused(times: int) -> Traffic:
        traffic = done()
        for _ in range(times):
            traffic.wait(2).download(status=status)
        return traffic

    check_broken("F2", refused(6), "at most 5 requests", f"6, each refused with {status}")
    check_good("F2", refused(5))


def test_dead_links_are_left_in_the_end() -> None:
    """Looking at the task between is fine, but not for ever; other errors are not about the link."""

    def looped(times: int) -> Traffic:
        traffic = done()
        for _ in range(times):
            traffic.download(status=404).wait(2).poll("completed")
        return traffic

    check_broken("F2", looped(11), "at most 10 requests", "11")
    check_good("F2", looped(10))
    check_untested("F2", done().download(status=503).download())


def test_cut_downloads_are_not_taken() -> None:
    """A download that broke off and was taken for the video is found; tried again, or told of, it is fine."""
    cut: dict[str, Any] = {"error": CUT, "answer": b"vid"}
    check_broken("F3", done().download(**cut).report("completed", task=CAT), "a whole video", CUT)
    check_broken("F3", done().download(**cut).download(**cut).report("completed", task=CAT), "a whole video", CUT)
    check_good("F3", done().download(**cut).download().report("completed", task=CAT))
    part = done().download(**cut).download(status=206, headers={"range": "bytes=3-"}, answer=b"eo")
    check_good("F3", part.report("completed", task=CAT))
    check_good("F3", done().download(**cut).report("error", task=CAT))
    check_good("F3", done().download(**cut).download(**cut))


def test_cut_downloads_are_judged_where_the_end_is_known() -> None:
    """Nothing is said of who does not tell, of answers that were refused, and of heads."""
    cut: dict[str, Any] = {"error": CUT, "answer": b"vid"}
    check_untested("F3", done().download(**cut))
    check_untested("F3", done().download(**cut).report("completed", task=DOG))
    check_untested("F3", done().download(status=503, error=CUT).report("completed", task=CAT))
    check_untested("F3", done().ask("HEAD", LINK, error=CUT).report("completed", task=CAT))


def test_digests_are_compared() -> None:
    """A file with other bytes than were sent is found, if the record has the bytes."""
    length = {"content-type": "video/mp4", "content-length": "5"}
    right, wrong = hashlib.sha256(b"video").hexdigest(), hashlib.sha256(b"vid").hexdigest()

    def fetched(digest: str, **facts: Any) -> Traffic:
        traffic = done().download(**{"told": length, **facts})
        return traffic.report("completed", task=CAT, sha256=digest)

    check_broken("F3", fetched(wrong), "the bytes that were sent", wrong)
    check_good("F3", fetched(right.upper()))
    check_untested("F3", fetched(wrong, told={}))
    check_untested("F3", fetched(wrong, told={**length, "content-encoding": "gzip"}))
    check_untested("F3", fetched(wrong, omitted=("response",)))
    check_untested("F3", done().download(told=length).report("completed", task=CAT))
    page = done().download(told=length).download(omitted=("response",), answer=b"")
    check_untested("F3", page.report("completed", task=CAT, sha256=wrong))


def test_files_are_apart() -> None:
    """Two tasks whose results are in one file are found; so many files are fine, and so is one task told twice."""
    both = done().download().report("completed", task=CAT, path="video.mp4")
    check_broken(
        "F4", both.report("completed", task=DOG, path="video.mp4"), "a file of its own", "video.mp4 for 2 tasks"
    )
    apart = done().report("completed", task=CAT, path="cat.mp4").report("completed", task=DOG, path="dog.mp4")
    check_good("F4", apart.report("completed", task=CAT, path="cat.mp4"))
    check_untested("F4", done().report("failed", task=CAT, path="cat.mp4").report("completed", path="cat.mp4"))
    assert outcome("F4", done()).grade is Grade.NOT_APPLICABLE


@pytest.mark.parametrize(
    "kind", ["text/html; charset=utf-8", "application/json", "application/problem+json", "text/xml"]
)
def test_pages_are_no_videos(kind: str) -> None:
    """A page that was taken for the video is found; tried again, or told of, it is fine."""
    page = {**PAGE, "told": {"content-type": kind}}
    check_broken("F6", done().download(**page).report("completed", task=CAT), "a video", f"Content-Type: {kind}")
    check_good("F6", done().download(**page).report("error", task=CAT))
    again = done().download(**page).wait(1).download(told={"content-type": "video/mp4"})
    check_good("F6", again)


def test_pages_that_are_repeated_are_pages() -> None:
    """Whoever never got anything but pages has no video; a type that is unknown, or none, says nothing."""
    twice = done().download(status=206, **PAGE).download(**PAGE)
    check_broken("F6", twice.report("completed", task=CAT), "a video", "text/html")
    check_untested("F6", done().download(told={"content-type": None}).report("completed", task=CAT))
    check_untested(
        "F6", done().download(told={"content-type": "application/octet-stream"}).report("completed", task=CAT)
    )
    check_untested("F6", done().download(status=404, **PAGE).report("completed", task=CAT))


def test_parts_that_are_not_there_are_left() -> None:
    """A part that was refused with 416 and is asked for again is found; the whole instead is fine."""

    def parted(*ranges: str | None) -> Traffic:
        traffic = done()
        for each in ranges:
            traffic.download(headers={"range": each}, status=416 if each else 200)
        return traffic

    check_broken("F7", parted("bytes=5-", "bytes=5-"), "the whole video", "Range: bytes=5- again")
    check_good("F7", parted("bytes=5-", None))
    check_good("F7", parted("bytes=5-"))
    check_untested("F7", parted(None))
    check_untested("F7", done().download(status=416))


def test_all_results_are_fetched() -> None:
    """Of two results only one was fetched; both are fine, and so is a client that may still be at it."""

    def several(*links: str, **frame: Any) -> Traffic:
        traffic = Traffic(**frame).create().wait(60).poll("completed", changes=TWO)
        for link in links:
            traffic.download(link)
        return traffic

    virtual = View(clock="virtual")
    check_broken("F8", several(LINK, view=virtual), "all results", "1 of 2 never asked for")
    check_broken("F8", several(LINK).wait(61).poll("completed", changes=TWO), "all results", "1 of 2")
    check_good("F8", several(LINK, SECOND))
    check_untested("F8", several(LINK))
    check_untested("F8", several(view=virtual))
    check_untested("F8", done(view=virtual).download())
    check_untested("F8", Traffic(view=virtual).create().poll("completed", changes=TWO).download(status=404))


def test_results_of_the_api_itself_are_results() -> None:
    """A link on the API's own host is a result as well."""
    link = f"{ORIGIN}/ABC/videos/cat.mp4"
    traffic = Traffic().create().poll("completed", changes={"results": [link], "result_data": None})
    check_good("F1", traffic.download(link))
