"""The form of requests and the key: each rule of A with a client that breaks it, and one that does not."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from contracts.recording import View
from contracts.rules import ALL_RULES
from contracts.rules.requests.callback_urls import find_fault
from contracts.verdict import judge
from tests.rules.records import (
    CAT,
    HOOK,
    KEY,
    LINK,
    ORIGIN,
    Traffic,
    check_broken,
    check_good,
    check_untested,
    wanted,
)
from tests.tables import by_table, numbered

BEARER: Final = {"authorization": f"Bearer {KEY}"}
OTHER: Final = "https://cdn.example.com/cat.mp4"


def ask(**changes: Any) -> Traffic:
    """Return traffic with a create whose body is changed so."""
    return Traffic().create(asked=changes)


def with_headers(**headers: str | None) -> Traffic:
    """Return traffic with a create whose headers are changed so."""
    return Traffic().create(headers={name.replace("_", "-"): value for name, value in headers.items()})


BROKEN: Final[list[tuple[str, Callable[[], Traffic], str, str]]] = [
    ("A1", lambda: with_headers(authorization=None), "Authorization: Bearer <key>", "no Authorization header"),
    ("A1", lambda: with_headers(authorization=KEY), "Bearer", "an Authorization header alone"),
    ("A1", lambda: with_headers(authorization=f"Token {KEY}"), "Bearer", "'Token'"),
    ("A1", lambda: with_headers(authorization=f"{KEY} {KEY}"), "Bearer", "'no scheme'"),
    ("A1", lambda: with_headers(authorization=f"Bearer  {KEY}"), "one space", "'Bearer' and 2 spaces"),
    ("A2", lambda: Traffic().create().ask("GET", OTHER, headers=BEARER), "cdn.example.com", "the header authorization"),
    ("A2", lambda: Traffic().create().ask("GET", f"{OTHER}?k={KEY}"), "no key", "the URL"),
    ("A2", lambda: Traffic().create().ask("POST", OTHER, sent={"k": KEY}), "no key", "the body"),
    ("A2", lambda: Traffic().create().ask("GET", OTHER, headers={"x-key": KEY}), "no key", "the header x-key"),
    (
        "A2",
        lambda: (
            Traffic()
            .ask("GET", "/v1/credits", status=302, told={"location": "https://evil.example/v1/credits"})
            .ask("GET", "https://evil.example/v1/credits", headers=BEARER)
        ),
        "https://evil.example",
        "the header authorization",
    ),
    ("A3", lambda: Traffic().ask("GET", f"/v1/credits?key={KEY}"), "nowhere else", "the URL"),
    ("A3", lambda: Traffic().ask("GET", "/v1/credits?api_key=(redacted)"), "nowhere else", "the URL"),
    ("A3", lambda: Traffic().create(asked={"api_key": KEY}), "nowhere else", "the body"),
    ("A3", lambda: Traffic().create(asked={"token": "(redacted)"}), "nowhere else", "the body"),
    ("A3", lambda: Traffic().ask("GET", f"https://{KEY}@api.evolink.ai/v1/credits", headers=BEARER), "header", "URL"),
    ("A4", lambda: with_headers(content_type="text/plain"), "application/json", "Content-Type: text/plain"),
    ("A4", lambda: with_headers(content_type=None), "application/json", "no Content-Type"),
    ("A4", lambda: with_headers(content_type="application/json; charset=latin-1"), "UTF-8", "the charset latin-1"),
    ("A4", lambda: Traffic().create(sent=b"model=wan2.6"), "JSON", "a body that is no JSON in UTF-8"),
    ("A4", lambda: Traffic().create(sent=b'{"prompt": "\xe9"}'), "UTF-8", "a body that is no JSON in UTF-8"),
    ("A4", lambda: Traffic().create(sent=[1]), "JSON", "JSON that is no object"),
    ("A5", lambda: Traffic().refuse(400, asked={"model": "wan2.6"}), "model must be one of ", 'model: "wan2.6"'),
    ("A5", lambda: ask(model=None), "model is required", "nothing"),
    ("A6", lambda: ask(prompt="x" * 1_501), "at most 1500 characters", "1501 characters"),
    ("A6", lambda: ask(prompt="(redacted: 1501 characters)"), "at most 1500 characters", "1501 characters"),
    ("A6", lambda: ask(prompt=None), "prompt is required", "no prompt"),
    ("A6", lambda: ask(prompt=7), "prompt must be a string", "a int"),
    (
        "A6",
        lambda: ask(prompt="x" * 1_500).report("completed", wanted={"prompt": "x" * 1_600}),
        "a prompt of 1600 characters",
        "its first 1500 characters",
    ),
    ("A7", lambda: ask(video_urls=["https://a.example/x.mp4"] * 4), "at most 3 items", "https://a.example/x.mp4"),
    ("A7", lambda: ask(video_urls=[]), "at least 1 item", "[]"),
    ("A7", lambda: ask(video_urls=["/home/cat.mp4"]), "must be", '"/home/cat.mp4"'),
    ("A7", lambda: ask(video_urls=["data:video/mp4;base64,AAAA"]), "http or https", "data:"),
    ("A7", lambda: ask(video_urls=None), "video_urls is required", "nothing"),
    ("A8", lambda: ask(duration="5"), "duration must be an integer", '"5"'),
    ("A8", lambda: ask(duration=2.5), "duration must be an integer", "2.5"),
    ("A8", lambda: ask(duration=11), "at most 10", "11"),
    ("A9", lambda: ask(quality="4k"), "one of 720p, 1080p", '"4k"'),
    ("A9", lambda: ask(aspect_ratio=""), "one of 16:9", '""'),
    ("A9", lambda: Traffic().create(sent={**wanted(), "quality": None}), "quality must be", "null"),
    ("A10", lambda: ask(generate_audio="false"), "must be a boolean", '"false"'),
    (
        "A10",
        lambda: Traffic().create().report("completed", task=CAT, wanted={"generate_audio": False}),
        "generate_audio: false",
        '"nothing"',
    ),
    ("A11", lambda: ask(shot_type="multi"), "within model_params", "beside it"),
    ("A11", lambda: ask(model_params={"shot_type": "many"}), "one of single, multi", '"many"'),
    ("A11", lambda: ask(model_params="multi"), "must be an object", '"multi"'),
    ("A12", lambda: ask(callback_url="http://hooks.example.com/"), "must be an https URL", "http://"),
    ("A12", lambda: ask(callback_url="https://127.0.0.1/x"), "a public host", "127.0.0.1"),
    ("A12", lambda: ask(callback_url="https://u:p@hooks.example.com/x"), "no user", "u:p@"),
    ("A12", lambda: ask(callback_url="https://hooks.example.com/#x"), "no fragment", "#x"),
    ("A12", lambda: ask(callback_url=f"https://hooks.example.com/{'x' * 2_048}"), "2048 characters", "…"),
    ("A13", lambda: ask(callbackUrl=HOOK), "callback_url", '"callbackUrl"'),
    ("A13", lambda: ask(zzz=1), "only fields that are documented: model, prompt", '"zzz"'),
    ("A15", lambda: with_headers(user_agent=None), "a name and a version", "none"),
    ("A15", lambda: with_headers(user_agent="shop"), "a name and a version", "User-Agent: shop"),
    (
        "A15",
        lambda: Traffic().refuse(503, headers={"user-agent": "shop/1.0"}).create(headers={"user-agent": "shop/1.1"}),
        "one User-Agent for all attempts",
        "shop/1.0 and shop/1.1",
    ),
    ("A16", lambda: with_headers(accept="text/html"), "allows application/json", "Accept: text/html"),
    ("A16", lambda: with_headers(accept="*/*, application/json;q=0.0"), "allows application/json", "q=0.0"),
]

GOOD: Final[list[tuple[str, Callable[[], Traffic]]]] = [
    ("A1", Traffic().create),
    ("A1", lambda: with_headers(authorization=f"bearer {KEY}")),
    ("A1", lambda: Traffic(view=View()).create().poll()),
    ("A2", lambda: Traffic().create().poll("completed").download()),
    ("A2", lambda: Traffic().create().ask("GET", OTHER, headers={"authorization": "Bearer key-00000000"})),
    ("A3", lambda: Traffic().create(asked={"prompt": "My api_key is (redacted)"})),
    ("A4", lambda: with_headers(content_type="Application/JSON; charset=UTF-8; x=1")),
    ("A4", lambda: Traffic().ask("POST", "/v1/tasks/batch", sent={"task_ids": [CAT]})),
    ("A5", ask),
    ("A6", lambda: ask(prompt="\N{CAT FACE}" * 1_500)),
    ("A6", lambda: ask(prompt="(redacted: 1500 characters)")),
    ("A6", lambda: ask(prompt=f"(redacted) {'x' * 1_600}")),
    ("A6", lambda: Traffic().create().report("error", wanted={"prompt": "x" * 1_600})),
    ("A6", lambda: Traffic().create().report("completed", wanted={"prompt": "A cat"}).report("completed")),
    ("A7", lambda: ask(video_urls=["http://a.example/x.mp4", "https://a.example/y.mov"])),
    ("A8", lambda: ask(duration=10)),
    ("A8", lambda: Traffic().create(sent={**wanted(), "duration": 5.0})),
    ("A9", lambda: ask(quality="1080p", aspect_ratio="9:16")),
    ("A10", lambda: ask(generate_audio=False).report("completed", task=CAT, wanted={"generate_audio": False})),
    ("A11", lambda: ask(model_params={"shot_type": "multi"})),
    ("A12", lambda: ask(callback_url=HOOK)),
    ("A13", lambda: ask(shot_type="multi")),
    ("A15", lambda: Traffic().refuse(503).create()),
    ("A16", lambda: with_headers(accept="text/html, */*;q=0.1")),
    ("A16", lambda: with_headers(accept="application/*;q=1.0")),
    ("A16", lambda: with_headers(accept=None)),
]

UNTESTED: Final[list[tuple[str, Callable[[], Traffic]]]] = [
    ("A1", lambda: Traffic(view=View()).create(headers={"authorization": None})),
    ("A1", lambda: Traffic().download()),
    ("A2", Traffic().create),
    ("A2", lambda: Traffic().create().poll("completed", changes={"results": [f"{ORIGIN}/x"]}).download(f"{ORIGIN}/x")),
    ("A3", lambda: Traffic().download(LINK)),
    ("A4", lambda: Traffic().poll()),
    ("A4", lambda: Traffic().create(sent=b"", omitted=("request",))),
    ("A5", lambda: Traffic().create(sent=[1])),
    ("A5", lambda: ask(model="of a page that nobody has here, and the server does")),
    ("A8", lambda: ask(duration=None)),
    ("A9", ask),
    ("A10", lambda: Traffic().create().report("error", wanted={"generate_audio": False})),
    ("A10", lambda: Traffic().create().poll("failed", task="task-unified-1-other").report("failed", task="x")),
    ("A11", ask),
    ("A12", ask),
    ("A15", lambda: Traffic(view=View()).create(headers={"user-agent": None})),
]


@pytest.mark.clauses("AUTH-BEARER", "MODEL-ENUM", "PROMPT-MAX", "URLS-MAX", "URLS-HTTP", "DURATION-INT", "SHOT-VALUES")
@pytest.mark.parametrize(("rule", "told", "expected", "seen"), numbered(BROKEN))
def test_broken(rule: str, told: Callable[[], Traffic], expected: str, seen: str) -> None:
    """What is wrong is found, named, and shown with the exchange."""
    check_broken(rule, told(), expected, seen)


test_good = by_table(check_good, GOOD)
test_untested = by_table(check_untested, UNTESTED)


def test_a_request_that_has_the_key_twice() -> None:
    """Two headers are one too many."""
    once = Traffic().create().record
    double = (*once.exchanges[0].request_headers, ("authorization", f"Bearer {KEY}"))
    twice = msgspec.structs.replace(
        once, exchanges=(msgspec.structs.replace(once.exchanges[0], request_headers=double),)
    )
    rules = [rule for rule in ALL_RULES if rule.id == "A1"]
    assert judge(rules, twice).outcomes[0].findings[0].seen == "2 Authorization headers"


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "app.localhost", "printer.local", "db.internal", "nas.lan", "router.home.arpa", "intranet"),
        *(
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.1.2.3",
            "127.1",
            "2130706433",
            "100.64.0.1",
            "0x7f.1",
            "0177.0.0.1",
        ),
        *("[::1]", "[fd00::1]", "[fe80::1]", "localhost."),
    ],
)
@pytest.mark.clauses("CB-NO-INTERNAL")
def test_internal_hosts(host: str) -> None:
    """Addresses and names that the internet does not reach, however they are written."""
    check_broken("A12", ask(callback_url=f"https://{host}/x"), "a public host", host)


@pytest.mark.parametrize(
    "host",
    ["hooks.example.com", "8.8.8.8", "[2606:4700::1]", "10.example.com", "example.com.1x", "8.8.2056", "1.2.3.4.5"],
)
def test_public_hosts(host: str) -> None:
    """Other names and addresses are public."""
    check_good("A12", ask(callback_url=f"https://{host}/x"))


def test_a_callback_url_that_cannot_be_read() -> None:
    """It is a finding, and no error of the rule."""
    assert find_fault("https://[::1/x") == "must be a URL that can be read"
    check_broken("A12", ask(callback_url="https://[::1/x"), "callback_url must be", "https://[::1/x")
