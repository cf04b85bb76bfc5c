"""Parameters in path, query and header."""

import pytest

from openapi.operations import Operation, Parameter, load_operations
from openapi.violations import Violation


@pytest.mark.clauses("LIST-STATUS", "LIST-TYPE", "LIST-PAGE", "LIST-PAGE-SIZE")
@pytest.mark.parametrize(
    ("name", "value", "message", "clause"),
    [
        ("status", "pending", "must be one of processing, completed, failed, cancelled", "LIST-STATUS"),
        ("type", "text", "must be one of image, video, audio", "LIST-TYPE"),
        ("page", "0", "must be at least 1", "LIST-PAGE"),
        ("page", "", "must be an integer", "LIST-PAGE"),
        ("page", "1.0", "must be an integer", "LIST-PAGE"),
        ("page", "\u0661", "must be an integer", "LIST-PAGE"),
        ("page", "9" * 5000, "must be an integer", "LIST-PAGE"),
        ("page_size", "0", "must be at least 1", "LIST-PAGE-SIZE"),
        ("page_size", "51", "must be at most 50", "LIST-PAGE-SIZE"),
        ("page_size", "-1", "must be at least 1", "LIST-PAGE-SIZE"),
    ],
)
def test_a_wrong_query(name: str, value: str, message: str, clause: str) -> None:
    """A wrong parameter is reported under its name."""
    (violation,) = load_operations()["listTasks"].query_violations({name: value})
    assert (violation.path, violation.message, violation.clause) == (name, message, clause)


@pytest.mark.clauses("LIST-STATUS", "LIST-TYPE", "LIST-MODEL", "LIST-PAGE", "LIST-PAGE-SIZE")
@pytest.mark.parametrize(
    ("given", "values"),
    [
        ({}, {"page": 1, "page_size": 20}),
        ({"page": "3", "page_size": "50"}, {"page": 3, "page_size": 50}),
        (
            {"status": "cancelled", "type": "video", "model": "m", "other": "x"},
            {"page": 1, "page_size": 20, "status": "cancelled", "type": "video", "model": "m"},
        ),
    ],
)
def test_a_query_as_values(given: dict[str, str], values: dict[str, object]) -> None:
    """Numbers become numbers, defaults are filled in, and what is not documented is dropped."""
    tasks = load_operations()["listTasks"]
    assert tasks.query_violations(given) == ()
    assert tasks.query_values(given) == values


@pytest.mark.clauses("TASK-ID-FORM")
@pytest.mark.parametrize(
    "task_id", ["7cvnl5zw", "task-1757169743-7cvnl5zw", "TASK-UNIFIED-1", "task-unified-", " task-unified-1"]
)
def test_a_wrong_task_id(query: Operation, task_id: str) -> None:
    """An id must start as task ids do; what follows is for the server to find or not."""
    assert query.path_violations({"task_id": task_id}) == (
        Violation("task_id", "pattern", task_id, "must start with task-unified-", "TASK-ID-FORM"),
    )
    assert query.path_violations({"task_id": "task-unified-x"}) == ()


def test_a_missing_path_parameter(query: Operation) -> None:
    """The schema of the path requires what the path needs."""
    (violation,) = query.path_violations({})
    assert (violation.path, violation.rule) == ("task_id", "required")


@pytest.mark.clauses("IDEM-KEY-FORM")
@pytest.mark.parametrize("key", ["a", "x" * 255, "run_5f0c9a3e7d2b41c8a6f4e2d10b9c8a77", "!~"])
def test_an_idempotency_key(create: Operation, key: str) -> None:
    """The name of the header is found in any case."""
    assert create.header_violations({"idempotency-KEY": key, "user-agent": "x y"}) == ()


@pytest.mark.clauses("IDEM-KEY-FORM")
@pytest.mark.parametrize(
    ("key", "rules"),
    [
        ("", ["minLength", "pattern"]),
        ("x" * 256, ["maxLength"]),
        ("a b", ["pattern"]),
        ("a\n", ["pattern"]),
        ("schlüssel", ["pattern"]),
    ],
)
def test_a_wrong_idempotency_key(create: Operation, key: str, rules: list[str]) -> None:
    """It is reported under the name that the contract writes."""
    violations = create.header_violations({"Idempotency-Key": key})
    assert [found.rule for found in violations] == rules
    assert {(found.path, found.clause) for found in violations} == {("Idempotency-Key", "IDEM-KEY-FORM")}


def test_parameters(query: Operation) -> None:
    """The parameters themselves can be read."""
    (parameter,) = load_operations("published")[query.id].parameters
    assert parameter == Parameter("task_id", "path", required=True, schema={"type": "string"})
