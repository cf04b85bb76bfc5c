import re
from typing import Any

import msgspec
import pytest

from mock_server.core.types import SECOND
from mock_server.journal.contract import load_contract
from mock_server.journal.entries import Entry, Message
from mock_server.journal.exchange import KEPT_BYTES
from mock_server.journal.redaction import Redactor, make_key
from tests.journal.noting import CREATION, entry, noted
from tests.serving import CREATE, START, example

PROMPT = "a person dancing in the snow"
KEY = {"authorization": "Bearer sk-my-own-key"}
HIDDEN = Redactor(load_contract().vocabulary, key=make_key("default")).text(PROMPT, described=False)


def error(message: str, **more: Any) -> dict[str, Any]:
    """Return the body of an error."""
    return {"error": {"code": "invalid_request", "message": message, "type": "invalid_request_error", **more}}


def body(message: Message) -> Any:
    """Return what a body says."""
    assert message.body is not None
    return msgspec.json.decode(message.body)


def test_an_entry() -> None:
    """All that is known of an exchange, in its own words and without its secrets."""
    request = example(prompt=PROMPT, seed=7)
    answer = {"id": "task-unified-1-a", "status": "pending"}
    headers = KEY | {"content-type": "application/json"}
    shown = entry(
        noted(
            request, answer, headers=headers, number=3, id="r1", query=b"key=abc&x=1", at=START + SECOND // 2,
            ended=START + 1_500, connection="4", turn=2, account="A", task="task-unified-1-a", faults=("delay",),
            notes=(f"a note of {PROMPT}",), answer_headers=[(b"x-request-id", b"r1")],
        )
    )  # fmt: skip
    assert shown == Entry(
        number=3, id="r1", universe="default", at=1_757_169_743.5, wall=1_757_169_743.0, milliseconds=1.5,
        method="POST", url=f"http://localhost{CREATE}?key=(redacted)&x=1", http_version="1.1", connection="4", turn=2,
        reused=True, operation=CREATION, task="task-unified-1-a", account="A", status=200, request=shown.request,
        answer=Message(
            headers=(("x-request-id", "r1"),), body='{"id":"task-unified-1-a","status":"pending"}', size=44, hidden=None
        ),
        clauses=(), near_misses=(), unknown_fields=("seed",), faults=("delay",), notes=("a note of (redacted)",),
    )  # fmt: skip
    assert dict(shown.request.headers)["authorization"] == "Bearer sk-…(redacted)"
    assert body(shown.request) == {**request, "prompt": HIDDEN}
    assert (shown.request.size, shown.request.hidden) == (len(msgspec.json.encode(request)), None)


def test_what_holds_no_secret_stays_as_it_was_written() -> None:
    """A body of which nothing is hidden has its own spaces and its own numbers."""
    written = b'{ "model":\t"x", "duration": 5.0 }'
    assert entry(noted(written)).request.body == written.decode()


def test_an_entry_with_secrets() -> None:
    """Where secrets are shown, all of an exchange is as it was; what is no text is not shown even so."""
    written, answer = b'{"prompt": "cat", "token": "abc"', b"\xff\xfe"
    shown = entry(
        noted(written, answer, headers={**KEY, "x-a": "é"}, path="/v1/a b", query=b"key=1", clauses=("A",), status=400),
        secrets=True,
    )
    assert dict(shown.request.headers)["authorization"] == KEY["authorization"]
    assert dict(shown.request.headers)["x-a"] == "é"
    assert shown.url == "http://localhost/v1/a%20b?key=1"
    assert (shown.request.body, shown.request.hidden) == (written.decode(), None)
    assert (shown.answer.body, shown.answer.hidden) == (None, "it is not text")
    assert entry(noted(body_size=KEPT_BYTES + 1), secrets=True).request.hidden == "it is longer than 65536 bytes"


def test_a_client_that_went_away() -> None:
    """There is no status, and what had come of the body is not shown."""
    shown = entry(noted(b'{"prompt": "c', headers={"content-length": "99"}, status=0, answer_headers=()))
    assert (shown.status, shown.answer.size, shown.answer.hidden) == (None, 0, None)
    assert (shown.request.body, shown.request.hidden) == (None, "only 13 of its 99 bytes were read")


def test_headers_that_are_no_utf_8() -> None:
    """Bytes that are no UTF-8 are read as HTTP always did."""
    exchange = msgspec.structs.replace(noted(), headers=[(b"x-a", b"\xfc"), (b"x-b", "ü".encode())])
    assert entry(exchange).request.headers == (("x-a", "ü"), ("x-b", "ü"))


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ({"prompt": PROMPT}, error(f'prompt is odd, got "{PROMPT[:20]}…')),
        ({"prompt": PROMPT, "model": f"of {PROMPT}"}, error(f'model must be x, got "of {PROMPT}"')),
        ({"description": PROMPT}, error(f"it says {PROMPT}")),
        (f'{{"prompt": "{PROMPT}"'.encode(), error(f'the name "{PROMPT}" stands twice')),
        ({PROMPT: 1, "b": PROMPT}, {"echo": [{PROMPT: PROMPT}]}),
        ({"prompt": PROMPT}, {"prompt": PROMPT, "id": 5}),
    ],
)
def test_an_answer_that_repeats_the_request(request_: Any, answer: Any) -> None:
    """Whatever is hidden in the request is taken out of its answer too, whole or in part."""
    shown = entry(noted(request_, answer, status=400))
    assert shown.answer.body is not None
    assert "dancing" not in shown.answer.body
    assert "(redacted" in shown.answer.body


def test_an_answer_to_a_request_that_was_not_kept() -> None:
    """Nobody knows what it repeats, so it is hidden; if it was accepted, it repeats nothing."""
    refused = entry(noted(answer=error("got a person dancing"), body_size=KEPT_BYTES + 1, status=400))
    assert refused.answer.body is None
    assert refused.answer.hidden == "it may repeat something of the request, which was not kept"
    assert refused.near_misses == ()
    accepted = entry(noted(answer={"id": "x"}, body_size=KEPT_BYTES + 1))
    assert accepted.answer.body == '{"id":"x"}'


def test_a_secret_that_cannot_be_taken_out() -> None:
    """Where a prompt stands as a number, there is no text to take it out of: the whole body is hidden."""
    shown = entry(noted({"prompt": "123456789012345", "seed": 123456789012345}))
    assert (shown.request.body, shown.request.hidden) == (None, "it holds a secret in a form that cannot be taken out")


@pytest.mark.parametrize(
    ("facts", "url"),
    [
        ({"path": "/sk-my-own-key/x"}, "http://localhost/sk-…(redacted)/x"),
        ({"query": b"page=sk-a"}, f"http://localhost{CREATE}?page=sk-…(redacted)"),
        ({"headers": [(b"host", b"sk-my-own-key")]}, f"http://sk-…(redacted){CREATE}"),
        ({"scheme": "https", "headers": []}, f"https://{CREATE}"),
    ],
)
def test_urls(facts: dict[str, Any], url: str) -> None:
    """Keys are taken out of every part of a URL."""
    exchange = noted(headers=KEY)
    assert entry(msgspec.structs.replace(exchange, **facts)).url == url


def test_a_text_in_a_query() -> None:
    """What stands in its place is escaped, as it was."""
    url = entry(noted(query=b"page=a-person-dancing")).url
    assert re.fullmatch(rf"http://localhost{CREATE}\?page=\(redacted:%2016%20characters%2C%20[0-9a-f]{{8}}\)", url)


def test_equal_prompts() -> None:
    """What stands in the place of equal ones is equal, within one journal; of others of the same length it is not."""

    def shown(prompt: str, universe: str = "default") -> str:
        told = body(entry(msgspec.structs.replace(noted({"prompt": prompt}), universe=universe)).request)["prompt"]
        return re.fullmatch(r"\(redacted: [0-9]+ characters, ([0-9a-f]{8})\)", told)[1]  # type: ignore[index]

    assert shown("a cat") == shown("a cat")
    assert len({shown("a cat"), shown("a dog"), shown("a cat", "another")}) == 3


@pytest.mark.parametrize("deep", ["[" * 120 + "]" * 120, '{"a":' * 120 + "1" + "}" * 120])
@pytest.mark.parametrize("field", ["x", "prompt", "video_urls", "duration", "model_params"])
def test_what_is_nested_deeply(field: str, deep: str) -> None:
    """Whatever the service reads can be shown."""
    body = f'{{"model": 1, "{field}": {deep}}}'.encode()
    for secrets in (False, True):
        shown = entry(noted(body, body, status=400, clauses=("URLS-REQ", "DURATION-INT")), secrets=secrets)
        assert shown.request.body is not None
