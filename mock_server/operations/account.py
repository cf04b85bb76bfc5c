"""What the caller has: money, and the models that may be used."""

from mock_server.api.endpoint import Answer
from mock_server.calls.call import Call
from mock_server.core.errors import ModelNotFound
from mock_server.core.models.model import Model
from mock_server.core.tasks.billing import credits_number
from mock_server.simulator import Simulator


async def get_credits(simulator: Simulator, call: Call) -> Answer:
    """Show the caller's money. One key is one account here, so key and user have the same figures (CRED-DATA)."""
    opening, now = simulator.opening(call.universe, call.caller), call.universe.now()
    money = await simulator.store.balance(call.caller.account, opening=opening, now=now)
    figures = {
        "remaining_credits": credits_number(money.available),
        "used_credits": credits_number(money.charged),
    }
    data = {"token": {**figures, "unlimited_credits": False}, "user": figures}
    return Answer({"data": data, "message": "", "success": True})


async def list_models(simulator: Simulator, call: Call) -> Answer:
    """List the models that the caller may use."""
    open_models = [_model_row(model) for model in simulator.models.values() if not call.closes(model.id)]
    return Answer({"object": "list", "data": open_models})


async def get_model(simulator: Simulator, call: Call) -> Answer:
    """Show one model."""
    model = simulator.models.get(call.path_parameters["model"])
    if model is None or call.closes(model.id):
        raise ModelNotFound
    return Answer(_model_row(model))


def _model_row(model: Model) -> dict[str, object]:
    return {"id": model.id, "object": "model", "created": model.created, "owned_by": model.owned_by}
