"""An exchange, as rules look at it."""

import pytest

from contracts.recording import NO_JSON, Exchange
from contracts.recording.origins import find_apis, origin_of, redirect_of


def exchange(**facts: object) -> Exchange:
    """Return an exchange with these facts."""
    usual = {"number": 1, "started_at": 0.0, "ended_at": 1.0, "method": "GET", "url": "https://api.evolink.ai/v1/tasks"}
    return Exchange(**{**usual, **facts})  # type: ignore[arg-type] # as the tests give them


def test_a_url_in_its_parts() -> None:
    """The path and the query can be asked for; of a name that stands twice the last value counts."""
    seen = exchange(url="https://api.evolink.ai/v1/tasks?page=1&status=&page=2#top")
    assert (seen.parts.hostname, seen.path, seen.query) == ("api.evolink.ai", "/v1/tasks", {"page": "2", "status": ""})


def test_a_url_that_is_none() -> None:
    """A Host that nobody can have leaves a URL without parts, with an origin of its own, and no redirect."""
    asked = exchange(url="http://[::<b>/v1/x?page=2", status=302, response_headers=(("location", "/v1/y"),))
    assert (asked.path, asked.query) == ("http://[::<b>/v1/x", {"page": "2"})
    assert origin_of(asked.url) != origin_of("http://127.0.0.1")
    assert find_apis([asked]) == frozenset()
    assert redirect_of(asked) is None


def test_headers_by_name() -> None:
    """The first of several counts; one that is not there is None."""
    seen = exchange(request_headers=(("accept", "a"), ("accept", "b")), response_headers=(("retry-after", "7"),))
    assert (seen.header("accept"), seen.header("host")) == ("a", None)
    assert (seen.response_header("retry-after"), seen.response_header("accept")) == ("7", None)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"prompt": "\xff"}'])
def test_a_body_that_is_no_json(body: bytes) -> None:
    """It is told from a body that is null."""
    assert exchange(request_body=body).sent is NO_JSON
    assert exchange(response_body=body).answered is NO_JSON
    assert exchange(request_body=b"null").sent is None


def test_what_did_not_come_whole_is_no_json() -> None:
    """However well it reads."""
    assert exchange(response_body=b'{"id": 1}').answered == {"id": 1}
    assert exchange(response_body=b'{"id": 1}', error="reset").answered is NO_JSON


@pytest.mark.parametrize(
    ("status", "error", "succeeded"),
    [
        (200, None, True),
        (299, None, True),
        (300, None, False),
        (199, None, False),
        (200, "reset", False),
        (None, "refused", False),
    ],
)
def test_success(status: int | None, error: str | None, succeeded: bool) -> None:  # noqa: FBT001 - a column of the table
    """It takes a whole answer with a status of success."""
    assert exchange(status=status, error=error).succeeded is succeeded
