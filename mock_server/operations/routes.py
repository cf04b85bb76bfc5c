"""Where the operations of the API are, and what serves each."""

from functools import partial

from mock_server.api.creations import CreationEndpoint
from mock_server.api.endpoint import Endpoint, Function
from mock_server.api.resource import Resource
from mock_server.operations import account, catalog, creation, tasks
from mock_server.simulator import Simulator

KEYED: dict[str, Function] = {
    "batchGetTasks": tasks.batch_get_tasks,
    "getTaskDetail": tasks.get_task,
    "listTasks": tasks.list_tasks,
    "getCredits": account.get_credits,
    "listModels": account.list_models,
    "getModel": account.get_model,
    "estimatePrice": catalog.create_estimate,
}
"""What serves each operation that is not the creation of a task: the most used first, a fixed path before a pattern."""

OPEN: dict[str, Function] = {
    "listCatalogModels": catalog.list_catalog_models,
    "getCatalogHealth": catalog.get_catalog_health,
    "listPricingRules": catalog.list_pricing_rules,
    "getPricingRules": catalog.get_pricing_rules,
}
"""What serves each operation that needs no key."""


def api_resources(simulator: Simulator) -> dict[str, Resource]:
    """Return what serves each path of the contract's API, the most used first."""
    methods: dict[str, dict[str, Endpoint]] = {}
    for path, offer in simulator.offers.items():
        methods[path] = {"POST": CreationEndpoint(simulator, offer, partial(creation.create_generation, offer))}
    for form, functions in ((Endpoint, KEYED), (catalog.OpenEndpoint, OPEN)):
        for name, function in functions.items():
            operation = simulator.operations[name]
            methods.setdefault(operation.path, {}).setdefault(operation.method, form(simulator, name, function))
    return {path: Resource(served) for path, served in methods.items()}
