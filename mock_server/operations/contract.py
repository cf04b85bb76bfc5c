"""The contract itself, as `/openapi.json` and `/openapi.yaml`: the operations that are served here, in one document.

The strict view says everything that can be checked; `?view=published` what the pages say, and no more.
"""

from functools import partial
from typing import cast, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_server.api.endpoint import error_answer, to_response
from mock_server.core.errors import InvalidRequest
from mock_server.models.pages import Catalogue
from openapi.merge import merge
from openapi.page_forms import SERVED_HOST
from openapi.pages import Document, View, load_pages


def contract_routes(catalogue: Catalogue) -> list[Route]:
    """Return the routes that show the contract: the pages that are served."""
    shown = _Shown(catalogue)
    return [
        Route("/openapi.json", partial(shown.show, form="json")),
        Route("/openapi.yaml", partial(shown.show, form="yaml")),
    ]


def contract(view: View, catalogue: Catalogue) -> Document:
    """Return the served operations of a view as one document, its server being the one that it is read from."""
    plain = load_pages(view)
    pages = {
        name: page
        for name, page in (
            (name, plain.get(name, given) if name not in catalogue.files else given)
            for name, given in catalogue.documents.items()
        )
        if page["servers"][0]["url"] == SERVED_HOST and (view == "strict" or page["info"]["x-source"] == "published")
    }
    return merge(
        pages,
        title="EvoLink API",
        description=f"The operations that this simulator serves; {view} view.",
        servers=[{"url": "/", "description": "This server"}],
    )


class _Shown:
    """The contract as it is shown: written once for each view and form."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._written: dict[tuple[View, str], bytes] = {}

    async def show(self, request: Request, *, form: str) -> Response:
        """Show the contract as JSON or as YAML."""
        asked = request.query_params.get("view", "strict")
        if asked not in get_args(View):
            known = ", ".join(get_args(View))
            return to_response(error_answer(InvalidRequest(f"view must be one of {known}", param="view")))
        return Response(self._write(cast("View", asked), form), media_type=f"application/{form}")

    def _write(self, view: View, form: str) -> bytes:
        if (view, form) not in self._written:
            document = contract(view, self._catalogue)
            write = msgspec.json.encode if form == "json" else msgspec.yaml.encode
            self._written[view, form] = write(document)
        return self._written[view, form]
