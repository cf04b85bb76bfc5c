"""The OpenAPI document of the control API: complete, valid, and as strict as the API itself."""

from collections.abc import Iterator
from typing import Any

import httpx2
import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_server.control.document import make_document
from mock_server.control.operation import COMMON_REFUSALS, Nothing, Operation
from mock_server.control.operations import OPERATIONS
from tests.serving import create

DOCUMENT = make_document(OPERATIONS)
IDS = [operation.id for operation in OPERATIONS]


def described(operation: Operation) -> dict[str, Any]:
    """Return what the document says of an operation."""
    found: dict[str, Any] = DOCUMENT["paths"][operation.path][operation.method.lower()]
    return found


def links() -> Iterator[tuple[str, str, str]]:
    """Give each link of the document: from which operation, to which, and where its answer has the id."""
    for operation in OPERATIONS:
        for link in described(operation)["responses"]["200"].get("links", {}).values():
            yield operation.id, link["operationId"], next(iter(link["parameters"].values()))


def schema(name: str) -> jsonschema_rs.Validator:
    """Return what checks a body against one of the document's schemas."""
    return jsonschema_rs.validator_for({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})


def test_the_document_is_openapi() -> None:
    """Any tool for OpenAPI 3.1 can read it."""
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


@pytest.mark.anyio
async def test_the_document_is_served(client: httpx2.AsyncClient) -> None:
    """As the server itself has it."""
    assert (await client.get("/_mock/openapi.json")).json() == DOCUMENT


@pytest.mark.parametrize("operation", OPERATIONS, ids=IDS)
def test_every_operation_is_described(operation: Operation) -> None:
    """With what it does, what it takes, and every status that it can answer with."""
    found = described(operation)
    assert found["operationId"] == operation.id
    assert found["summary"] == operation.summary
    assert found["description"].endswith(".")
    assert "Raises:" not in found["description"]
    statuses = {"200", *(str(status) for status in (*COMMON_REFUSALS, *operation.refusals))}
    assert set(found["responses"]) == statuses
    assert {status for status in statuses if int(status) >= 400} == {
        reference["$ref"].removeprefix("#/components/responses/Status")
        for reference in found["responses"].values()
        if "$ref" in reference
    }
    assert ("requestBody" in found) == (operation.body is not Nothing)
    assert {"$ref": "#/components/parameters/Universe"} in found["parameters"]
    assert list(found["responses"]["200"]["content"]) == [operation.media_type]


def test_every_operation_has_a_name_of_its_own() -> None:
    """Ids are unique, and operations of one path follow each other."""
    assert len(set(IDS)) == len(IDS)
    paths = [operation.path for operation in OPERATIONS]
    changes = sum(path != before for path, before in zip(paths[1:], paths[:-1], strict=True))
    assert changes + 1 == len(set(paths))


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_shape_is_described(name: str) -> None:
    """A reader is told what it is."""
    assert DOCUMENT["components"]["schemas"][name]["description"]


def test_links_lead_to_what_is_listed() -> None:
    """From a list to each operation on a thing of it."""
    found = set(links())
    assert {
        ("listTasks", "showTask", "$response.body#/tasks/0/id"),
        ("listTasks", "failTask", "$response.body#/tasks/0/id"),
        ("listCallbacks", "redeliverCallback", "$response.body#/callbacks/0/id"),
        ("listUniverses", "showUniverse", "$response.body#/universes/0/universe"),
        ("listUniverses", "forgetUniverse", "$response.body#/universes/0/universe"),
    } <= found
    taking = {operation.id for operation in OPERATIONS if "{" in operation.path}
    assert {target for _, target, _ in found} <= taking


def test_links_stay_in_their_universe() -> None:
    """What is listed in a universe is looked for there."""
    link = DOCUMENT["paths"]["/_mock/tasks"]["get"]["responses"]["200"]["links"]["showTask"]
    assert link["parameters"]["header.X-Mock-Universe"] == "$response.body#/universe"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "name", "body"),
    [
        ("clock", "ClockChange", {}),
        ("clock", "ClockChange", {"mode": "real"}),
        ("clock", "ClockChange", {"mode": "real", "advance": None, "rate": None}),
        ("clock", "ClockChange", {"mode": "scaled"}),
        ("clock", "ClockChange", {"mode": "scaled", "rate": None}),
        ("clock", "ClockChange", {"mode": "scaled", "rate": 2}),
        ("clock", "ClockChange", {"mode": "frozen", "rate": 2}),
        ("clock", "ClockChange", {"mode": "frozen", "advance": 2}),
        ("clock", "ClockChange", {"mode": None, "advance": 2}),
        ("clock", "ClockChange", {"advance": 2, "rate": 2}),
        ("clock", "ClockChange", {"advance": "2h"}),
        ("clock", "ClockChange", {"advance": "2 h"}),
        ("clock", "ClockChange", {"advance": "9999d"}),
        ("clock", "ClockChange", {"advance": 864_000_000}),
        ("clock", "ClockChange", {"advance": 864_000_000.5}),
        ("clock", "ClockChange", {"step": 1, "set": 1}),
        ("clock", "ClockChange", {"step": 1.0}),
        ("clock", "ClockChange", {"step": 1.5}),
        ("clock", "ClockChange", {"stepp": 1}),
        ("accounts", "AccountChange", {}),
        ("accounts", "AccountChange", {"key": "sk-a", "credits": 5}),
        ("accounts", "AccountChange", {"key": "sk-a", "account": None}),
        ("accounts", "AccountChange", {"key": "sk-a", "account": "0" * 18}),
        ("accounts", "AccountChange", {"key": "a"}),
        ("accounts", "AccountChange", {"account": "0" * 18}),
        ("accounts", "AccountChange", {"account": "0" * 17}),
        ("accounts", "AccountChange", {"key": "sk-a", "group": "1"}),
        ("tasks/a/fail", "Failure", {"code": "generation_timeout"}),
        ("tasks/a/fail", "Failure", {"code": "boredom"}),
        ("reset", "Reset", {"mode": "scaled"}),
        ("reset", "Reset", {"seed": ""}),
        ("reset", "Reset", {"seed": "a", "mode": None}),
    ],
    ids=str,
)
async def test_the_document_is_as_strict_as_the_api(
    client: httpx2.AsyncClient, path: str, name: str, body: dict[str, Any]
) -> None:
    """What it allows is read, and what it does not is refused."""
    await create(client)
    answer = await client.post(f"/_mock/{path}", json=body)
    refused = answer.status_code == 400
    assert schema(name).is_valid(body) != refused, answer.text


@pytest.mark.anyio
async def test_refusals_have_the_form_that_is_described(client: httpx2.AsyncClient) -> None:
    """One form for all, with the name of the parameter where one is at fault."""
    refusal = schema("Refusal")
    for answer in (
        await client.get("/_mock/tasks/a"),
        await client.post("/_mock/clock", json={"advance": -1}),
        await client.get("/_mock/clock", headers={"host": "evil.example"}),
    ):
        assert refusal.is_valid(answer.json())
    assert not refusal.is_valid({"error": "all of it"})
