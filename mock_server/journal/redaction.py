"""What of an exchange is secret by its place: keys, prompts, and what may be one of them.

What the contract describes is shown, unless it is a prompt or its name is that of a secret. What no page describes may
be anything, a prompt under a misspelt name or another service's key, so it is shown only if it is short, a URL, or a
word of the contract's own. Whatever is hidden in one place is taken out everywhere else too (`journal.masking`).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes
from typing import Any, Final
from urllib.parse import quote, unquote, unquote_plus

from mock_server.core.wording import is_prompt
from mock_server.journal.contract import Schema, child
from mock_server.journal.masking import KEY_MARK, MARK, PIECE, Mask, Vocabulary, unescape

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SECRET_WORDS: Final = frozenset(
    ["auth", "jwt", "key", "keys", "pass", "passphrase", "pwd", "sas", "sid", "sig", "sign"],
)
_SECRET_PARTS: Final = (
    "apikey",
    "authoriz",
    "bearer",
    "cookie",
    "credential",
    "passw",
    "secret",
    "session",
    "signature",
    "token",
)
_SCHEMES: Final = frozenset({"apikey", "basic", "bearer", "digest", "key", "token"})
_SHOWN_HEADERS: Final = frozenset(
    [
        "connection",
        "date",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "max-forwards",
        "origin",
        "pragma",
        "priority",
        "range",
        "referer",
        "te",
        "traceparent",
        "tracestate",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "x-request-id",
    ],
)
_SHOWN_PREFIXES: Final = ("accept", "cache-", "content-", "if-", "sec-", "x-forwarded-")
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,20}://[^\s\"'<>\\]+")
_USER: Final = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
_RANDOM: Final = token_bytes(32)
_LONGEST_NAME: Final = 64
_DEEPEST: Final = 32


def make_key(universe: str) -> bytes:
    """Return the key for the marks in the journal of a universe.

    It is another in each process, and known to nobody, so that no text can be tried against a mark.
    """
    return blake2b(universe.encode("utf-8", "surrogatepass"), digest_size=32, key=_RANDOM).digest()


@lru_cache(maxsize=1_024)
def is_secret(name: str) -> bool:
    """Tell whether a header, a parameter or a field of this name holds a secret."""
    words = {word.lower() for word in _WORD.findall(name)}
    return not words.isdisjoint(_SECRET_WORDS) or any(part in name.lower() for part in _SECRET_PARTS)


class Redactor:
    """Hides what is secret by its place, and remembers it, so that a mask can take it out everywhere else.

    Args:
        vocabulary: What may be shown wherever it stands.
        key: What marks are made with that are equal for equal texts; without it they tell the size alone.
    """

    def __init__(self, vocabulary: Vocabulary, *, key: bytes | None = None) -> None:
        self._vocabulary = vocabulary
        self._key = key
        self._secrets: set[str] = set()

    def mask(self) -> Mask:
        """Return what takes out everything that was hidden so far."""
        return Mask(self._secrets, self._vocabulary)

    def remember(self, secret: str) -> None:
        """Take a text for a secret."""
        self._secrets |= {secret, unescape(secret)}

    def header(self, name: str, value: str) -> str:
        """Return a request header's value as it may be shown."""
        if name in {"authorization", "proxy-authorization"}:
            return self._authorization(value)
        if name == "idempotency-key":
            return f"(redacted, {blake2b(value.encode(), digest_size=4).hexdigest()})"
        if name == "cookie":
            return "; ".join(self._cookie(cookie) for cookie in value.split(";"))
        if name in _SHOWN_HEADERS or name.startswith(_SHOWN_PREFIXES):
            return self._named(name, value) or self.urls(value)
        return self._named(name, value) or self.text(value, described=name.startswith("x-mock-"))

    def answer_header(self, name: str, value: str) -> str:
        """Return an answer header's value as it may be shown."""
        return self._named(name, value) or self.urls(value)

    def path(self, path: str) -> str:
        """Return a path, escaped, without the parts that are prose or longer than any name."""
        return "/".join(self._segment(segment) for segment in path.split("/"))

    def query(self, query: str, described: Collection[str]) -> str:
        """Return a query without the values of secret parameters, and of long ones that are not described."""
        return "&".join(self._parameter(pair, described) for pair in query.split("&")) if query else ""

    def request(self, value: Any, schema: Schema | None, *, depth: int = 0) -> Any:
        """Return a request's body, as decoded, as it may be shown; nothing of what is nested too deeply is."""
        if isinstance(value, dict | list) and depth >= _DEEPEST:
            return self._hide(value, _leaves(value))
        if isinstance(value, dict):
            return {
                self._name(name, schema): self._hidden(name, inner)
                or self.request(inner, child(schema, name), depth=depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.request(item, child(schema, 0), depth=depth + 1) for item in value]
        return self.text(value, described=schema is not None) if isinstance(value, str) else value

    def answer(self, value: Any, *, depth: int = 0) -> Any:
        """Return an answer's body, as decoded, as it may be shown; nothing of what is nested too deeply is."""
        if isinstance(value, dict | list) and depth >= _DEEPEST:
            return self._hide(value, _leaves(value))
        if isinstance(value, dict):
            return {
                name: self._hidden(name, inner) or self.answer(inner, depth=depth + 1) for name, inner in value.items()
            }
        if isinstance(value, list):
            return [self.answer(item, depth=depth + 1) for item in value]
        return self.urls(value) if isinstance(value, str) else value

    def text(self, text: str, *, described: bool) -> str:
        """Return a text of the client's, unless it may be a prompt or a secret."""
        if _URL.fullmatch(text):
            return self.urls(text)
        if len(text) < PIECE or text in self._vocabulary.words or (described and not _is_prose(text)):
            return text
        self.remember(text)
        return self._mark(text)

    def urls(self, text: str) -> str:
        """Return a text without the passwords and the secret parameters of the URLs in it."""
        return _URL.sub(lambda url: self._url(url[0]), text)

    def _url(self, url: str) -> str:
        for user in _USER.findall(url):
            self.remember(unquote(user))
        start, *rest = re.split(r"([?&#])", _USER.sub(MARK, url))
        return start + "".join(self._parameter(part, None) for part in rest)

    def _parameter(self, pair: str, described: Collection[str] | None) -> str:
        """Return one parameter of a query; of a URL inside a text (None), any that is not secret is shown."""
        written_name, equals, written = pair.partition("=")
        name, value = unquote_plus(written_name), unquote_plus(written)
        if equals and self._named(name, value):
            return f"{written_name}={MARK}"
        known = described is None or name in described
        shown_name = self._shown_name(name) if equals else self.text(name, described=known)
        shown = self.text(value, described=known)
        return _as_written(shown_name, name, written_name) + equals + _as_written(shown, value, written)

    def _segment(self, segment: str) -> str:
        text = unquote(segment)
        if (len(text) >= PIECE and _is_prose(text)) or len(text) > _LONGEST_NAME:
            self.remember(text)
            return MARK
        return quote(segment, safe="-._~:{}")

    def _hidden(self, name: str, value: Any) -> Any:
        """Return what to show of a prompt, or of the texts of a secret field; None if there is nothing to hide."""
        if is_prompt(name):
            secret = list(_leaves(value))
        elif is_secret(name):
            secret = [leaf for leaf in _leaves(value) if isinstance(leaf, str)]
        else:
            return None
        return self._hide(value, secret) if secret else None

    def _hide(self, value: Any, secret: Iterable[object]) -> str:
        """Remember what is secret in a value, and return what stands in its place."""
        for leaf in secret:
            self.remember(str(leaf))
        return self._mark(value) if isinstance(value, str) else MARK

    def _mark(self, text: str) -> str:
        """Return what stands in the place of a text: its size, and what only an equal one has."""
        if self._key is None:
            return f"(redacted: {len(text)} characters)"
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4, key=self._key).hexdigest()
        return f"(redacted: {len(text)} characters, {digest})"

    def _name(self, name: str, schema: Schema | None) -> str:
        return name if child(schema, name) is not None else self._shown_name(name)

    def _shown_name(self, name: str) -> str:
        if len(name) <= _LONGEST_NAME and not _is_prose(name):
            return name
        self.remember(name)
        return MARK

    def _named(self, name: str, value: str) -> str | None:
        if not is_prompt(name) and not is_secret(name):
            return None
        for word in (value, *value.split()) if is_secret(name) else (value,):
            self.remember(word)
        return MARK

    def _cookie(self, cookie: str) -> str:
        name, equals, value = cookie.strip().partition("=")
        self.remember(value or name)
        return f"{name}={MARK}" if equals else MARK

    def _authorization(self, value: str) -> str:
        scheme, _, key = value.strip().partition(" ")
        if scheme.lower() not in _SCHEMES:
            scheme, key = "", value
        self.remember(key.strip())
        mark = KEY_MARK if key.strip().startswith("sk-") else MARK
        return f"{scheme} {mark}".strip()


def _is_prose(text: str) -> bool:
    return not text.isascii() or len(text.split()) > 1


def _as_written(shown: str, text: str, written: str) -> str:
    """Return a part of a query as it was written if it is shown as it was; else what is shown, escaped."""
    return written if shown == text else quote(shown, safe="/:()")


def _leaves(value: Any) -> Iterator[object]:
    """Return the texts and numbers in a value, however deep they are."""
    open_values = [value]
    while open_values:
        inner = open_values.pop()
        if isinstance(inner, dict | list):
            open_values += inner.values() if isinstance(inner, dict) else inner
        elif inner is not None and not isinstance(inner, bool):
            yield inner
