"""Several results of one task: as many as a request's `n` says, each with a link and a file of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mock_server.core.types import MOST_RESULTS
from mock_server.models.offers import count_results
from openapi.operations import Operations
from openapi.page_forms import make_forms
from tests.pages.writing import KINDS, page

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

FIELD: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 4, "default": 2}
DATA = """
price:
  credits_per_call: 2
  factors:
    n: {default: "2", values: {"1": 1, "2": 2, "3": 3, "4": 4}}
"""


async def make(client: httpx2.AsyncClient, **body: Any) -> dict[str, Any]:
    """Create a task, and return it when it is completed."""
    created = (await client.post(KINDS["image"], json={"model": "sketch-1", "prompt": "A cat", **body})).json()
    await client.post("/_mock/clock", json={"advance": 600})
    task: dict[str, Any] = (await client.get(f"/v1/tasks/{created['id']}")).json()
    return task


def write_data(folder: Path) -> None:
    """Write the file beside the page."""
    folder.mkdir()
    (folder / "one.model.yaml").write_text(DATA, "utf-8")


async def test_each_has_a_file(served: Callable[..., Any]) -> None:
    """Three are asked for: there are three links, that lead to three pictures, and no fourth one."""
    pytest.importorskip("av")
    client = await served({"one.json": page(kind="image", fields={"n": FIELD})}, videos="rendered")
    task = await make(client, n=3)
    assert task["result_data"] == [{"url": link} for link in task["results"]]
    answers = [await client.get(link) for link in task["results"]]
    assert [answer.headers["x-mock-media"] for answer in answers] == ["rendered"] * 3
    assert len({answer.content for answer in answers}) == 3
    fourth = task["results"][2].replace("-3.png", "-4.png")
    assert (await client.get(fourth)).status_code == 404
    (row,) = (await client.get("/v1/tasks")).json()["data"]
    assert (row["has_results"], row["result_count"]) == (True, 3)


async def test_what_they_cost(served: Callable[..., Any], folder: Path) -> None:
    """The file beside a page can say that each of them has its price; the page's default holds where none is said."""
    write_data(folder)
    client = await served({"one.json": page(kind="image", fields={"n": FIELD})})
    for body, count in (({}, 2), ({"n": 1}, 1), ({"n": 4}, 4)):
        task = await make(client, **body)
        assert (len(task["results"]), task["usage"]["credits_used"]) == (count, 2 * count)


@pytest.mark.parametrize(
    ("field", "body", "count"),
    [
        ({"type": "integer"}, {}, 1),
        ({"type": "integer"}, {"n": 3.0}, 3),
        ({"type": ["integer", "null"], "default": 4}, {"n": None}, 1),
        ({"type": ["integer", "null"], "default": 4}, {}, 4),
        ({"type": "integer"}, {"n": 0}, 1),
        ({"type": "integer"}, {"n": 10**9}, MOST_RESULTS),
        ({"$ref": "#/components/schemas/N"}, {"n": 2}, 2),
        ({"type": "string"}, {"n": "3"}, 1),
        ({"type": "number"}, {"n": 3}, 1),
        ({}, {"n": 3}, 1),
        (None, {"n": 3}, 1),
    ],
)
def test_how_many(field: dict[str, Any] | None, body: dict[str, Any], count: int) -> None:
    """Only an integer that the page knows counts, and it has bounds whatever the page says."""
    fields = {} if field is None else {"n": field}
    (form,) = make_forms(page(kind="image", fields=fields, components={"N": {"type": "integer"}}))
    assert count_results(next(iter(Operations({"one": form}).values())), body) == count
