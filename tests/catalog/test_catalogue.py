"""The catalogue: models, health and prices, for whoever asks."""

from typing import Any

import httpx2
import msgspec
import pytest

from mock_server.models.layers import bundled_models
from openapi.operations import load_operations
from tests.catalog.expressions import work_out
from tests.serving import Serve, Wall

pytestmark = pytest.mark.anyio

MODELS = tuple(load_operations().of_models)
FLASH = "wan2.6-reference-video-flash"
RULES = "/v1/catalog/pricing-rules"
OF_FLASH = f"/v1/catalog/models/{FLASH}/pricing-rules"


@pytest.fixture
async def anybody(serve: Serve) -> httpx2.AsyncClient:
    """A client without a key."""
    client = await serve()
    del client.headers["authorization"]
    return client


@pytest.mark.clauses("CATALOG-OPEN", "CATALOG-MODELS")
async def test_models(anybody: httpx2.AsyncClient) -> None:
    """Every model, with what clients choose by."""
    listed = (await anybody.get("/v1/catalog/models")).json()
    assert [model["model_id"] for model in listed["models"]] == list(MODELS)
    assert listed["models"][0] == {
        "model_id": FLASH,
        "display_name": "Wan 2.6 Reference Video Flash",
        "provider": "alibaba",
        "aliases": [],
        "capabilities": ["video"],
        "protocols": ["evolink-video-generations"],
        "lifecycle": "active",
    }
    assert listed["meta"]["fresh_until"] == "2025-09-06T14:47:23Z"


@pytest.mark.clauses("CATALOG-HEALTH")
async def test_health(anybody: httpx2.AsyncClient) -> None:
    """Every model can be used."""
    seen = {"status": "available", "observed_at": "2025-09-06T14:42:23Z"}
    assert (await anybody.get("/v1/catalog/health")).json() == {
        "models": [{"model_id": name, **seen} for name in MODELS]
    }


@pytest.mark.clauses("CATALOG-RULES", "CATALOG-EXACT")
async def test_the_rule_of_a_model(anybody: httpx2.AsyncClient) -> None:
    """Parameters, rate, least price and expression are those of the price list."""
    body = (await anybody.get(OF_FLASH)).json()
    rule = body["model"]
    assert {name: rule[name] for name in ("product_id", "operation", "modality", "settlement_basis")} == {
        "product_id": "wan-2-6-flash",
        "operation": "reference_to_video",
        "modality": "video",
        "settlement_basis": "request_then_actual",
    }
    assert rule["parameters"] == [
        {"name": "input_seconds", "type": "decimal", "default": "5", "minimum": "0"},
        {"name": "output_seconds", "type": "decimal", "default": "5", "minimum": "2", "maximum": "10"},
        {"name": "quality", "type": "enum", "default": "720p", "values": ["720p", "1080p"]},
        {"name": "generate_audio", "type": "boolean", "default": True},
    ]
    (part,) = rule["components"]
    assert part["rate"] == {"uc": "23800", "credits": "2.38", "cny": "0.238", "usd": "0.035"}
    assert part["minimum_charge"] == {"uc": "90000", "credits": "9", "cny": "0.9", "usd": "0.13235294"}
    assert (part["id"], part["dimension"], part["sku_id"]) == ("video_input_output", "input_plus_output_second", "1332")
    assert part["effective_at"] == "2026-10-08T20:40:06.504Z"
    assert part["rounding"] == {"point": "per_component_subtotal", "mode": "half_up"}
    assert part["quantity_rule"] == {
        "op": "multiply",
        "args": [
            {"op": "add", "args": [_variable("input_seconds"), _variable("output_seconds")]},
            {"op": "lookup", "key": _variable("quality"), "values": {"720p": "1", "1080p": "1.67"}},
            {"op": "if", "args": [_variable("generate_audio"), _constant("1"), _constant("0.5")]},
        ],
    }
    assert body["meta"]["schema_version"] == "2"
    assert body["meta"]["exchange_rate_version"] == "pricing-fx/v1:USD-CNY=6.8"


def _variable(name: str) -> dict[str, str]:
    return {"op": "variable", "name": name}


def _constant(value: str) -> dict[str, str]:
    return {"op": "constant", "value": value}


@pytest.mark.clauses("CATALOG-RULES")
async def test_a_rule_can_be_worked_out(anybody: httpx2.AsyncClient) -> None:
    """By its expression, its rate and its least price, as official clients do."""
    rules = (await anybody.get(RULES)).json()["models"]
    prices = {}
    for rule in rules:
        names = {parameter["name"]: parameter["default"] for parameter in rule["parameters"]}
        (part,) = rule["components"]
        prices[rule["model_id"]] = work_out(part, names)
    others = {"wan2.6-reference-video": 476_000, "wan2.6-image-to-video-flash": 119_000}
    assert prices == dict.fromkeys(MODELS, 238_000) | others


@pytest.mark.clauses("CATALOG-VIEW")
async def test_the_summary(anybody: httpx2.AsyncClient) -> None:
    """It has the prices, and not what they are worked out by; without a view all is there."""
    full, short = [(await anybody.get(f"{OF_FLASH}{view}")).json()["model"] for view in ("", "?view=summary")]
    assert full == (await anybody.get(f"{OF_FLASH}?view=full")).json()["model"]
    gone = {"parameters", "quantity_rule", "rounding"}
    assert full.keys() - short.keys() == {"parameters"}
    assert full["components"][0].keys() - short["components"][0].keys() == gone - {"parameters"}
    assert short["components"][0]["rate"] == full["components"][0]["rate"]


@pytest.mark.clauses("CATALOG-FILTERS")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"product_id": "wan-2-6-flash"}, [FLASH, "wan2.6-image-to-video-flash"]),
        ({"operation": "text_to_video"}, ["wan2.6-text-to-video"]),
        ({"operation": "text_to_video", "product_id": "wan-2-6-flash"}, []),
        ({"modality": "video", "lifecycle": "active"}, list(MODELS)),
        ({"modality": "image"}, []),
        ({"lifecycle": "preview"}, []),
    ],
)
async def test_filters(anybody: httpx2.AsyncClient, query: dict[str, str], found: list[str]) -> None:
    """Only models that fit all of them are there."""
    assert [rule["model_id"] for rule in (await anybody.get(RULES, params=query)).json()["models"]] == found


@pytest.mark.clauses("CATALOG-FILTERS")
async def test_filters_of_one_model(anybody: httpx2.AsyncClient) -> None:
    """A model that does not fit is not found, and neither is one that there is not."""
    assert (await anybody.get(OF_FLASH, params={"operation": "reference_to_video"})).status_code == 200
    for path in (f"{OF_FLASH}?operation=text_to_video", "/v1/catalog/models/sora/pricing-rules"):
        answer = await anybody.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.clauses("CATALOG-VIEW", "CATALOG-FILTERS")
@pytest.mark.parametrize("query", [{"view": "short"}, {"modality": "smell"}, {"lifecycle": "retired"}])
async def test_what_cannot_be_asked(anybody: httpx2.AsyncClient, query: dict[str, str]) -> None:
    """A view or a kind that there is not is refused, with the field."""
    for path in (RULES, OF_FLASH):
        answer = await anybody.get(path, params=query)
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, next(iter(query)))


@pytest.mark.clauses("CATALOG-ETAG")
async def test_what_has_not_changed(anybody: httpx2.AsyncClient, wall: Wall) -> None:
    """A client that has the prices is told so, for as long as they are the same; each view has a tag of its own."""
    tags = {}
    for path in (RULES, f"{RULES}?view=summary", OF_FLASH, f"{RULES}?modality=image"):
        tags[path] = (await anybody.get(path)).headers["etag"]
    assert len(set(tags.values())) == len(tags)
    wall.advance(3_600)
    for path, tag in tags.items():
        for known in (tag, f'"other", {tag}', "*"):
            answer = await anybody.get(path, headers={"if-none-match": known})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert (await anybody.get(path, headers={"if-none-match": 'W/"other"'})).status_code == 200


@pytest.mark.clauses("CATALOG-ETAG")
async def test_what_has_not_changed_by_plan(anybody: httpx2.AsyncClient) -> None:
    """An answer without a body has none either where a plan has a hand in it."""
    tag = (await anybody.get(OF_FLASH)).headers["etag"]
    plan = {"X-Mock-Plan": "head headers.x-note=here"}
    answer = await anybody.get(OF_FLASH, headers={"if-none-match": tag, **plan})
    assert (answer.status_code, answer.content, answer.headers["x-note"]) == (304, b"", "here")


@pytest.mark.clauses("CATALOG-OPEN")
async def test_whose_universe(anybody: httpx2.AsyncClient) -> None:
    """Without a key it is the default one, with a key or a header another; a header that is none is refused."""
    for headers in ({}, {"authorization": "Bearer sk-mock-shop"}, {"x-mock-universe": "shop"}, {"authorization": "?"}):
        assert (await anybody.get(OF_FLASH, headers=headers)).status_code == 200
    journal = (await anybody.get("/_mock/journal", headers={"x-mock-universe": "shop"})).json()["entries"]
    assert len(journal) == 2
    assert (await anybody.get(OF_FLASH, headers={"x-mock-universe": "No!"})).status_code == 400


async def test_the_figures_follow_the_models(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another price is another rule, another version and another checksum."""
    before = (await (await serve()).get(OF_FLASH)).json()
    flash = bundled_models()[FLASH]
    dearer = msgspec.structs.replace(flash, price=msgspec.structs.replace(flash.price, rate=30_000))
    changed = {**bundled_models(), FLASH: dearer}
    monkeypatch.setattr("mock_server.models.pages.bundled_models", lambda: changed)
    after: Any = (await (await serve()).get(OF_FLASH)).json()
    assert after["model"]["components"][0]["rate"]["credits"] == "3"
    assert after["meta"]["pricing_version"] != before["meta"]["pricing_version"]
    assert after["meta"]["catalog_version"] == before["meta"]["catalog_version"]
    assert after["model"]["policy_checksum"] != before["model"]["policy_checksum"]
