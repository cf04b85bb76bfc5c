"""The models that a key may use."""

import httpx2
import pytest

from openapi.operations import load_operations
from tests.serving import bearer

pytestmark = pytest.mark.anyio

FLASH = {
    "id": "wan2.6-reference-video-flash",
    "object": "model",
    "created": 1772496000,
    "owned_by": "alibaba",
}


@pytest.mark.clauses("MODELS-LIST", "MODELS-ITEM")
async def test_list(client: httpx2.AsyncClient) -> None:
    """Every model that is served is listed."""
    listed = (await client.get("/v1/models")).json()
    assert listed["object"] == "list"
    assert listed["data"] == [{**FLASH, "id": name} for name in load_operations().of_models]
    assert listed["data"][0] == FLASH


@pytest.mark.clauses("MODELS-ITEM")
async def test_one(client: httpx2.AsyncClient) -> None:
    """A model can be read by its id."""
    assert (await client.get("/v1/models/wan2.6-reference-video-flash")).json() == FLASH


@pytest.mark.clauses("MODELS-404")
@pytest.mark.parametrize("model", ["sora", "WAN2.6-REFERENCE-VIDEO-FLASH", "%FF", "wan2.6-reference-video-flash%20"])
async def test_unknown(client: httpx2.AsyncClient, model: str) -> None:
    """A model that is not served is not found."""
    answer = await client.get(f"/v1/models/{model}")
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "code": "model_not_found",
        "message": "The requested model could not be found",
        "type": "invalid_request_error",
    }


@pytest.mark.clauses("MODELS-LIST", "MODELS-404")
async def test_closed_to_the_key(client: httpx2.AsyncClient) -> None:
    """A key that may use no model sees none."""
    headers = bearer("sk-mock-no-access")
    assert (await client.get("/v1/models", headers=headers)).json()["data"] == []
    answer = await client.get("/v1/models/wan2.6-reference-video-flash", headers=headers)
    assert answer.status_code == 404
