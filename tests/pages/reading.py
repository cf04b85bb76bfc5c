"""Pages as they are read."""

from typing import Any

from openapi.operations import Operation, Operations
from openapi.page_forms import make_forms

TEXT = {"type": "string"}


def operations(document: dict[str, Any]) -> list[Operation]:
    """Return the operations that are made of a page."""
    return [
        operation
        for number, form in enumerate(make_forms(document))
        for operation in Operations({f"page-{number}": form}).values()
    ]


def only(document: dict[str, Any]) -> Operation:
    """Return the only operation of a page."""
    (operation,) = operations(document)
    return operation
