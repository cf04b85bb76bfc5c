"""One change between two documents, by the name that oasdiff has for it, and whom changes of that name break."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

Side: TypeAlias = Literal["request", "response"]
"""Which way what changed goes: from clients to servers, or back."""

Party: TypeAlias = Literal["clients", "servers"]
"""Whom a change can break: a client, or a server, that keeps to the old document when others keep to the new one."""

Step: TypeAlias = str | int
"""One step on the way from an operation to what changed, as in a JSON pointer; a `$ref` is no step."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Args:
        id: Its name, such as `request-property-max-decreased`.
        operation: The operation in which it is, such as `POST /v1/tasks/batch`.
        where: What changed, such as `request: video_urls/items`; empty for the operation itself.
        old: What was there; None if nothing was.
        new: What is there now; None if nothing is.
        steps: The way to it from the operation.
        page: The page of the contract that describes the operation; None where that is not known.
    """

    id: str
    operation: str
    where: str = ""
    old: Any = None
    new: Any = None
    steps: tuple[Step, ...] = ()
    page: str | None = None

    @property
    def breaks(self) -> tuple[Party, ...]:
        """Whom it breaks."""
        return classify(self.id)


_NOBODY: Final[tuple[Party, ...]] = ()
_CLIENTS: Final[tuple[Party, ...]] = ("clients",)
_SERVERS: Final[tuple[Party, ...]] = ("servers",)
_BOTH: Final[tuple[Party, ...]] = ("clients", "servers")

_WHOLE: Final[Mapping[str, tuple[Party, ...]]] = {
    "api-path-removed-with-deprecation": _NOBODY,
    "api-path-removed-without-deprecation": _CLIENTS,
    "api-removed-with-deprecation": _NOBODY,
    "api-removed-without-deprecation": _CLIENTS,
    "api-callbacks-changed": _BOTH,
    "api-description-changed": _NOBODY,
    "api-security-added": _CLIENTS,
    "api-security-removed": _SERVERS,
    "api-security-component-changed": _BOTH,
    "api-servers-changed": _CLIENTS,
    "endpoint-added": _SERVERS,
    "endpoint-deprecated": _NOBODY,
    "endpoint-reactivated": _NOBODY,
    "new-optional-request-parameter": _SERVERS,
    "new-optional-request-property": _SERVERS,
    "new-required-request-parameter": _BOTH,
    "new-required-request-property": _BOTH,
    "new-required-request-property-with-default": _BOTH,
    "optional-response-header-removed": _CLIENTS,
    "request-body-added-optional": _SERVERS,
    "request-body-added-required": _BOTH,
    "request-body-media-type-added": _SERVERS,
    "request-body-media-type-removed": _CLIENTS,
    "request-body-removed": _CLIENTS,
    "request-parameter-removed": _CLIENTS,
    "request-property-removed": _CLIENTS,
    "required-response-header-removed": _CLIENTS,
    "response-error-code-changed": _BOTH,
    "response-header-added": _NOBODY,
    "response-media-type-added": _NOBODY,
    "response-media-type-removed": _CLIENTS,
    "response-non-success-status-added": _NOBODY,
    "response-non-success-status-removed": _NOBODY,
    "response-optional-property-added": _NOBODY,
    "response-optional-property-removed": _CLIENTS,
    "response-required-property-added": _SERVERS,
    "response-required-property-removed": _CLIENTS,
    "response-success-status-added": _NOBODY,
    "response-success-status-removed": _CLIENTS,
}
"""Whom a change breaks that has one name only."""

_TOPS: Final = ("max", "max-length", "max-items", "exclusive-max")
_BOTTOMS: Final = ("min", "min-length", "min-items", "exclusive-min")

NARROWER: Final = (
    *(f"{limit}-{way}" for limit in _TOPS for way in ("decreased", "set")),
    *(f"{limit}-{way}" for limit in _BOTTOMS for way in ("increased", "set")),
    "all-of-added",
    "any-of-removed",
    "became-enum",
    "became-not-nullable",
    "became-required",
    "default-value-removed",
    "enum-value-removed",
    "one-of-removed",
    "pattern-added",
    "type-specialized",
)
"""How the names end of changes that leave less than there was."""

WIDER: Final = (
    *(f"{limit}-{way}" for limit in _TOPS for way in ("increased", "unset")),
    *(f"{limit}-{way}" for limit in _BOTTOMS for way in ("decreased", "unset")),
    "all-of-removed",
    "any-of-added",
    "became-no-enum",
    "became-nullable",
    "became-optional",
    "default-value-added",
    "enum-value-added",
    "one-of-added",
    "pattern-removed",
    "type-generalized",
)
"""How the names end of changes that leave more than there was."""

NOTED: Final = ("description-changed", "example-changed")
"""How the names end of changes in what is said of it, by which nobody breaks."""


def classify(id: str) -> tuple[Party, ...]:
    """Return whom a change of this name breaks.

    What may be sent and no longer is taken breaks clients, and so does what may come and did not; what is to be taken,
    or to be sent, and was not, breaks servers. A change of which nobody can tell which way it goes breaks both.
    """
    if id in _WHOLE:
        return _WHOLE[id]
    if id.endswith(NOTED):
        return _NOBODY
    request = id.startswith("request-")
    if id.endswith(tuple(f"-{name}" for name in NARROWER)):
        return _CLIENTS if request else _SERVERS
    if id.endswith(tuple(f"-{name}" for name in WIDER)):
        return _SERVERS if request else _CLIENTS
    return _BOTH
