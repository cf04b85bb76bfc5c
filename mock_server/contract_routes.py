"""The contract itself, as `/openapi.json` and `/openapi.yaml`: the operations that are served here, in one document.

The strict view says everything that can be checked; `?view=published` what the pages say, and no more.
"""

from functools import cache
from typing import Final, cast, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_server.core.errors import InvalidRequest
from mock_server.endpoint import error_answer, to_response
from openapi.merge import merge
from openapi.pages import Document, View, load_pages

SERVED_HOST: Final = "https://api.evolink.ai"
"""The host whose pages are served; the file service has one of its own."""


def contract_routes() -> list[Route]:
    """Return the routes that show the contract."""
    return [Route("/openapi.json", show_json), Route("/openapi.yaml", show_yaml)]


async def show_json(request: Request) -> Response:
    """Show the contract as JSON."""
    return _show(request, "json")


async def show_yaml(request: Request) -> Response:
    """Show the contract as YAML."""
    return _show(request, "yaml")


@cache
def contract(view: View) -> Document:
    """Return the served operations of a view as one document, its server being the one that it is read from."""
    pages = {
        name: page
        for name, page in load_pages(view).items()
        if page["servers"][0]["url"] == SERVED_HOST and (view == "strict" or page["info"]["x-source"] == "published")
    }
    return merge(
        pages,
        title="EvoLink API",
        description=f"The operations that this simulator serves; {view} view.",
        servers=[{"url": "/", "description": "This server"}],
    )


@cache
def _text(view: View, form: str) -> bytes:
    return msgspec.json.encode(contract(view)) if form == "json" else msgspec.yaml.encode(contract(view))


def _show(request: Request, form: str) -> Response:
    view = request.query_params.get("view", "strict")
    if view not in get_args(View):
        return to_response(
            error_answer(InvalidRequest(f"view must be one of {', '.join(get_args(View))}", param="view"))
        )
    return Response(_text(cast("View", view), form), media_type=f"application/{form}")
