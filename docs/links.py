"""The links and the anchors of Markdown documents, as GitHub reads them."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

import msgspec
from markdown_it import MarkdownIt
from markdown_it.token import Token

ELSEWHERE: Final = re.compile(r"^[a-z]+:")
"""What a link begins with that leads out of the repository."""

_NO_PART: Final = re.compile(r"[^\w\- ]")
"""What an anchor loses of its heading."""

_MARKDOWN: Final = MarkdownIt("commonmark").enable("table")


class Link(msgspec.Struct, frozen=True):
    """A link to a place of the repository: a path relative to its document, "" for itself, and an anchor or ""."""

    path: str
    anchor: str


def read_links(text: str) -> list[Link]:
    """Return the links and pictures of a document that lead to a place of the repository."""
    found = (str(token.attrs.get("href") or token.attrs.get("src") or "") for token in _tokens(text))
    split = (unquote(link).partition("#") for link in found if link and not ELSEWHERE.match(link))
    return [Link(path, anchor) for path, _, anchor in split]


def read_anchors(text: str) -> list[str]:
    """Return the anchors of a document's headings, in order; one that comes twice is given twice."""
    tokens = _MARKDOWN.parse(text)
    titles = [tokens[place + 1] for place, token in enumerate(tokens) if token.type == "heading_open"]
    return [_anchor("".join(part.content for part in title.children or ())) for title in titles]


def _anchor(title: str) -> str:
    return _NO_PART.sub("", title.strip().lower()).replace(" ", "-")


def _tokens(text: str) -> Iterator[Token]:
    for token in _MARKDOWN.parse(text):
        yield from token.children or ()
