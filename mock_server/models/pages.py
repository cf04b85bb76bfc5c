"""What is served besides the operations that are always there: models, each with its page, and what is known of it.

The pages that come with the package are joined by a user's own (`open_catalogue`). A page of a model that comes with
the package takes its place. What is known of a model besides: `layers`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from mock_server.core.models.model import Model, ModelFileError
from mock_server.models.layers import DATA_SUFFIX, bundled_models, know_model
from openapi.operations import Operation, Operations, load_operations
from openapi.page_forms import make_forms
from openapi.page_text import PageError, read_text
from openapi.pages import Document, load_pages

SUFFIXES: Final = (".json", ".yaml", ".yml", ".md", ".mdx", ".txt")
"""What the files of a folder end with that are taken for pages."""


class RefusedPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page that is not served, by its file, and why, as a sentence without its subject."""

    file: str
    reason: str


class Catalogue(msgspec.Struct, frozen=True, dict=True):
    """All that is served: the operations, what is known of each model, and where its page is; and what was refused.

    `files` has the file of each page that is a user's own, by the page's name.
    """

    operations: Operations
    models: Mapping[str, Model]
    documents: Mapping[str, Document]
    files: Mapping[str, str] = {}
    refused: tuple[RefusedPage, ...] = ()


class MissingPageError(ValueError):
    """There is no file or folder where pages are to be. The message names it."""


class _Page(msgspec.Struct, frozen=True):
    """A document of a page that can be served, the file that it is in, and its operation as it stands there."""

    file: Path
    document: Document
    sketch: Operation


def open_catalogue(pages: Sequence[str] = ()) -> Catalogue:
    """Return all that is served.

    Args:
        pages: Files that hold pages, and folders of such files.

    Raises:
        MissingPageError: There is no such file or folder.
    """
    operations, bundled = load_operations(), bundled_models()
    models = {
        model: bundled.get(model) or know_model(found, model, None) for model, found in operations.of_models.items()
    }
    plain = Catalogue(operations, models, load_pages())
    if not pages:
        return plain
    read, refused = _read_pages(tuple(_stamped(file) for file in find_files(pages)))
    return _Joining(plain).join(read, refused)


def find_files(pages: Sequence[str]) -> tuple[Path, ...]:
    """Return the files of pages, those of a folder in the order of their names.

    Raises:
        MissingPageError: There is no such file or folder.
    """
    found: list[Path] = []
    for page in pages:
        path = Path(page)
        if path.is_dir():
            inner = (
                each for each in path.rglob("*") if each.suffix in SUFFIXES and not each.name.endswith(DATA_SUFFIX)
            )
            found += sorted(each for each in inner if each.is_file())
        elif path.is_file():
            found.append(path)
        else:
            raise MissingPageError(f"{page} is no file and no folder")
    return tuple(dict.fromkeys(found))


def _stamped(file: Path) -> tuple[Path, int, int]:
    """Return a file with what changes when it does."""
    facts = file.stat()
    return file, facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=8)
def _read_pages(files: tuple[tuple[Path, int, int], ...]) -> tuple[tuple[_Page, ...], tuple[RefusedPage, ...]]:
    read: list[_Page] = []
    refused: list[RefusedPage] = []
    for file, _, _ in files:
        try:
            read += _read_page(file)
        except PageError as error:
            refused.append(RefusedPage(str(file), str(error)))
    return tuple(read), tuple(refused)


def _read_page(file: Path) -> Iterator[_Page]:
    try:
        documents = make_forms(read_text(file.read_text("utf-8")))
    except OSError as error:
        raise PageError(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PageError("is no text in UTF-8") from error
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise PageError(f"is not formed as OpenAPI has it ({type(error).__name__}: {error})") from error
    for document in documents:
        sketch = next(iter(Operations({file.stem: document}).values()))
        try:
            sketch.check_schemas()
        except ValueError as error:
            raise PageError(str(error)) from error
        yield _Page(file, document, sketch)


class _Joining:
    """A catalogue as pages join it."""

    def __init__(self, plain: Catalogue) -> None:
        self._plain = plain
        self._models: dict[str, Model] = {}
        self._documents: dict[str, Document] = {}
        self._files: dict[str, str] = {}
        self._ids = set(plain.operations)
        self._refused: list[RefusedPage] = []

    def join(self, read: Sequence[_Page], refused: Sequence[RefusedPage]) -> Catalogue:
        """Return the catalogue with all pages that can be served."""
        shapes = Counter(page.file for page in read)
        for page in read:
            try:
                self._add(page, alone=shapes[page.file] == 1)
            except (ValueError, ModelFileError) as error:
                self._refused.append(RefusedPage(str(page.file), str(error)))
        kept = {
            name: document
            for name, document in self._plain.documents.items()
            if name not in self._documents and not self._is_replaced(name)
        }
        documents = {**kept, **self._documents}
        return Catalogue(
            operations=Operations(documents),
            models={**self._plain.models, **self._models},
            documents=documents,
            files=self._files,
            refused=(*refused, *self._refused),
        )

    def _is_replaced(self, page: str) -> bool:
        """Tell whether a page of the package has lost all of its models to pages of the user's."""
        named = [model for each in self._plain.operations.creations if each.page == page for model in each.models]
        return bool(named) and all(model in self._models for model in named)

    def _add(self, page: _Page, *, alone: bool) -> None:
        sketch = page.sketch
        taken = [model for model in sketch.models if model in self._models]
        if taken:
            raise ValueError(
                f"{taken[0]} is served from another page already: {self._models[taken[0]].sources['page']}"
            )
        name = self._name(page.file.stem if alone else sketch.models[0], sketch)
        document = self._settle(name, page.document, sketch)
        operation = next(iter(Operations({name: document}).values()))
        self._models |= {model: know_model(operation, model, page.file) for model in operation.models}
        self._documents[name] = document
        self._files[name] = str(page.file)

    def _name(self, wished: str, sketch: Operation) -> str:
        """Return a name that no other page has; a page of the package whose models this one has gives up its own."""
        own = self._plain.operations.of_models.get(sketch.models[0])
        taken = {*self._documents, *(name for name in self._plain.documents if own is None or name != own.page)}
        numbered = (f"{wished}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (wished, *numbered) if name not in taken)

    def _settle(self, name: str, document: Document, sketch: Operation) -> Document:
        """Return a document whose operation has an id of its own that begins as those of creations do."""
        own = sketch.id if sketch.id.startswith("create") else ""
        words = "".join(word[:1].upper() + word[1:] for word in name.replace("-", ".").replace("_", ".").split("."))
        wished = [own, f"create{words}Generation", f"create{words}"]
        numbered = (f"create{words}{number}" for number in range(2, len(self._ids) + 3))
        replaced = self._plain.operations.of_models.get(sketch.models[0])
        free = self._ids - ({replaced.id} if replaced else set())
        chosen = next(each for each in (*wished, *numbered) if each and each not in free)
        self._ids.add(chosen)
        written = {**document["paths"][sketch.path]["post"], "operationId": chosen}
        return {**document, "paths": {sketch.path: {"post": written}}}
