from typing import Any

import pytest

from mock_server.journal.contract import load_contract
from mock_server.journal.masking import KEY_MARK, MARK
from mock_server.journal.redaction import Redactor, is_secret
from tests.journal.noting import CREATION

CONTRACT = load_contract()
SCHEMA = CONTRACT.operations[CREATION].body_schema
PROSE = "a person dancing in the snow"


@pytest.fixture
def redactor() -> Redactor:
    """What hides, and remembers."""
    return Redactor(CONTRACT.vocabulary)


@pytest.mark.parametrize(
    "name",
    [
        *("x-api-key", "api-key", "apikey", "X-ApiKey", "APIKey", "accessKeyId", "keys", "x-auth", "authorization"),
        *(
            "access_token",
            "accesstoken",
            "csrf-token",
            "password",
            "passwd",
            "db_pwd",
            "clientSecret",
            "X-Amz-Signature",
        ),
        *("sig", "x-sign", "set-cookie", "session_id", "sid", "credentials", "jwt", "sas", "x-bearer-value"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    """A header, a parameter or a field of such a name is hidden, however its words are joined."""
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["task_id", "keyword", "design", "author", "duration", "x-request-id", "video_urls", "monkey", "assign", ""]
)
def test_names_of_no_secrets(name: str) -> None:
    """A name that only sounds like one is shown."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("authorization", "Bearer sk-my-own-key", f"Bearer {KEY_MARK}"),
        ("authorization", "bearer   sk-my-own-key ", f"bearer {KEY_MARK}"),
        ("authorization", "Bearer abc", f"Bearer {MARK}"),
        ("authorization", "sk-my-own-key", KEY_MARK),
        ("authorization", "my-own-key and more", MARK),
        ("proxy-authorization", "Basic dXNlcjpwYXNz", f"Basic {MARK}"),
        ("cookie", "sid=my-own-cookie; theme=dark; alone", f"sid={MARK}; theme={MARK}; {MARK}"),
        ("x-api-key", "my-own-key", MARK),
        ("x-prompt", PROSE, MARK),
        ("x-prompt", "", MARK),
        ("idempotency-key", "order-1", "(redacted, 5562dc63)"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("content-type", "application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("referer", "https://me:pass@a.test/?token=1&b=2", f"https://{MARK}@a.test/?token={MARK}&b=2"),
        ("x-retries", "2", "2"),
        ("x-model", "wan2.6-reference-video-flash", "wan2.6-reference-video-flash"),
        ("x-callback", "https://hooks.example.com/done", "https://hooks.example.com/done"),
        ("x-title", "a-text-of-somebody", "(redacted: 18 characters)"),
        ("x-mock-universe", "integration-tests", "integration-tests"),
        ("x-mock-universe", PROSE, "(redacted: 28 characters)"),
    ],
)
def test_request_headers(redactor: Redactor, name: str, value: str, shown: str) -> None:
    """Keys keep their scheme, cookies their names, known headers are shown, and others if they are short."""
    assert redactor.header(name, value) == shown


def test_answer_headers(redactor: Redactor) -> None:
    """What we sent is shown, but for cookies and the like."""
    assert redactor.answer_header("set-cookie", "sid=my-own-cookie") == MARK
    assert redactor.answer_header("x-mock-clauses", "PROMPT-MAX, URLS-MAX") == "PROMPT-MAX, URLS-MAX"
    assert redactor.mask().text("my-own-cookie") == MARK


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v1/tasks/task-unified-1", "/v1/tasks/task-unified-1"),
        ("/v1/a b/é", "/v1/a%20b/%C3%A9"),
        (f"/v1/{PROSE}/x", f"/v1/{MARK}/x"),
        ("/v1/a%20person%20dancing/x", f"/v1/{MARK}/x"),
        (f"/v1/{'a' * 65}/x", f"/v1/{MARK}/x"),
        ("/AB12/videos/2025/09/06/0123456789abcdef0123456789abcdef.mp4",) * 2,
    ],
)
def test_paths(redactor: Redactor, path: str, shown: str) -> None:
    """A part of a path is shown, escaped, unless it is prose or longer than any name."""
    assert redactor.path(path) == shown


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ""),
        ("page=2&status=Completed%20", "page=2&status=Completed%20"),
        ("status=a+person+dancing", "status=(redacted:%2016%20characters)"),
        ("key=1&api%5Fkey=2&prompt=cat", f"key={MARK}&api%5Fkey={MARK}&prompt={MARK}"),
        ("n=1&note=a-text-of-somebody", "n=1&note=(redacted:%2018%20characters)"),
        ("a-text-of-somebody&flag", "(redacted:%2018%20characters)&flag"),
        ("a+b=1", f"{MARK}=1"),
        (
            "back=https%3A%2F%2Fa.test%2F%3Ftoken%3D1",
            "back=https://a.test/%3Ftoken%3D(redacted)",
        ),
    ],
)
def test_queries(redactor: Redactor, query: str, shown: str) -> None:
    """What is described is shown as it was written; secret names, prose, and long values of other names are not."""
    assert redactor.query(query, {"page", "status"}) == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"prompt": PROSE}, {"prompt": "(redacted: 28 characters)"}),
        (
            {"prompt": "", "negativePrompt": "cat"},
            {"prompt": "(redacted: 0 characters)", "negativePrompt": "(redacted: 3 characters)"},
        ),
        ({"prompt": None, "prompt_extend": True}, {"prompt": None, "prompt_extend": True}),
        ({"prompt": 5, "prompts": ["a", {"b": 1}], "prompt_x": []}, {"prompt": MARK, "prompts": MARK, "prompt_x": []}),
        ({"a": [{"b": {"my_prompt": "cat"}}]}, {"a": [{"b": {"my_prompt": "(redacted: 3 characters)"}}]}),
        ({"token": "abc", "auth": {"user": "me", "n": 1}}, {"token": "(redacted: 3 characters)", "auth": MARK}),
        ({"token": {"credits": 5, "unlimited": False}}, {"token": {"credits": 5, "unlimited": False}}),
        (
            {"model": "sora-2-preview-hd", "quality": PROSE},
            {"model": "sora-2-preview-hd", "quality": "(redacted: 28 characters)"},
        ),
        ({"size": "1280x720", "note": "a-text-of-somebody"}, {"size": "1280x720", "note": "(redacted: 18 characters)"}),
        ({"model_name": "wan2.6-reference-video-flash"}, {"model_name": "wan2.6-reference-video-flash"}),
        ({"image": "https://a.test/cat.png?sig=1#x"}, {"image": f"https://a.test/cat.png?sig={MARK}#x"}),
        ({"video_urls": ["https://a:b@c.test/d"]}, {"video_urls": [f"https://{MARK}@c.test/d"]}),
        ({"model_params": {"style": "a-text-of-somebody"}}, {"model_params": {"style": "(redacted: 18 characters)"}}),
        ({PROSE: 1, "x" * 65: 2}, {MARK: 2}),
        ([PROSE, 1, None], ["(redacted: 28 characters)", 1, None]),
        ("a-text-of-somebody", "a-text-of-somebody"),
        (5, 5),
    ],
    ids=str,
)
def test_request_bodies(redactor: Redactor, body: Any, shown: Any) -> None:
    """Prompts and secrets are hidden at any depth; so is prose, and long texts that no page describes."""
    assert redactor.request(body, SCHEMA) == shown


def test_a_request_that_no_page_describes(redactor: Redactor) -> None:
    """Of a request to nowhere only short texts, URLs and the contract's own words are shown."""
    body = {"model": "wan2.6-reference-video-flash", "aspect_ratio": "16:9", "quality": "a-text-of-somebody"}
    assert redactor.request(body, None) == {**body, "quality": "(redacted: 18 characters)"}


def test_what_is_nested_too_deeply(redactor: Redactor) -> None:
    """Beyond 32 levels nothing is shown, and what is there is remembered."""
    deep: Any = "a-text-of-somebody"
    for _ in range(900):
        deep = [deep]
    for shown in (redactor.request({"a": deep}, SCHEMA), redactor.answer({"a": deep})):
        assert str(shown) == "{'a': " + "[" * 31 + f"'{MARK}'" + "]" * 31 + "}"
    assert redactor.mask().text("a-text-of-somebody") == MARK


def test_answer_bodies(redactor: Redactor) -> None:
    """An answer is prose of ours: it is shown, but for prompts, secrets and the secrets of links."""
    answer = {"error": {"message": "It must be shorter than that"}, "data": [{"prompt": "cat", "token": "abc"}], "n": 1}
    assert redactor.answer(answer) == {
        **answer,
        "data": [{"prompt": "(redacted: 3 characters)", "token": "(redacted: 3 characters)"}],
    }
    assert redactor.answer({"results": ["https://a.test/b?token=1"]}) == {"results": [f"https://a.test/b?token={MARK}"]}


HIDING: dict[str, tuple[str, tuple[Any, ...], str]] = {
    "a key": ("header", ("authorization", "Bearer not-a-usual-key"), "not-a-usual-key"),
    "a key in a header of its own": ("header", ("x-api-key", "Key another-key"), "another-key"),
    "a cookie": ("header", ("cookie", "sid=cookie-value"), "cookie-value"),
    "a header": ("header", ("x-title", PROSE), PROSE),
    "a part of a path": ("path", (f"/{PROSE}",), PROSE),
    "a parameter": ("query", ("note=a+person+dancing", ()), "a person dancing"),
    "a prompt in parts": ("request", ({"prompt": {"text": [PROSE]}}, SCHEMA), PROSE),
    "a number for a prompt": ("request", ({"prompt": 123456789012}, SCHEMA), "123456789012"),
    "a field of a secret": ("request", ({"password": "hunter2-hunter2"}, SCHEMA), "hunter2-hunter2"),
    "a name": ("request", ({PROSE: 1}, SCHEMA), PROSE),
    "a password in a URL": ("urls", ("at https://me:my%20password1@a.test/",), "my password1"),
    "a body that cannot be read": ("remember", (r'{"prompt": "a \"very big\" cat',), 'a "very big" cat'),
}


@pytest.mark.parametrize("place", HIDING)
def test_what_is_hidden_in_one_place_is_hidden_in_all(redactor: Redactor, place: str) -> None:
    """Whatever was hidden is remembered, as it reads and not as it was written."""
    hide, arguments, secret = HIDING[place]
    assert redactor.mask().text(f"the {secret}") == f"the {secret}"
    getattr(redactor, hide)(*arguments)
    assert secret not in redactor.mask().text(f"the {secret}")
