"""What a change touches, and the command."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from contracts.cli import main
from contracts.drift import Change, touch
from contracts.drift.report import write_changes
from openapi.pages import load_pages
from tests.drift.documents import SMALL, Edit

CREATE = "POST /v1/videos/generations"
BODY = ("requestBody", "content", "application/json", "schema", "properties")
ANSWER = ("responses", "200", "content", "application/json", "schema", "properties")


@pytest.mark.parametrize(
    ("operation", "steps", "clauses"),
    [
        (CREATE, (*BODY, "duration", "maximum"), ("DURATION-RANGE",)),
        (CREATE, (*BODY, "model", "enum"), ("MODEL-ENUM",)),
        (CREATE, (*BODY, "prompt"), ("PROMPT-REQ", "PROMPT-MAX")),
        (CREATE, (*BODY, "video_urls", "items", "format"), ("URLS-REQ",)),
        (CREATE, (*ANSWER, "usage", "properties", "credits_reserved", "type"), ("RES-RESERVED",)),
        (CREATE, ("parameters", "idempotency-key", "schema", "maxLength"), ("IDEM-KEY-FORM",)),
        (CREATE, ("parameters", "other", "schema"), ()),
        (CREATE, ("requestBody",), ()),
        (CREATE, (*BODY, "seed"), ()),
        (CREATE, (*ANSWER, "seed"), ("OP-CREATE",)),
        ("GET /v1/tasks", ("parameters", "page"), ("LIST-PAGE",)),
        ("GET /v1/nothing", ("parameters", "page"), ()),
    ],
)
def test_the_clauses_of_a_change(operation: str, steps: tuple[str, ...], clauses: tuple[str, ...]) -> None:
    """They are those that the strict contract notes there."""
    page = "wan2.6-reference-video-flash" if operation == CREATE else None
    found = touch(Change(id="request-property-changed", operation=operation, steps=steps, page=page))
    assert set(found.clauses) == set(clauses)


def test_the_clauses_of_an_operation() -> None:
    """What a published page says, all of it; of one that is observed what is noted in its schemas; and their rules."""
    gone = touch(Change(id="api-removed-without-deprecation", operation="GET /v1/tasks/{task_id}"))
    assert {"TASK-READ", "TASK-STATUS", "TASK-404"} <= set(gone.clauses)
    assert {"L4", "L5"} <= set(gone.rules)
    observed = touch(Change(id="endpoint-added", operation="GET /v1/tasks"))
    assert {"LIST-PAGE", "LIST-STATUS"} <= set(observed.clauses)


def test_long_lists_are_cut_for_readers_alone() -> None:
    """A line has the first clauses, the JSON all."""
    changes = [Change(id="api-removed-without-deprecation", operation=CREATE)]
    assert " more; rules " in write_changes(changes, "text")
    assert len(json.loads(write_changes(changes, "json"))[0]["clauses"]) > 8


def drift(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["drift", *map(str, arguments)])


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page as it is known here, in a file."""
    return write(tmp_path, lambda _: None)


def write(folder: Path, edit: Edit, name: str = "wan2.6-reference-video-flash.yaml") -> Path:
    """Write a version of the page on creating tasks."""
    document: Any = copy.deepcopy(load_pages("published")["wan2.6-reference-video-flash"])
    edit(document)
    path = folder / name
    path.write_text(yaml.safe_dump(document), "utf-8")
    return path


def shorten(document: Any) -> None:
    """Let videos be shorter, and prompts be told of differently."""
    properties = document["components"]["schemas"]["Wan26ReferenceVideoFlashRequest"]["properties"]
    properties["duration"]["maximum"] = 8
    properties["prompt"]["description"] = "Other words, " * 10


def test_a_breaking_change_is_told_with_what_it_touches(tmp_path: Path, page: Path) -> None:
    """It exits with 1; what breaks somebody comes first."""
    result = drift(page, write(tmp_path, shorten, "new.yaml"))
    assert result.exit_code == 1
    assert result.output.startswith(
        f"clients: request-property-max-decreased\n  {CREATE}, request: duration: 10 -> 8\n  clauses DURATION-RANGE"
    )
    assert "nobody: request-property-description-changed" in result.output
    assert "Other words, Other words, Other words, Other words, Other wo...\n" in result.output
    assert result.output.endswith("changes: 2; that break clients: 1; that break servers: 0\n")


def test_programs_get_json(tmp_path: Path, page: Path) -> None:
    """Each change is one object, with values as they are."""
    result = drift(page, write(tmp_path, shorten, "new.yaml"), "--format", "json")
    first, second = json.loads(result.output)
    assert (first["id"], first["breaks"], first["old"], first["new"]) == (
        "request-property-max-decreased",
        ["clients"],
        10,
        8,
    )
    assert (first["operation"], first["where"], first["clauses"]) == (CREATE, "request: duration", ["DURATION-RANGE"])
    assert second["breaks"] == []


def test_a_file_alone_is_held_against_its_page(page: Path) -> None:
    """Without prose, which we have in words of our own."""
    result = drift(page)
    assert (result.exit_code, result.output) == (0, "changes: 0; that break clients: 0; that break servers: 0\n")
    write(page.parent, shorten)
    assert "changes: 1; that break clients: 1" in drift(page).output


def test_pages_can_be_named() -> None:
    """A page and itself have no difference."""
    assert drift("get-credits", "get-credits").exit_code == 0


def test_what_came_and_went_is_told(tmp_path: Path) -> None:
    """With nothing in the place of what is not there, and no values where the name says all."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(SMALL), "utf-8")
    del SMALL["paths"]["/old"]["get"]["deprecated"]
    new.write_text(json.dumps({**SMALL, "paths": {"/things": SMALL["paths"]["/things"]}, "security": []}), "utf-8")
    SMALL["paths"]["/old"]["get"]["deprecated"] = True
    output = drift(old, new).output
    assert 'security: bearer: {"type":"http","scheme":"bearer"} -> nothing\n' in output
    assert "nobody: api-path-removed-with-deprecation\n  GET /old\n" in output


def test_wrong_usage_exits_with_2(tmp_path: Path) -> None:
    """With one sentence and no traceback."""
    result = drift(tmp_path / "nothing.yaml")
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {tmp_path / 'nothing.yaml'} is no file, and no page either")
