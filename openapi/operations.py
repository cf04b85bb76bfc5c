"""The operations of the API: what each takes, what it answers, and what a request or an answer gets wrong.

operations = load_operations()
create = operations["createWan26ReferenceVideoFlashGeneration"]
create.request_violations({"model": "wan2.6-reference-video-flash"})
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from openapi.operation import Location, Operation, Parameter, PublishedError
from openapi.pages import Document, View, load_pages

__all__ = ["Location", "Operation", "Operations", "Parameter", "PublishedError", "choose_operation", "load_operations"]


class Operations(Mapping[str, Operation]):
    """The operations by their id, in the order of the pages."""

    def __init__(self, pages: Mapping[str, Document]) -> None:
        found = [
            Operation(document, page=page, method=method, path=path)
            for page, document in pages.items()
            for path, item in document["paths"].items()
            for method in item
        ]
        self._by_id = {operation.id: operation for operation in found}
        self._by_path: dict[tuple[str, str], list[Operation]] = {}
        for operation in found:
            self._by_path.setdefault((operation.method, operation.path), []).append(operation)

    def __getitem__(self, operation_id: str) -> Operation:
        return self._by_id[operation_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def at(self, method: str, path: str, body: object = None) -> Operation | None:
        """Return the operation that a request leads to, or None.

        `path` is a path as requested (`/v1/tasks/task-unified-1`) or as documented (`/v1/tasks/{task_id}`), without
        a query. A path that is documented as it stands (`/v1/tasks/batch`) has its own methods and no pattern's.
        Of several operations of one path the body's model tells which is meant; without one that is known, the first.
        """
        method = method.upper()
        if any(documented == path for _, documented in self._by_path):
            return choose_operation(self._by_path.get((method, path), ()), body)
        return next((found for found in self.values() if _leads_to(found, method, path)), None)

    @functools.cached_property
    def creations(self) -> tuple[Operation, ...]:
        """The operations that create tasks, in the order of the pages."""
        return tuple(operation for operation in self.values() if operation.models)

    @functools.cached_property
    def of_models(self) -> Mapping[str, Operation]:
        """The operation that creates tasks of a model, by the model's id."""
        return MappingProxyType({model: operation for operation in self.creations for model in operation.models})


def choose_operation(operations: Sequence[Operation], body: object) -> Operation | None:
    """Return the operation whose model a body names, of several at one path; the first if it names none of theirs."""
    if len(operations) > 1 and isinstance(body, dict):
        model = body.get("model")
        for operation in operations:
            if model in operation.models or (model is None and operation.model_left_out):
                return operation
    return next(iter(operations), None)


def _leads_to(operation: Operation, method: str, path: str) -> bool:
    documented, requested = operation.path.split("/"), path.split("/")
    return (
        operation.method == method
        and len(documented) == len(requested)
        and all(
            ours in ("{", theirs) or (ours.startswith("{") and theirs)
            for ours, theirs in zip(documented, requested, strict=True)
        )
    )


@functools.cache
def load_operations(view: View = "strict") -> Operations:
    """Return the operations of every page of one view; the result is shared."""
    return Operations(load_pages(view))
