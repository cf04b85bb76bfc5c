"""The strict contract as one document for a server under test."""

from typing import Any, Final, Literal, TypeAlias, get_args

from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.schemas import OpenApiSchema

from openapi.merge import merge
from openapi.pages import Document, load_pages

Service: TypeAlias = Literal["tasks", "files"]
"""The two services, which the pages keep on two hosts: tasks, credits and models; and files."""

_HOSTS: Final = {"tasks": "https://api.evolink.ai", "files": "https://files-api.evolink.ai"}


def contract_document(url: str = "/", *, service: Service = "tasks") -> Document:
    """Return the strict contract of a service as one document.

    Args:
        url: Where the service is.
        service: Which one.

    Raises:
        ValueError: There is no such service.
    """
    if service not in _HOSTS:
        raise ValueError(f"service must be one of {', '.join(get_args(Service))}; got {service!r}")
    pages = {name: page for name, page in load_pages().items() if page["servers"][0]["url"] == _HOSTS[service]}
    return merge(pages, title=f"EvoLink API: {service}", servers=[{"url": url}])


def load_contract(
    server: Any, *, service: Service = "tasks", config: SchemathesisConfig | None = None
) -> OpenApiSchema:
    """Return the strict contract of a service as schemathesis takes it, with a server to hold it against.

    Args:
        server: The URL of the server, or an ASGI app, which is then called in this process.
        service: Which service it is.
        config: The configuration; if not given, it is in `schemathesis.toml` in this folder or one above, if anywhere.

    Raises:
        ValueError: There is no such service.
    """
    live = isinstance(server, str)
    schema = from_dict(contract_document(server if live else "/", service=service), config=config)
    if live:
        schema.config.update(base_url=server)
    else:
        schema.app, schema.location = server, "/openapi.json"
    return schema
