"""What is created at one path: its models, each with its page, and the one that is meant where none is named."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mock_server.core.models.model import Model
from mock_server.core.types import MOST_RESULTS
from mock_server.models.fitting import AnswerForm, make_form
from openapi.operations import Operation, PublishedError, choose_operation


class Offer:
    """The models of one path.

    Args:
        operations: The operations that create tasks there, in the order of the pages.
        models: What is known of each model that is served, there or elsewhere.
    """

    def __init__(self, operations: tuple[Operation, ...], models: Mapping[str, Model]) -> None:
        served = {model: operation for operation in operations for model in operation.models if model in models}
        self.operations: Mapping[str, Operation] = served
        self.models: Mapping[str, Model] = {model: models[model] for model in served}
        self.all = operations
        self.first = operations[0]
        self.left_out = next(filter(None, (operation.model_left_out for operation in operations)), None)
        self._forms: dict[str, AnswerForm] = {}

    def choose(self, body: object) -> Operation:
        """Return the operation that a body is for, by its model; the first where that is not known."""
        model = body.get("model") if isinstance(body, dict) else None
        found = self.operations.get(model) if isinstance(model, str) else None
        return found or choose_operation(self.all, body) or self.first

    def form(self, operation: Operation) -> AnswerForm:
        """Return the form that answers of an operation of a user's page have to be given; ours have theirs."""
        if operation.id not in self._forms:
            self._forms[operation.id] = make_form(operation)
        return self._forms[operation.id]

    @cached_property
    def errors(self) -> Mapping[str, Mapping[int, PublishedError]]:
        """The errors that the page of each operation shows, by its id."""
        return {operation.id: operation.errors for operation in self.all}


def count_results(operation: Operation, body: Mapping[str, Any]) -> int:
    """Return how many results a checked body asks for: its `n`, or the page's default, where the page has one."""
    wanted = body.get("n", operation.defaults.get("n")) if operation.counts_results else None
    return min(max(1, int(wanted)), MOST_RESULTS) if isinstance(wanted, int | float) else 1
