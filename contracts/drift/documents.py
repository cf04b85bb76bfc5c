"""Reading a version of a page: OpenAPI as JSON or YAML, Markdown with a block of it, or a page that is known here."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from openapi.pages import Document, load_pages

_FENCE: Final = re.compile(r"^(`{3,}|~{3,})[^\n]*\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_BLOCK: Final = re.compile(r"\A\s*\{|^openapi\s*:", re.MULTILINE)
_METHODS: Final = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class DriftError(ValueError):
    """Something cannot be compared; the message says what, in one sentence."""


def load_document(name: str) -> Document:
    """Return the document in a file, or of the page of that name.

    Raises:
        DriftError: There is neither, or it is no OpenAPI document.
    """
    path = Path(name)
    if not path.is_file():
        pages = load_pages("published")
        if name in pages:
            return pages[name]
        raise DriftError(f"{name} is no file, and no page either; pages are {', '.join(sorted(pages))}")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DriftError(f"{name} cannot be read as text: {error}") from error
    return _read_document(text, name=name)


def find_page(document: Document, name: str) -> Document:
    """Return the page of this package that a document is another version of: by its file's name, else by operations.

    Raises:
        DriftError: There is none.
    """
    pages = load_pages("published")
    stem = Path(name).stem
    if stem in pages:
        return pages[stem]
    wanted = set(find_operations(document))
    for page in pages.values():
        if wanted & set(find_operations(page)):
            return page
    raise DriftError(f"{name} is a version of no page that is known here; name the other version as well")


def _read_document(text: str, *, name: str) -> Document:
    """Read a document from the text of a file.

    Raises:
        DriftError: It is no OpenAPI 3 document, and has no block that is one.
    """
    blocks = [block for _, block in _FENCE.findall(text) if _BLOCK.search(block)]
    for block in blocks or [text]:
        try:
            document = yaml.safe_load(block)
        except yaml.YAMLError as error:
            raise DriftError(f"{name} is neither JSON nor YAML: {' '.join(str(error).split())}") from error
        if isinstance(document, dict) and str(document.get("openapi", "")).startswith("3."):
            return _check(document, name)
    raise DriftError(f"{name} is no OpenAPI 3 document, and has no block that is one")


def _check(document: Document, name: str) -> Document:
    paths = document.get("paths", {})
    if not isinstance(paths, dict) or not all(isinstance(item, dict) for item in paths.values()):
        raise DriftError(f"{name} has paths that are no objects")
    return document


def find_operations(document: Document) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """Return a document's operations by method, in capitals, and path."""
    return dict(_find_operations(document))


def _find_operations(document: Document) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS and isinstance(operation, Mapping):
                yield (method.upper(), path), operation
