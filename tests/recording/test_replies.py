"""What came of a request, as a client has to take it."""

from typing import Any

import pytest

from contracts.recording.operations import operation_of
from contracts.recording.replies import NEVER_SENT, Reply, created_task, reply_of
from tests.rules.records import CAT, LINK, Traffic


def reply(traffic: Traffic) -> Reply:
    """Return what came of the only request."""
    return reply_of(traffic.record.exchanges[0])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Reply.SUCCESS),
        ({"status": 201}, Reply.SUCCESS),
        ({"answer": b"{"}, Reply.UNCLEAR),
        ({"answer": {"id": 7}}, Reply.UNCLEAR),
        ({"answer": [1]}, Reply.UNCLEAR),
        ({"error": "only 3 of 9 bytes came"}, Reply.UNCLEAR),
        ({"answer": b"", "omitted": ("response",)}, Reply.SUCCESS),
        ({"status": 299}, Reply.SUCCESS),
        ({"status": 300}, Reply.REDIRECT),
        ({"status": 302}, Reply.REDIRECT),
        ({"status": 399}, Reply.REDIRECT),
        ({"status": 400}, Reply.REFUSED),
        ({"status": 402}, Reply.REFUSED),
        ({"status": 400, "error": "cut"}, Reply.REFUSED),
        ({"status": 408}, Reply.UNCLEAR),
        ({"status": 425}, Reply.BUSY),
        ({"status": 429}, Reply.BUSY),
        ({"status": 500}, Reply.UNCLEAR),
        ({"status": 502}, Reply.UNCLEAR),
        ({"status": 503}, Reply.UNCLEAR),
        ({"status": 503, "told": {"retry-after": "1"}}, Reply.BUSY),
        ({"status": None, "error": "lost"}, Reply.UNCLEAR),
        ({"status": None, "error": NEVER_SENT}, Reply.BUSY),
        ({"status": 101}, Reply.UNCLEAR),
    ],
)
def test_creates(facts: dict[str, Any], expected: Reply) -> None:
    """A create has succeeded if its task is known; a status that refuses counts even if the answer was cut."""
    assert reply(Traffic().create(**facts)) is expected


def test_other_requests() -> None:
    """An operation needs an answer that can be read, unless there is to be none; what is no operation needs no JSON."""
    assert reply(Traffic().poll()) is Reply.SUCCESS
    assert reply(Traffic().poll(answer=b"<html>")) is Reply.UNCLEAR
    assert reply(Traffic().ask("DELETE", "/api/v1/files/file_1", status=204)) is Reply.SUCCESS
    assert reply(Traffic().download()) is Reply.SUCCESS
    assert reply(Traffic().poll(answer=b"", omitted=("response",))) is Reply.SUCCESS
    assert reply(Traffic().poll(answer=b"", omitted=("request",))) is Reply.UNCLEAR


def test_retryable() -> None:
    """Asking again can help where it was not done, or nobody knows."""
    assert [each for each in Reply if each.retryable] == [Reply.BUSY, Reply.UNCLEAR]


def test_what_was_asked() -> None:
    """Operations by their ids, whatever host; and the task that a create made."""
    asked = Traffic().create().poll().download().record.exchanges
    assert [operation_of(each) for each in asked] == ["createTask", "getTaskDetail", ""]
    assert [created_task(each) for each in asked[:2]] == [CAT, CAT]
    assert created_task(Traffic().create(status=500).record.exchanges[0]) is None
    assert created_task(Traffic().create(answer={"id": 7}).record.exchanges[0]) is None
    assert LINK in asked[2].url
