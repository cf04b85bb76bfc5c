"""A request as a line for a shell: the shell reads exactly what was sent, and acts on nothing in it."""

import subprocess
from typing import Any

import pytest

from contracts.report.verdicts.curl import KEY_VARIABLE, name_keys, write_curl
from mock_server.journal.entries import Message
from tests.report.verdicts.reports import exchange

URL = "https://api.evolink.ai/v1/tasks?limit=1&after=x"
HOSTILE = ("$(touch x)", "`id`", "a'b\"c", "a\nb\tc", "\\n'\x1b", "; rm x", "$HOME", "é雪")


def message(body: str | None = None, hidden: str | None = None, headers: Any = ()) -> Message:
    """Return a request as it is shown."""
    return Message(headers=headers, body=body, size=0, hidden=hidden)


def words(line: str) -> list[str]:
    """Return the arguments that a shell gives to curl."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\n{line}"
    given = {"PATH": "/usr/bin:/bin", KEY_VARIABLE: "sk-1", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env=given)
    return ran.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_reads_what_was_sent(text: str) -> None:
    """In every place, whatever it holds, and on one line."""
    shown = message(body=text, headers=(("x-one", text),))
    line = write_curl(shown, method=text, url=URL + text, key=None)
    assert line.isprintable()
    assert words(line) == ["-X", text, URL + text, "-H", f"x-one: {text}", "--data-raw", text]


def test_the_key_is_in_the_environment() -> None:
    """Its header is written for the shell to fill in, and is not there twice."""
    shown = message(headers=(("authorization", "Bearer key-1a2b3c4d"), ("host", "x"), ("x-one", "1")))
    line = write_curl(shown, method="GET", url=URL, key=KEY_VARIABLE)
    assert words(line) == [URL, "-H", "Authorization: Bearer sk-1", "-H", "x-one: 1"]


def test_another_form_of_authorization_is_sent_as_it_is_shown() -> None:
    """It is no key, and may be what is wrong."""
    shown = message(headers=(("authorization", "Basic (redacted)"),))
    assert words(write_curl(shown, method="GET", url=URL, key=None))[1:] == ["-H", "authorization: Basic (redacted)"]


@pytest.mark.parametrize(
    ("method", "body", "begins"),
    [
        ("GET", None, [URL]),
        ("GET", "x", ["-X", "GET", URL]),
        ("POST", "x", [URL]),
        ("POST", None, ["-X", "POST", URL]),
        ("DELETE", None, ["-X", "DELETE", URL]),
        ("HEAD", None, ["--head", URL]),
    ],
)
def test_the_method_is_said_where_curl_would_take_another(method: str, body: str | None, begins: list[str]) -> None:
    """And nowhere else."""
    assert words(write_curl(message(body=body), method=method, url=URL, key=None))[: len(begins)] == begins


def test_a_hidden_body_says_why() -> None:
    """In its place."""
    line = write_curl(message(hidden="it is a file"), method="POST", url=URL, key=None)
    assert words(line) == [URL, "--data-raw", "(it is a file)"]


def test_a_url_is_no_option() -> None:
    """What begins with a hyphen is a URL all the same."""
    assert words(write_curl(message(), method="GET", url="-oclip.mp4", key=None)) == ["--url", "-oclip.mp4"]


def test_each_key_has_a_variable() -> None:
    """In the order in which keys appear; requests without one have none."""
    headers = [(("authorization", "Bearer a"),), (), (("authorization", "Bearer b"),), (("authorization", "Bearer a"),)]
    exchanges = [exchange(number, request_headers=each) for number, each in enumerate(headers, 1)]
    assert name_keys(exchanges) == {"a": "EVOLINK_API_KEY", "b": "EVOLINK_API_KEY_2"}
