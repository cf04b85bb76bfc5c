"""An exchange as a line for a shell, to be made again by hand."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contracts.recording.exchange import Exchange
from contracts.recording.masking import read_bearer
from contracts.report.verdicts.words import one_line
from mock_server.journal.entries import Message

KEY_VARIABLE: Final = "EVOLINK_API_KEY"
"""The variable of the environment that has the key; those of further accounts end with _2, _3 ..."""

_OWN: Final = frozenset(
    ["accept", "accept-encoding", "connection", "content-length", "host", "user-agent"],
)
"""The headers that curl sends itself, or that say nothing about the request."""

_WEB: Final = re.compile("https?://")


def name_keys(exchanges: Iterable[Exchange]) -> Mapping[str, str]:
    """Return the variable that stands for each key, in the order in which keys first appear."""
    found = (read_bearer(exchange.header("authorization")) for exchange in exchanges)
    keys = dict.fromkeys(key for key in found if key is not None)
    return {key: KEY_VARIABLE if turn == 1 else f"{KEY_VARIABLE}_{turn}" for turn, key in enumerate(keys, 1)}


def write_curl(message: Message, *, method: str, url: str, key: str | None) -> str:
    """Return a request as one line for a shell, without anything in it that the shell would act on.

    Args:
        message: The request's headers and body as they may be shown.
        method: The method.
        url: The URL as it may be shown.
        key: The variable that holds the key; None if the request has none.
    """
    body = message.body or (f"({message.hidden})" if message.hidden else "")
    left_out = _OWN if key is None else _OWN | {"authorization"}
    words = ["curl", *_method(method, has_body=bool(body))]
    words.append(_quoted(url) if _WEB.match(url) else f"--url {_quoted(url)}")
    words += [f'-H "Authorization: Bearer ${key}"'] if key is not None else []
    words += [f"-H {_quoted(f'{name}: {value}')}" for name, value in message.headers if name not in left_out]
    return " ".join([*words, *([f"--data-raw {_quoted(body)}"] if body else [])])


def _quoted(text: str) -> str:
    """Return a text as one word of a shell; one with line breaks and the like in bash's form for those."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = one_line(text.replace("\\", "\\\\").replace("'", "\\'"))
    return f"$'{escaped}'"


def _method(method: str, *, has_body: bool) -> Iterator[str]:
    if method == "HEAD":
        yield "--head"
    elif method != ("POST" if has_body else "GET"):
        yield f"-X {_quoted(method)}"
