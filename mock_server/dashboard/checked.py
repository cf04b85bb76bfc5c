"""The clauses that the request of a task was held to, field by field, as the page of its model numbers them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from mock_server.control.shapes import Shape
from openapi.clauses import load_clauses
from openapi.operation import Operation
from openapi.page_clauses import list_clauses
from openapi.schemas import walk_fields

_ITEMS: Final = "/items"
_MOST_PAGES: Final = 256


class Checked(Shape, frozen=True):
    """One clause: of which field ("" is the body itself), and what it says."""

    field: str
    clause: str
    says: str


@lru_cache(maxsize=_MOST_PAGES)
def list_checked(operation: Operation) -> tuple[Checked, ...]:
    """Return the clauses on the body of an operation that creates tasks, in the order of its fields.

    What the contract numbers goes by its number, and the rest by where it stands, as in violations.
    """
    numbers, clauses, start = dict(_numbers(operation)), load_clauses(), f"{operation.page}/body/"
    found: dict[tuple[str, str], str] = {}
    for name, clause in list_clauses(operation).items():
        path, _, keyword = name.removeprefix(start).rpartition("/")
        number = numbers.get((path, keyword))
        field, id_ = path.replace(_ITEMS, "").replace("/", "."), name if number is None else number
        found.setdefault((field, id_), clause.says if number is None else clauses[number].says)
    return tuple(Checked(field=field, clause=name, says=says) for (field, name), says in found.items())


def _numbers(operation: Operation) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the number of each clause that has one, by the path of its field and the keyword that it is about."""
    for path, schema in walk_fields(operation.body_schema, operation.components):
        for keyword, named in schema.get("x-clauses", {}).items():
            inner = {"": named} if isinstance(named, str) else named
            yield from (((f"{path}/{field}".strip("/"), keyword), name) for field, name in inner.items())
