import base64
import json
import os
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.drive.programs import leaks
from contracts.drive.programs.leaks import Search
from contracts.recording.process import Leak

KEY = "sk-4f9c21d07b/+?8e"
PROMPT = 'ein "Fuchs" im Grün & Blau'
SEARCH = Search({"key": KEY, "prompt": PROMPT})


def found(data: bytes) -> list[tuple[str, str, int | None]]:
    """Return what is found in bytes: the secret, its form, and the line."""
    return [(leak.what, leak.form, leak.line) for leak in SEARCH.printed("output", data)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (PROMPT, "plain"),
        (json.dumps({"prompt": PROMPT}), "JSON"),
        (json.dumps(PROMPT, ensure_ascii=False), "JSON"),
        (quote(PROMPT), "URL encoding"),
        (re.sub("%..", lambda found: found[0].lower(), quote(PROMPT)), "URL encoding"),
        (f"?q={quote_plus(PROMPT)}", "URL encoding"),
        (PROMPT.encode().hex(), "hexadecimal"),
        (PROMPT.encode().hex().upper(), "hexadecimal"),
    ],
)
def test_a_secret_is_found_in_every_form(text: str, form: str) -> None:
    """A secret is found as it is and as texts are written in JSON, URLs and dumps."""
    assert found(f"before {text} after".encode()) == [("prompt", form, 1)]


@given(before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_secret_is_found_in_base64_of_whatever_it_stands_in(before: bytes, after: bytes) -> None:
    """A key within a longer text is found in the base64 of that text, in both alphabets."""
    text = before + KEY.encode() + after
    assert found(base64.b64encode(text)) == [("key", "base64", 1)]
    assert found(base64.urlsafe_b64encode(text)) == [("key", "base64", 1)]


@given(data=st.binary(max_size=200))
def test_nothing_is_found_where_nothing_is(data: bytes) -> None:
    """Bytes that have nothing to do with the secrets are no leak."""
    assert found(data) == []


def test_each_line_is_told_once() -> None:
    """Every line with a secret is told, with its number, and once for each secret."""
    text = f"no\n{KEY} {KEY} {PROMPT}\nno\n{KEY}"
    assert found(text.encode()) == [("key", "plain", 2), ("key", "plain", 4), ("prompt", "plain", 2)]


def test_many_places_are_not_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many places the first are told."""
    monkeypatch.setattr(leaks, "TOLD", 2)
    assert len(found(f"{KEY}\n".encode() * 3)) == 2


def test_short_secrets_are_not_looked_for() -> None:
    """What is so short that it may stand somewhere by chance is not looked for."""
    assert list(Search({"key": "sk-test"}).printed("output", b"sk-test")) == []


def test_places_are_told_without_the_secret(tmp_path: Path) -> None:
    """Output, files and names of files are searched, and nothing that is told has a secret in it."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "client.log").write_text(f"start\nkey={KEY}\n")
    (folder / "plain-4f9c21d07b.txt").touch()
    search = Search({"key": "4f9c21d07b", "prompt": PROMPT})
    told = (*search.printed("errors", b"4f9c21d07b"), *search.written(tmp_path, since=0.0))
    assert told == (
        Leak(what="key", place="errors", line=1),
        Leak(what="key", place="file", path="logs/client.log", line=2),
        Leak(what="key", place="name", path="logs/plain-(key).txt"),
    )


def test_old_files_are_not_searched(tmp_path: Path) -> None:
    """A file that was there before the program began says nothing of the program."""
    file = tmp_path / "old"
    file.write_text(KEY)
    written = file.stat().st_mtime
    assert len(list(SEARCH.written(tmp_path, since=written))) == 1
    assert list(SEARCH.written(tmp_path, since=written + 3)) == []


def test_what_is_no_file_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pipes, links and what cannot be read are passed over."""
    (tmp_path / "target").write_text("nothing")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    assert list(SEARCH.written(tmp_path, since=0.0)) == []

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    (tmp_path / "target").write_text(KEY)
    monkeypatch.setattr(Path, "open", refuse)
    assert list(SEARCH.written(tmp_path, since=0.0)) == []
    monkeypatch.setattr(Path, "is_file", refuse)
    assert list(SEARCH.written(tmp_path, since=0.0)) == []
