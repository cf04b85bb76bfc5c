"""Limits that hold while a plan does."""

from typing import Annotated

from mock_server.core.plans.forms import Flag, Whole
from mock_server.core.plans.match import API
from mock_server.core.plans.plan import BasePlan


class LimitPlan(BasePlan, frozen=True, tag="limit"):
    """One limit: requests a minute for each account (429), its tasks at once (429), or the models (403).

    Requests fill up evenly, as many as a minute has can come at once after a pause, and Retry-After is honest. Tasks
    and models are for the server to check: a limit that it was told of counts as struck, whether reached or not.
    Credits that run out, and keys that are revoked, are answers: `answer 402 on=create task=4+`, `answer 401 nth=9+`.
    """

    requests: Annotated[int | None, Whole(1, 1_000_000), "requests a minute, for each account"] = None
    tasks: Annotated[int | None, Whole(0, 1_000_000), "tasks that an account can have under way"] = None
    closed_models: Annotated[bool, Flag(), "no model may be used"] = False

    @property
    def default_operations(self) -> tuple[str, ...]:
        """Where the limit can be felt: a rate everywhere, tasks at creation, models there and where they are shown."""
        if self.requests is not None:
            return API
        return ("create", "models") if self.closed_models else ("create",)

    def slots(self) -> frozenset[str]:
        """Return what is limited; who exceeds a rate is answered, and there is one answer."""
        said = {"answer": self.requests, "limit tasks": self.tasks, "limit models": self.closed_models or None}
        return frozenset(slot for slot, value in said.items() if value is not None)

    def broken(self) -> str | None:
        """Refuse none, and several."""
        return None if len(self.slots()) == 1 else "it takes one of requests, tasks and closed_models"
