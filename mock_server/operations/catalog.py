"""The catalogue and estimates: which models there are, whether they can be used, and what they cost.

No model is named here, and no price: all of it comes from the models, as bills do.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from mock_server.api.endpoint import NOT_MODIFIED, Answer, Endpoint
from mock_server.calls.call import Call
from mock_server.core.catalog.estimates import estimate, show_estimate
from mock_server.core.catalog.pricing_rules import PricingRule, digest
from mock_server.core.errors import ModelNotFound, PolicyNotFound
from mock_server.core.http.ranges import Version, choose_part
from mock_server.core.keys import Caller, anyone
from mock_server.core.models.model import Model
from mock_server.core.types import SECOND, Instant
from mock_server.core.validation import refuse
from mock_server.core.views import iso_instant
from mock_server.http.request import text
from mock_server.simulator import Simulator

FRESH: Final = 300 * SECOND
"""How long what the catalogue says may be relied upon: in real time, by which its readers hold it."""

EXCHANGE_RATE: Final = "pricing-fx/v1:USD-CNY=6.8"
"""By which rate dollars are converted (api: 1 USD = 6.8 CNY)."""

PROTOCOLS: Final = {"video": "evolink-video-generations", "image": "openai-images", "audio": "openai-audio"}
"""How the catalogue calls the way in which models are asked, by what they make."""

_FILTERS: Final = ("modality", "operation", "product_id", "lifecycle")


@lru_cache(maxsize=256)
def _read_anyone(authorization: bytes | None, universe: bytes | None) -> Caller:
    """Tell in which universe somebody asks, from the two headers as they came (see `anyone`)."""
    return anyone(text(authorization), text(universe))


class OpenEndpoint(Endpoint):
    """An operation that needs no key: whoever calls is nobody in particular (CATALOG-OPEN)."""

    read_caller = staticmethod(_read_anyone)


async def list_catalog_models(simulator: Simulator, _call: Call) -> Answer:
    """List every model, whoever asks (CATALOG-MODELS)."""
    rows = [_catalog_row(model) for model in simulator.models.values()]
    version = {"schema_version": "1", "catalog_version": simulator.prices.catalog_version}
    return Answer({"meta": {**version, **_freshness(simulator.wall())}, "models": rows})


async def get_catalog_health(simulator: Simulator, _call: Call) -> Answer:
    """Tell of every model that it can be used (CATALOG-HEALTH)."""
    seen = iso_instant(simulator.wall())
    rows = [{"model_id": name, "status": "available", "observed_at": seen} for name in simulator.models]
    return Answer({"models": rows})


async def list_pricing_rules(simulator: Simulator, call: Call) -> Answer:
    """Show the rules of all models that the filters let through (CATALOG-RULES, CATALOG-FILTERS)."""
    asked = _read_query(simulator, call, "listPricingRules")
    rules = [_view(rule, asked) for rule in simulator.prices.rules.values() if _is_wanted(rule, asked)]
    return _answer(simulator, call, {"models": rules})


async def get_pricing_rules(simulator: Simulator, call: Call) -> Answer:
    """Show the rule of one model (CATALOG-RULES)."""
    asked = _read_query(simulator, call, "getPricingRules")
    rule = simulator.prices.rules.get(call.path_parameters["model"])
    if rule is None or not _is_wanted(rule, asked):
        raise ModelNotFound
    return _answer(simulator, call, {"model": _view(rule, asked)})


async def create_estimate(simulator: Simulator, call: Call) -> Answer:
    """Say what a generation would set aside, and set nothing aside (ESTIMATE-AMOUNT)."""
    body = call.json()
    refuse(simulator.operations["estimatePrice"].request_violations(body))
    prices, now = simulator.prices, simulator.wall()
    rule = prices.rules.get(body["model_id"])
    if rule is None or rule.shown["operation"] != body["operation"]:
        raise PolicyNotFound(clauses=("ESTIMATE-REFUSED",))
    found = estimate(rule, {**body.get("parameters", {}), **body.get("expected_usage", {})})
    name = digest([body, prices.pricing_version, call.caller.account, now])[:24]
    return Answer(
        {
            "estimate_id": f"est_{name}",
            "catalog_version": prices.catalog_version,
            "pricing_version": prices.pricing_version,
            "exchange_rate_version": EXCHANGE_RATE,
            "price_scope": "account",
            **show_estimate(rule, found),
            "expires_at": iso_instant(now + FRESH),
        }
    )


def _catalog_row(model: Model) -> dict[str, Any]:
    return {
        "model_id": model.id,
        "display_name": model.listing.title or model.id,
        "provider": model.owned_by,
        "aliases": [],
        "capabilities": [model.kind],
        "protocols": [PROTOCOLS[model.kind]],
        "lifecycle": "active",
    }


def _freshness(wall: Instant) -> dict[str, str]:
    return {"updated_at": iso_instant(wall), "fresh_until": iso_instant(wall + FRESH)}


def _read_query(simulator: Simulator, call: Call, operation: str) -> Mapping[str, object]:
    """Return the view and the filters that a request asks for.

    Raises:
        InvalidRequest: One of them has a value that there is not (CATALOG-VIEW, CATALOG-FILTERS).
    """
    contract = simulator.operations[operation]
    refuse(contract.query_violations(call.query))
    return contract.query_values(call.query)


def _is_wanted(rule: PricingRule, asked: Mapping[str, object]) -> bool:
    return all(rule.shown[name] == asked[name] for name in _FILTERS if name in asked)


def _view(rule: PricingRule, asked: Mapping[str, object]) -> Mapping[str, Any]:
    return rule.shown if asked["view"] == "full" else rule.summary()


def _answer(simulator: Simulator, call: Call, content: Mapping[str, Any]) -> Answer:
    """Answer with rules, or with nothing where the client has them (CATALOG-ETAG); the tag leaves out the times."""
    prices, wall = simulator.prices, simulator.wall()
    tag = f'"{digest([prices.pricing_version, content])[:24]}"'
    headers, condition = {"etag": f"W/{tag}"}, call.header(b"if-none-match")
    known = {} if condition is None else {"if-none-match": condition}
    if choose_part(Version(0, tag), known, method="GET", now=wall).status == NOT_MODIFIED:
        return Answer(None, NOT_MODIFIED, headers)
    meta = {
        "schema_version": "2",
        "catalog_version": prices.catalog_version,
        "pricing_version": prices.pricing_version,
        "price_scope": "public_default",
        "currency": "USD",
        "exchange_rate_version": EXCHANGE_RATE,
        **_freshness(wall),
    }
    return Answer({"meta": meta, **content}, headers=headers)
