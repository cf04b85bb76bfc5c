"""Compiling the contract, and the documents that it gives."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from openapi import compile as compiling
from openapi.clauses import load_clauses
from openapi.pages import load_pages
from tests.running import printed_by

VIEWS: list[Any] = ["published", "strict"]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the room, so that a test can change it."""
    for name in ("documents", "overlays", "compiled"):
        shutil.copytree(compiling.ROOM / name, tmp_path / name)
    shutil.copy(compiling.ROOM / "clauses.yaml", tmp_path)
    monkeypatch.setattr(compiling, "ROOM", tmp_path)
    return tmp_path


def test_the_compiled_files_are_up_to_date() -> None:
    """Whoever changes a document, the overlay or a clause compiles it too: python -m openapi.compile."""
    assert printed_by(sys.executable, "-m", "openapi.compile", "--check") == ""


def test_a_change_is_noticed_and_compiled(room: Path) -> None:
    """`--check` says what to run, running it writes, and then all is well."""
    document = room / "documents" / "models.yaml"
    document.write_text(document.read_text(encoding="utf-8").replace("List models", "Models"), encoding="utf-8")
    (room / "compiled" / "strict.json").unlink()
    check = CliRunner().invoke(compiling.main, ["--check"])
    assert check.exit_code == 1
    assert check.output == "openapi/compiled is out of date (published, strict): run python -m openapi.compile\n"
    written = CliRunner().invoke(compiling.main)
    assert written.exit_code == 0
    assert written.output == "wrote openapi/compiled/published.json\nwrote openapi/compiled/strict.json\n"
    assert '"title": "Models"' in (room / "compiled" / "strict.json").read_text(encoding="utf-8")
    assert CliRunner().invoke(compiling.main, ["--check"]).exit_code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "overlays/strict.yaml",
            "$.components.schemas.QuotaData",
            "$.components.schemas.Quotas",
            r"Error: action \d+, target \$\.components\.schemas\.Quotas: selects nothing in any page\n",
        ),
        (
            "overlays/strict.yaml",
            "remove: true",
            "delete: true",
            r"Error: overlays/strict\.yaml: Object contains unknown field `delete` - at `\$\.actions\[\d+\]`\n",
        ),
        (
            "documents/models.yaml",
            "schemas/ModelResponse'",
            "schemas/Model'",
            r"Error: page models refers to models\.yaml#/components/schemas/Model, which does not exist\n",
        ),
        ("documents/models.yaml", "openapi: 3.1.0", "openapi: [", r"Error: documents/models\.yaml: .*\n"),
        (
            "clauses.yaml",
            "    unobservable: ",
            "    unseen: ",
            r"Error: openapi/clauses\.yaml: [A-Z0-9-]+: Object contains unknown field `unseen`\n",
        ),
    ],
)
def test_a_mistake_is_said_in_one_line(room: Path, file: str, old: str, new: str, message: str) -> None:
    """What is wrong is named; nothing is written."""
    path = room / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    before = (room / "compiled" / "strict.json").read_bytes()
    result = CliRunner().invoke(compiling.main)
    assert result.exit_code == 1
    assert re.fullmatch(message, result.output)
    assert (room / "compiled" / "strict.json").read_bytes() == before


@pytest.mark.uncounted
@pytest.mark.parametrize("view", VIEWS)
def test_every_page_is_a_valid_document(view: Any) -> None:
    """Each page stands alone and is OpenAPI 3.1."""
    pages = load_pages(view)
    assert len(pages) == 17
    for page in pages.values():
        assert page["openapi"] == "3.1.0"
        OpenAPIV31SpecValidator(page).validate()


def walk(node: object) -> Iterator[dict[str, Any]]:
    """Yield every object in a document."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def named_clauses(value: object) -> Iterator[str]:
    """Yield the clauses in the value of `x-clause` or `x-clauses`."""
    if isinstance(value, str):
        yield value
    elif value is not None:
        for inner in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
            yield from named_clauses(inner)


def test_every_clause_that_the_contract_names_exists() -> None:
    """In the schemas as in the actions of the overlay."""
    overlay = yaml.safe_load((compiling.ROOM / "overlays" / "strict.yaml").read_text(encoding="utf-8"))
    objects = [*walk(overlay), *walk(dict(load_pages()))]
    named = {
        clause for found in objects for key in ("x-clause", "x-clauses") for clause in named_clauses(found.get(key))
    }
    assert named - load_clauses().keys() == set()
    assert len(named) > 80


def test_the_clauses_stand_beside_keywords_that_are_there() -> None:
    """A clause for a keyword that the schema lost, or never had, would be a promise that nothing keeps."""
    for schema in walk(dict(load_pages())):
        for annotation in ("x-clauses", "x-messages"):
            assert schema.get(annotation, {}).keys() <= schema.keys(), schema


def test_the_published_documents_are_plain() -> None:
    """What only the overlay says is not in the published pages."""
    pages = {name: page for name, page in load_pages("published").items() if page["info"]["x-source"] == "published"}
    assert not [found for found in walk(pages) if any(key in found for key in ("x-clause", "x-clauses", "x-messages"))]


def test_creating_leads_to_reading() -> None:
    """The answer links to the task query by the id, and the callback has the body of the task query."""
    page = load_pages()["wan2.6-reference-video-flash"]
    operation = page["paths"]["/v1/videos/generations"]["post"]
    link = operation["responses"]["200"]["links"]["task"]
    assert (link["operationId"], link["parameters"]) == ("getTaskDetail", {"task_id": "$response.body#/id"})
    callback = operation["callbacks"]["taskEnded"]["{$request.body#/callback_url}"]["post"]
    assert callback["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/TaskDetailResponse"
    }
    assert (
        page["components"]["schemas"]["TaskDetailResponse"]
        == (load_pages()["get-task-detail"]["components"]["schemas"]["TaskDetailResponse"])
    )


def test_every_answer_names_its_headers() -> None:
    """The request id everywhere, the time to wait on each 429."""
    for page in load_pages().values():
        for item in page["paths"].values():
            for operation in item.values():
                for status, response in operation["responses"].items():
                    expected = {"x-request-id"} | ({"Retry-After"} if status == "429" else set())
                    assert response["headers"].keys() - {"Idempotency-Replayed"} == expected


@pytest.mark.parametrize(
    ("value", "fits"),
    [("60", True), ("Sun, 22 Nov 2026 07:38:52 GMT", True), ("soon", False), ("-1", False), ("1.5", False)],
)
def test_retry_after(value: str, fits: bool) -> None:  # noqa: FBT001 - one row of the table
    """Seconds, or an HTTP date."""
    operation = load_pages()["get-credits"]["paths"]["/v1/credits"]["get"]
    pattern = operation["responses"]["429"]["headers"]["Retry-After"]["schema"]["pattern"]
    assert bool(re.search(pattern, value)) is fits
