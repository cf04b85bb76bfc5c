"""Estimates: what a generation would set aside, and what it then does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Any

import anyio
import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import create_app
from mock_server.core.tasks.billing import counted_input
from mock_server.core.types import SECOND
from mock_server.models.layers import bundled_models
from mock_server.settings import Settings
from openapi.operations import load_operations
from tests.catalog.expressions import work_out
from tests.serving import CREATE, Serve, bearer

pytestmark = pytest.mark.anyio

ESTIMATE = "/v1/agent-estimates"
FLASH = "wan2.6-reference-video-flash"
MODELS = bundled_models()
EXAMPLE: Any = load_operations()["estimatePrice"].request_example


async def ask(client: httpx2.AsyncClient, **fields: Any) -> httpx2.Response:
    """Ask for an estimate by the example of the contract and other fields."""
    return await client.post(ESTIMATE, json={**EXAMPLE, **fields})


@pytest.mark.clauses("ESTIMATE-AMOUNT", "ESTIMATE-REQUEST", "CATALOG-EXACT")
async def test_an_estimate(client: httpx2.AsyncClient) -> None:
    """The price in all units, part by part, by the rule of the catalogue; nothing is set aside."""
    answer = (await ask(client)).json()
    rule = (await client.get(f"/v1/catalog/models/{FLASH}/pricing-rules")).json()
    money = {"uc": "238000", "credits": "23.8", "cny": "2.38", "usd": "0.35"}
    assert (answer["amount"], answer["amounts"], answer["assumptions"]) == ("0.35", money, [])
    for name in ("policy_version", "policy_checksum", "product_id", "operation", "settlement_basis"):
        assert answer[name] == rule["model"][name]
    assert answer["pricing_version"] == rule["meta"]["pricing_version"]
    assert answer["expires_at"] == rule["meta"]["fresh_until"]
    (part,), (shown,) = answer["components"], rule["model"]["components"]
    assert (part["quantity"], part["billed_quantity"], part["subtotal_amounts"]) == ("10", "10", money)
    assert (part["unit_price_amounts"], part["minimum_charge_amounts"]) == (shown["rate"], shown["minimum_charge"])
    assert (part["sku_id"], part["minimum_charge_applied"]) == (shown["sku_id"], False)
    assert (await client.get("/v1/credits")).json()["data"]["user"]["remaining_credits"] == 1_000


@pytest.mark.clauses("ESTIMATE-AMOUNT")
async def test_what_is_left_out(client: httpx2.AsyncClient) -> None:
    """Has its default, and the answer says so; the least price is told as such; usage that is expected counts too."""
    answer = (await ask(client, parameters={"generate_audio": False}, expected_usage={"input_seconds": "1.5"})).json()
    assert answer["amounts"]["credits"] == "9"
    assert answer["components"][0]["minimum_charge_applied"] is True
    assert answer["components"][0]["quantity"] == "3.25"
    assert answer["assumptions"] == ['output_seconds is "5", its default', 'quality is "720p", its default']
    plain = await client.post(ESTIMATE, json={"model_id": FLASH, "operation": "reference_to_video"})
    assert plain.json()["amounts"]["credits"] == "23.8"


@pytest.mark.clauses("ESTIMATE-AMOUNT")
async def test_each_estimate_has_a_name(client: httpx2.AsyncClient) -> None:
    """One that asks for something else has another."""
    names = {(await ask(client, parameters={"input_seconds": n})).json()["estimate_id"] for n in range(3)}
    assert len(names) == 3


REFUSED = [
    ({"parameters": {"prompt": "A cat"}}, 404, "unsupported_parameters", "parameters.prompt"),
    ({"parameters": {"quality": "4k"}}, 404, "unsupported_parameters", "parameters.quality"),
    ({"parameters": {"generate_audio": "true"}}, 404, "unsupported_parameters", "parameters.generate_audio"),
    ({"parameters": {"output_seconds": 1}}, 404, "unsupported_parameters", "parameters.output_seconds"),
    ({"parameters": {"output_seconds": "10.01"}}, 404, "unsupported_parameters", "parameters.output_seconds"),
    ({"parameters": {"input_seconds": -1}}, 404, "unsupported_parameters", "parameters.input_seconds"),
    ({"parameters": {"input_seconds": True}}, 404, "unsupported_parameters", "parameters.input_seconds"),
    ({"parameters": {"input_seconds": "five"}}, 404, "unsupported_parameters", "parameters.input_seconds"),
    ({"expected_usage": {"seconds": 1}}, 404, "unsupported_parameters", "parameters.seconds"),
    ({"parameters": [1]}, 400, "invalid_request", "parameters"),
    ({"model_id": 1}, 400, "invalid_request", "model_id"),
    ({"model_id": "sora"}, 404, "pricing_policy_not_found", None),
    ({"operation": "text_to_video"}, 404, "pricing_policy_not_found", None),
]


@pytest.mark.clauses("ESTIMATE-REFUSED", "ESTIMATE-REQUEST")
@pytest.mark.parametrize(("fields", "status", "code", "param"), REFUSED)
async def test_refused(
    client: httpx2.AsyncClient, fields: dict[str, Any], status: int, code: str, param: str | None
) -> None:
    """What the rule does not take is named; what has no rule is not found."""
    answer = await ask(client, **fields)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("param")) == (status, code, param)


@pytest.mark.clauses("AUTH-401")
async def test_an_estimate_takes_a_key(serve: Serve) -> None:
    """Other than the catalogue."""
    client = await serve()
    del client.headers["authorization"]
    assert (await ask(client)).status_code == 401


QUALITIES = st.sampled_from([None, "720p", "1080p"])
LENGTHS = st.lists(st.decimals(2, 30, places=3), min_size=1, max_size=3)


@st.composite
def orders(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Draw a model, the fields of a request to it, and the parameters of its rule that say the same."""
    name = draw(st.sampled_from(sorted(MODELS)))
    model, schema = MODELS[name], load_operations().of_models[name].body_schema["properties"]
    fields: dict[str, Any] = {}
    bounds = schema["duration"]
    duration = draw(st.none() | st.integers(bounds["minimum"], bounds["maximum"]))
    parameters: dict[str, Any] = {}
    if duration is not None:
        fields["duration"] = duration
        parameters["output_seconds" if model.price.input_caps else "duration_seconds"] = duration
    if (quality := draw(QUALITIES)) is not None:
        fields["quality"] = parameters["quality"] = quality
    if "generate_audio" in schema and (sound := draw(st.sampled_from([None, True, False]))) is not None:
        fields["generate_audio"] = parameters["generate_audio"] = sound
    if model.price.input_caps and draw(st.sampled_from([True, False])):
        lengths = draw(LENGTHS)
        fields["video_urls"] = [f"https://example.com/{n}.mp4#t={length}" for n, length in enumerate(lengths)]
        counted = counted_input(model.price, [int(length * SECOND) for length in lengths])
        parameters["input_seconds"] = f"{counted // SECOND}.{counted % SECOND:06}"
    return name, fields, parameters


@asynccontextmanager
async def directly() -> AsyncIterator[httpx2.AsyncClient]:
    """Serve in this process."""
    app = create_app(Settings(videos="packaged", credits=1e9))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            base_url="http://127.0.0.1:8765", transport=httpx2.ASGITransport(app=app), headers=bearer()
        ) as client,
    ):
        yield client


@pytest.mark.uncounted
@pytest.mark.clauses("ESTIMATE-AMOUNT", "CATALOG-RULES", "RES-RESERVED", "BILL-PARTS", "BILL-1080P", "AUDIO-EFFECT")
@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(orders(), min_size=1, max_size=12))
def test_what_is_estimated_is_set_aside(drawn: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
    """Whatever is asked of whichever model: the estimate, the published rule and the reserve are one amount."""

    async def compare() -> None:
        async with directly() as client:
            rules = {
                rule["model_id"]: rule for rule in (await client.get("/v1/catalog/pricing-rules")).json()["models"]
            }
            for name, fields, parameters in drawn:
                shown: Any = load_operations().of_models[name].request_example
                reserved = (await client.post(CREATE, json={**shown, **fields})).json()["usage"]["credits_reserved"]
                rule = rules[name]
                asked = {"model_id": name, "operation": rule["operation"], "parameters": parameters}
                estimated = (await client.post(ESTIMATE, json=asked)).json()["amounts"]
                defaults = {each["name"]: each["default"] for each in rule["parameters"]}
                texts = {key: value if isinstance(value, bool) else str(value) for key, value in parameters.items()}
                worked_out = work_out(rule["components"][0], {**defaults, **texts})
                assert Fraction(str(reserved)) * 10_000 == int(estimated["uc"]) == worked_out

    anyio.run(compare)
