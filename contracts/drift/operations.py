"""What changed in a document: operation by operation, in what clients send and in what servers answer."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from contracts.drift.changes import NOTED, Change
from contracts.drift.documents import DriftError, find_operations
from contracts.drift.schemas import SchemaWalk
from contracts.drift.sides import Documents, Pair, Place
from openapi.pages import Document, load_pages

_SUCCESS: Final = ("2", "3")


def compare(old: Document, new: Document, *, prose: bool = True) -> tuple[Change, ...]:
    """Return what changed from one document to the other, in the order of the old one's operations.

    Args:
        old: The old document.
        new: The new one.
        prose: Whether changed descriptions and examples count; nobody breaks by them, but rules stand in them.

    Raises:
        DriftError: A reference cannot be followed, or one of the two is not formed as OpenAPI has it.
    """
    try:
        found = tuple(_compare(Documents(old, new)))
        names = {operation["operationId"]: page for page, operation in _known_operations()}
        known = {**_pages(new, names), **_pages(old, names)}
    except (AttributeError, KeyError, TypeError) as error:
        raise DriftError(f"one of the two is not formed as OpenAPI has it: {error}") from error
    placed = (msgspec.structs.replace(change, page=known.get(change.operation)) for change in found)
    return tuple(change for change in placed if prose or not change.id.endswith(NOTED))


def _known_operations() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the operations of the contract, each with the name of its page."""
    for page, document in load_pages("published").items():
        for operation in find_operations(document).values():
            yield page, operation


def _pages(document: Document, names: Mapping[str, str]) -> dict[str, str]:
    """Return the page of each operation of a document that the contract knows, by its id."""
    found = find_operations(document).items()
    return {
        f"{method} {path}": names[operation["operationId"]]
        for (method, path), operation in found
        if operation.get("operationId") in names
    }


def _compare(documents: Documents) -> Iterator[Change]:
    old, new = find_operations(documents.whole.old), find_operations(documents.whole.new)
    for method, path in {**dict.fromkeys(old), **dict.fromkeys(new)}:
        name, pair = f"{method} {path}", Pair(old.get((method, path)), new.get((method, path)))
        if pair.old is None:
            yield Change(id="endpoint-added", operation=name)
        elif pair.new is None:
            whole = "api-path" if path not in documents.whole.new.get("paths", {}) else "api"
            how = "with" if pair.old.get("deprecated") is True else "without"
            yield Change(id=f"{whole}-removed-{how}-deprecation", operation=name)
        else:
            yield from _compare_operation(documents, pair, name, path)


def _compare_operation(documents: Documents, pair: Pair, name: str, path: str) -> Iterator[Change]:
    yield from _compare_deprecation(pair, name)
    for keyword in ("summary", "description"):
        told = pair.part(keyword)
        if told.differs:
            yield Change(id="api-description-changed", operation=name, where=keyword, old=told.old, new=told.new)
    yield from _compare_servers(documents, pair, name, path)
    yield from _compare_security(documents, pair, name)
    yield from _compare_parameters(documents, pair, name, path)
    yield from _compare_body(documents, pair, name)
    yield from _compare_responses(documents, pair, name)
    if pair.part("callbacks").differs:
        yield Change(id="api-callbacks-changed", operation=name, steps=("callbacks",))


def _compare_deprecation(pair: Pair, name: str) -> Iterator[Change]:
    old, new = pair.old.get("deprecated") is True, pair.new.get("deprecated") is True
    if old != new:
        yield Change(id="endpoint-deprecated" if new else "endpoint-reactivated", operation=name)


def _compare_servers(documents: Documents, pair: Pair, name: str, path: str) -> Iterator[Change]:
    old = _urls(documents.whole.old, path, pair.old)
    new = _urls(documents.whole.new, path, pair.new)
    if set(old) != set(new):
        yield Change(id="api-servers-changed", operation=name, where="servers", old=old, new=new)


def _urls(document: Document, path: str, operation: Mapping[str, Any]) -> list[Any]:
    """Return where an operation is served: what stands nearest to it counts."""
    told = operation.get("servers") or document["paths"][path].get("servers") or document.get("servers") or []
    return [server.get("url") for server in told]


def _compare_security(documents: Documents, pair: Pair, name: str) -> Iterator[Change]:
    old, new = _schemes(documents.whole.old, pair.old), _schemes(documents.whole.new, pair.new)
    for gone in (scheme for scheme in old if scheme not in new):
        yield Change(id="api-security-removed", operation=name, where=f"security: {gone}", old=old[gone])
    for come in (scheme for scheme in new if scheme not in old):
        yield Change(id="api-security-added", operation=name, where=f"security: {come}", new=new[come])
    for kept in (scheme for scheme in old if scheme in new and old[scheme] != new[scheme]):
        where = f"security: {kept}"
        yield Change(id="api-security-component-changed", operation=name, where=where, old=old[kept], new=new[kept])


def _schemes(document: Document, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schemes that an operation asks for, without their prose."""
    told = operation.get("security", document.get("security", []))
    known = document.get("components", {}).get("securitySchemes", {})
    names = [name for requirement in told for name in requirement]
    return {
        name: {word: value for word, value in known.get(name, {}).items() if word != "description"} for name in names
    }


def _compare_parameters(documents: Documents, pair: Pair, name: str, path: str) -> Iterator[Change]:
    old = _parameters(documents, documents.whole.old, path, pair.old, new=False)
    new = _parameters(documents, documents.whole.new, path, pair.new, new=True)
    for key in {**dict.fromkeys(old), **dict.fromkeys(new)}:
        location, word = key
        both = Pair(old.get(key), new.get(key))
        place = Place(
            operation=name,
            side="request",
            kind="parameter",
            lead=f"{location} parameter {word}",
            steps=("parameters", word),
        )
        if both.new is None:
            yield place.change("request-parameter-removed", both.old, None)
        elif both.old is None:
            must = "required" if both.new.get("required") is True else "optional"
            yield place.change(f"new-{must}-request-parameter", None, both.new)
        else:
            yield from _compare_required(both, place)
            yield from _compare_prose(both, place)
            yield from SchemaWalk(documents).compare(both.part("schema"), place.down("schema", name=""))


def _parameters(
    documents: Documents, document: Document, path: str, operation: Mapping[str, Any], *, new: bool
) -> dict[tuple[str, str], Any]:
    """Return an operation's parameters by location and name, those of its path included."""
    told = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    sides = [documents.resolve(Pair(None, each) if new else Pair(each, None)) for each in told]
    found = [side.new if new else side.old for side in sides]
    return {(str(each.get("in")), _name(each)): each for each in found}


def _name(parameter: Mapping[str, Any]) -> str:
    name = str(parameter.get("name"))
    return name.lower() if parameter.get("in") == "header" else name


def _compare_required(pair: Pair, place: Place) -> Iterator[Change]:
    old, new = pair.old.get("required") is True, pair.new.get("required") is True
    if old != new:
        yield place.change(f"-became-{'required' if new else 'optional'}", old, new)


def _compare_prose(pair: Pair, place: Place) -> Iterator[Change]:
    told = pair.part("description")
    if told.differs:
        yield place.change("-description-changed", told.old, told.new)


def _compare_body(documents: Documents, pair: Pair, name: str) -> Iterator[Change]:
    body = documents.part(pair, "requestBody")
    place = Place(operation=name, side="request", kind="body", lead="request", steps=("requestBody",))
    if body.old is None and body.new is None:
        return
    if body.old is None:
        must = "required" if body.new.get("required") is True else "optional"
        yield place.change(f"request-body-added-{must}")
        return
    if body.new is None:
        yield place.change("request-body-removed")
        return
    yield from _compare_required(body, place)
    yield from _compare_prose(body, place)
    yield from _compare_media(documents, body, place, "request-body-media-type")


def _compare_media(documents: Documents, pair: Pair, place: Place, name: str) -> Iterator[Change]:
    """Yield what changed in a body: in which forms it comes, and what is in each."""
    content = pair.part("content")
    for form in documents.names(content):
        media = content.part(form)
        if media.old is None or media.new is None:
            yield place.change(f"{name}-{'added' if media.old is None else 'removed'}", *_forms(media, form))
            continue
        below = place.down("content", form, "schema", name="")
        yield from SchemaWalk(documents).compare(media.part("schema"), below)
        yield from _compare_examples(media, below)


def _forms(media: Pair, form: str) -> tuple[str | None, str | None]:
    return None if media.old is None else form, None if media.new is None else form


def _compare_examples(media: Pair, place: Place) -> Iterator[Change]:
    """Yield if an example changed; the code that an error has is told by its example alone."""
    example = media.part("example")
    code = example.part("error").part("code")
    if code.old is not None and code.new is not None and code.differs:
        yield place.change("response-error-code-changed", code.old, code.new)
    elif example.differs or media.part("examples").differs:
        yield place.change("-example-changed", example.old, example.new)


def _compare_responses(documents: Documents, pair: Pair, name: str) -> Iterator[Change]:
    responses = Pair(_by_status(pair.old), _by_status(pair.new))
    for status in documents.names(responses):
        response = documents.part(responses, status)
        place = Place(
            operation=name, side="response", kind="body", lead=f"response {status}", steps=("responses", status)
        )
        if response.old is None or response.new is None:
            kind = "success" if status.startswith(_SUCCESS) else "non-success"
            way = "added" if response.old is None else "removed"
            yield place.change(f"response-{kind}-status-{way}", *_forms(response, status))
            continue
        yield from _compare_prose(response, place)
        yield from _compare_headers(documents, response, place)
        yield from _compare_media(documents, response, place, "response-media-type")


def _by_status(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers by status, which YAML may have as numbers."""
    return {str(status): response for status, response in operation.get("responses", {}).items()}


def _compare_headers(documents: Documents, response: Pair, place: Place) -> Iterator[Change]:
    headers = response.part("headers")
    for word in documents.names(headers):
        header = documents.part(headers, word)
        below = place.down("headers", word, name=f"header {word}", kind="header")
        if header.old is None:
            yield below.change("response-header-added", None, header.new)
        elif header.new is None:
            must = "required" if header.old.get("required") is True else "optional"
            yield below.change(f"{must}-response-header-removed", header.old, None)
        else:
            yield from _compare_required(header, below)
            yield from _compare_prose(header, below)
            yield from SchemaWalk(documents).compare(header.part("schema"), below.down("schema", name=""))
