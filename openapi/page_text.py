"""The text of a page as a document: OpenAPI as JSON or YAML, or a Markdown page that has it in a block.

YAML is read as version 1.2 has it, which OpenAPI asks for: 16:9 is a text, and so are yes, no and dates.
"""

import re
from functools import cache
from typing import Any, ClassVar, Final

import msgspec

_BLOCK: Final = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*(?P<form>ya?ml|json)\b[^\n]*\n(?P<text>.*?)^(?P=fence)", re.MULTILINE | re.DOTALL
)
_OPENAPI: Final = re.compile(r"^[ \t]*[\"{]*\"?openapi\"?\s*:", re.MULTILINE)
_SCALARS: Final = {
    "bool": r"true|True|TRUE|false|False|FALSE",
    "null": r"~|null|Null|NULL|",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
}
"""The scalars of YAML 1.2's core schema that can stand in a JSON document."""


class PageError(ValueError):
    """A page cannot be served. The message says why, as a sentence without its subject."""


def read_text(text: str) -> dict[str, Any]:
    """Read a page.

    Raises:
        PageError: It is none.
    """
    block = next((found for found in _BLOCK.finditer(text) if _OPENAPI.search(found["text"])), None)
    document = _decode(text if block is None else block["text"])
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise PageError("is no OpenAPI document of version 3, and has no block with one")
    if not isinstance(document.get("paths"), dict):
        raise PageError("describes no paths")
    return _modern(document) if document["openapi"].startswith("3.0") else document


def _modern(node: Any) -> Any:
    """Return a document of version 3.0 with schemas as 3.1 has them: null as a type, exclusive bounds as numbers."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {name: _modern(value) for name, value in node.items()}
    if found.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(found.get(exclusive), bool) and found.pop(exclusive) and bound in found:
            found[exclusive] = found.pop(bound)
    return found


def _decode(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            raise PageError(f"is no JSON: {error}") from error
    import yaml  # noqa: PLC0415 - who serves no pages does not wait for it

    try:
        return _plain(yaml.load(text, Loader=_loader()))  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise PageError(f"is no YAML: {' '.join(str(error).split())}") from error


def _plain(node: Any) -> Any:
    """Return a document whose names are texts, as those of JSON are: 200 may be written without quotes."""
    if isinstance(node, dict):
        return {str(name): _plain(value) for name, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else node


@cache
def _loader() -> Any:
    """Return a loader of YAML 1.2 that knows the types of JSON and no others."""
    import yaml  # noqa: PLC0415 - see above

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """PyYAML's safe loader, with the scalars of version 1.2."""

        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    for name, pattern in _SCALARS.items():
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(f"(?:{pattern})$"), None)
    return Loader
