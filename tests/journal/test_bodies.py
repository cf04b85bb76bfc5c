import gzip

import pytest
from msgspec import UNSET

from mock_server.journal.bodies import Body, answer_body, request_body
from mock_server.journal.exchange import KEPT_BYTES
from tests.journal.noting import noted

GZIP = gzip.compress(b"1", mtime=0)
CUT = "only 3 of its 10 bytes were read"


@pytest.mark.parametrize(
    ("body", "size", "headers", "read"),
    [
        (b"", 0, {}, Body(b"")),
        (b'{"a": 1}', 8, {"content-length": "8"}, Body(b'{"a": 1}', {"a": 1})),
        (b"null", 4, {}, Body(b"null", None)),
        (b"[1", 2, {}, Body(b"[1", hidden="it is not JSON that can be read")),
        (b"a=b", 3, {}, Body(b"a=b", hidden="it is not JSON that can be read")),
        (b'{"a": 1, "a": 2}', 16, {}, Body(b'{"a": 1, "a": 2}', hidden="it is not JSON that can be read")),
        (b'{"a', 3, {"content-length": "10"}, Body(b'{"a', hidden=CUT)),
        (b"", 0, {"content-length": "10"}, Body(b"", hidden="only 0 of its 10 bytes were read")),
        (b"1", 1, {"content-length": "1" * 19}, Body(b"1", 1)),
        (b"1", 1, {"content-length": "a"}, Body(b"1", 1)),
        (gzip.compress(b"1", mtime=0), 21, {"content-encoding": "gzip"}, Body(GZIP, hidden="it is compressed")),
        (b"", KEPT_BYTES + 1, {}, Body(b"", hidden="it is longer than 65536 bytes")),
    ],
)
def test_request_bodies(body: bytes, size: int, headers: dict[str, str], read: Body) -> None:
    """A body is JSON that the service itself would read, or there is a reason why it is not shown."""
    assert request_body(noted(body, body_size=size), headers) == read
    assert (read.value is UNSET) == (read.hidden is not None or not body)


def test_answer_bodies() -> None:
    """An answer is read in the same way; where it says that it is longer than it is, what came is shown."""
    assert answer_body(noted(answer={"a": 1}), {"content-length": "99"}) == Body(b'{"a":1}', {"a": 1})
    assert answer_body(noted(answer_size=KEPT_BYTES + 1), {}).hidden == "it is longer than 65536 bytes"
    assert answer_body(noted(answer=b"Not found\n"), {}).hidden == "it is not JSON that can be read"
