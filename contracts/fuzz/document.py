"""The strict contract as one document for a server under test."""

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias, get_args

from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.schemas import OpenApiSchema

from contracts.fuzz.trace import begin_trace
from mock_server.models.pages import Catalogue, open_catalogue
from openapi.merge import merge
from openapi.pages import Document

Service: TypeAlias = Literal["tasks", "files"]
"""The two services, which the pages keep on two hosts: tasks, credits and models; and files."""

_HOSTS: Final = {"tasks": "https://api.evolink.ai", "files": "https://files-api.evolink.ai"}


def contract_document(url: str = "/", *, service: Service = "tasks", pages: Sequence[str] = ()) -> Document:
    """Return the strict contract of a service as one document.

    Args:
        url: Where the service is.
        service: Which one.
        pages: Files and folders of pages of models besides those that come with the package.

    Raises:
        ValueError: There is no such service, or no such file or folder.
    """
    return _document(_open_pages(pages), url, service)


def _open_pages(pages: Sequence[str]) -> Catalogue:
    return open_catalogue(pages)


def _document(catalogue: Catalogue, url: str, service: Service) -> Document:
    if service not in _HOSTS:
        raise ValueError(f"service must be one of {', '.join(get_args(Service))}; got {service!r}")
    documents = catalogue.documents.items()
    pages = {name: page for name, page in documents if page["servers"][0]["url"] == _HOSTS[service]}
    return merge(pages, title=f"EvoLink API: {service}", servers=[{"url": url}])


def load_contract(
    server: Any, *, service: Service = "tasks", pages: Sequence[str] = (), config: SchemathesisConfig | None = None
) -> OpenApiSchema:
    """Return the strict contract of a service as schemathesis takes it, with a server to hold it against.

    Args:
        server: The URL of the server, or an ASGI app, which is then called in this process.
        service: Which service it is.
        pages: Files and folders of pages of models besides those that come with the package.
        config: The configuration; if not given, it is in `schemathesis.toml` in this folder or one above, if anywhere.

    Raises:
        ValueError: There is no such service, or no such file or folder.
    """
    live, catalogue = isinstance(server, str), _open_pages(pages)
    schema = from_dict(_document(catalogue, server if live else "/", service), config=config)
    begin_trace(schema, catalogue.operations)
    if live:
        schema.config.update(base_url=server)
    else:
        schema.app, schema.location = server, "/openapi.json"
    return schema
