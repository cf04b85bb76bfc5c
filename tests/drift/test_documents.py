"""What a version of a page can be: JSON, YAML, Markdown, or a page that is known here."""

import copy
import json
from pathlib import Path

import pytest
import yaml

from contracts.drift import DriftError, compare, load_document
from contracts.drift.documents import find_page
from openapi.pages import load_pages
from tests.drift.documents import SMALL, edited

MARKDOWN = """> ## Index

# Things

- What things are

```sh
curl https://api.example.com
```

## OpenAPI

````yaml /en/things.json POST /things
{document}
````
"""


def text_of(form: str) -> str:
    """Write the small document in a form."""
    if form == "json":
        return json.dumps(SMALL)
    document = yaml.safe_dump(SMALL)
    return document if form == "yaml" else MARKDOWN.format(document=document)


@pytest.mark.parametrize("form", ["json", "yaml", "md"])
def test_each_form_says_the_same(tmp_path: Path, form: str) -> None:
    """The first block that is OpenAPI is the one of a Markdown page, whatever blocks there are besides."""
    page = tmp_path / f"page.{form}"
    page.write_text(text_of(form), "utf-8")
    assert compare(SMALL, load_document(str(page))) == ()


def test_a_page_is_known_by_name() -> None:
    """The published view of it."""
    assert load_document("get-task-detail") == load_pages("published")["get-task-detail"]


@pytest.mark.parametrize(("name", "found"), [("x/get-credits.json", "get-credits"), ("x/new.json", "list-tasks")])
def test_a_version_finds_its_page(name: str, found: str) -> None:
    """By the name of its file, else by its operations."""
    document = copy.deepcopy(load_pages("published")["list-tasks"])
    document["paths"]["/v1/tasks"]["summary"] = "Not an operation"
    assert find_page(document, name) == load_pages("published")[found]


def test_a_page_that_is_not_known_is_told() -> None:
    """The other version is then to be named."""
    with pytest.raises(DriftError, match=r"^new\.json is a version of no page that is known here"):
        find_page(SMALL, "new.json")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "cannot be read as text"),
        (b"openapi: [", "is neither JSON nor YAML: while parsing"),
        (b"# A page\n", "is no OpenAPI 3 document, and has no block that is one"),
        (b'{"swagger": "2.0"}', "is no OpenAPI 3 document"),
        (b'{"openapi": "3.1.0", "paths": []}', "has paths that are no objects"),
        (b'{"openapi": "3.1.0", "paths": {"/a": []}}', "has paths that are no objects"),
    ],
    ids=["bytes", "broken", "prose", "older", "list", "list below"],
)
def test_what_is_no_document_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    """In one sentence that names the file."""
    page = tmp_path / "page"
    page.write_bytes(content)
    with pytest.raises(DriftError, match=f"{page} {told}"):
        load_document(str(page))


def test_what_is_not_there_is_told() -> None:
    """With the names that would do."""
    with pytest.raises(DriftError, match=r"^nothing is no file, and no page either; pages are batch-get-tasks,"):
        load_document("nothing")


def test_what_is_no_operation_is_passed_over() -> None:
    """A path has more than methods."""
    assert compare(SMALL, edited(lambda d: d["paths"]["/things"].update(summary="Things", put=None))) == ()
