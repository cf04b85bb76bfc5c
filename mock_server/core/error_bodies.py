"""The bodies of error answers, in the words of the pages of the API.

The pages publish an example for most statuses, and not every page the same one. So an operation passes its own
published examples to `error_body`; what an error says of itself serves where a page says nothing.
"""

from collections.abc import Mapping
from typing import Protocol

from mock_server.core.errors import ApiError


class PublishedError(Protocol):
    """An error as a page of the API shows it by example."""

    @property
    def code(self) -> str | int:
        """The code: a word on most pages, the status on the credits page."""
        ...

    @property
    def message(self) -> str:
        """The message."""
        ...

    @property
    def type(self) -> str:
        """The type."""
        ...

    @property
    def fallback_suggestion(self) -> str | None:
        """What the credits page advises."""
        ...


def error_body(
    error: ApiError, published: Mapping[int, PublishedError], *, general: bool = False
) -> dict[str, dict[str, object]]:
    """Shape the body of an error answer (ERR-BODY), in the words of the operation's page where it shows this error.

    With `general`, what the page shows for a status is taken for the general error of that status, whatever its code.
    """
    example = published.get(error.status)
    is_this = example is None or not isinstance(example.code, str) or example.code == error.code
    if not is_this and not (general and error.is_general):
        example = None
    told = error if example is None or error.names_its_object else example
    shape: dict[str, object] = {
        "code": error.code if example is None else example.code,
        "message": _detailed(told.message, error.detail) if error.detail else told.message,
        "type": error.type if example is None else example.type,
    }
    if error.param is not None:
        shape["param"] = error.param
    if example is not None and example.fallback_suggestion is not None:
        shape["fallback_suggestion"] = example.fallback_suggestion
    return {"error": shape}


def _detailed(message: str, detail: str) -> str:
    """Add what exactly is wrong: after a colon, or as a sentence more where the message is made of sentences."""
    return f"{message} {detail[:1].upper()}{detail[1:]}." if message.endswith(".") else f"{message}: {detail}"
