"""What each fault of a body puts on the wire, to the byte."""

from typing import Final

import pytest

from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.links import LINK_FAULTS
from tests.wire.bodies import ROWS, Row, plainly
from tests.wire.conftest import Universe

pytestmark = pytest.mark.uncounted


@pytest.mark.parametrize("operation", ["query", "list", "credits", "create"])
@pytest.mark.parametrize("fault", BODY_FAULTS)
def test_what_is_on_the_wire(universe: Universe, fault: str, operation: str) -> None:
    """The status is the true one; the body has the fault, and its length is true unless that is what is wrong."""
    row = ROWS[fault]
    true = universe.ask(operation, to_end=False, headers={"idempotency-key": "one"})
    universe.plan(f"body {fault} on={operation}")
    seen = universe.ask(operation, to_end=row.more != 0, headers={"idempotency-key": "one"})
    assert (seen.start, seen.end) == (true.start, "FIN" if row.more else "open")
    expected = row.body(true.body)
    assert seen.body.startswith(expected) if fault == "html" else seen.body == expected
    assert int(seen.headers["content-length"]) == len(seen.body) + row.more
    closing = {"connection": "close"} if row.more else {}
    changed = {name: value for name, value in seen.headers.items() if value != true.headers.get(name)}
    assert changed.items() - {("content-length", str(len(seen.body) + row.more))} == {
        ("x-request-id", seen.headers["x-request-id"]),
        *row.headers.items(),
        *closing.items(),
        *({("date", seen.headers["date"])} if "date" in changed else ()),
        *({("idempotency-replayed", "true")} if operation == "create" else ()),
    }


ANSWERS: Final = {
    "expires": ("expires:0", b"HTTP/1.1 403 Forbidden", b"This link has expired\n"),
    "redirect": ("redirect origin=http://127.0.0.1:9", b"HTTP/1.1 302 Found", b""),
    "status": ("status:410", b"HTTP/1.1 410 Gone", None),
    "no-range": ("no-range", b"HTTP/1.1 200 OK", plainly),
    "slow": ("slow:0", b"HTTP/1.1 200 OK", plainly),
}
"""Of the faults that links alone have: the words, the first line, and the body, or what makes it of the file."""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("fault", LINK_FAULTS)
def test_what_a_link_puts_on_the_wire(universe: Universe, fault: str, method: str) -> None:
    """The link of a task that was created so goes wrong, whenever it is fetched; to HEAD, in its head."""
    file = universe.ask("result", to_end=False).body
    words, start, body = ANSWERS.get(fault, (fault, b"HTTP/1.1 200 OK", ROWS.get(fault, Row()).body))
    row = ROWS.get(fault, Row())
    universe.plan(f"link {words}")
    universe.finish_task()
    for _ in range(2):
        seen = universe.ask("result", to_end=row.more != 0, method=method)
        assert seen.start == start
        assert seen.end == ("FIN" if row.more else "open")
        whole = body if isinstance(body, bytes) else None if body is None else body(file)
        if fault == "html":
            assert seen.headers["content-type"] == "text/html; charset=utf-8"
        elif whole is not None:
            assert seen.body == (b"" if method == "HEAD" else whole)
            assert int(seen.headers["content-length"]) == len(whole) + row.more
        if fault == "redirect":
            assert seen.headers["location"] == f"http://127.0.0.1:9{universe.requests['result'][1]}"
    struck = [entry["faults"] for entry in universe.exchanges() if entry["operation"] == "result"]
    assert struck == [[], [f"link {fault}"], [f"link {fault}"]]


def test_a_link_that_is_still_good(universe: Universe) -> None:
    """A plan that does not matter yet, or is not of the link at all, does nothing to it and is not named."""
    universe.plan("link expires:1000", "task results=always")
    universe.finish_task()
    assert universe.ask("result", to_end=False).start == b"HTTP/1.1 200 OK"
    assert universe.exchanges()[-1]["faults"] == []


def test_links_have_two_methods(universe: Universe) -> None:
    """Any other is refused, whatever is planned for the link."""
    universe.plan("disconnect on=result")
    assert universe.ask("result", to_end=False, method="POST").start == b"HTTP/1.1 405 Method Not Allowed"
