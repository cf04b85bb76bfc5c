"""From bytes to a request that the contract accepts, or to the error that says what is wrong with it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

import msgspec

from mock_server.core.errors import InvalidRequest, MalformedBody, Violation
from mock_server.core.models.model import Model
from mock_server.core.wording import shown_value

DEEPEST: Final = 128
"""How many levels of lists and objects a body may have; validators give up some way beyond."""

_TOO_DEEP: Final = f"the body is nested too deeply: at most {DEEPEST} levels are read"


def decode_json(raw: bytes) -> Any:
    """Read a JSON document as RFC 8259 and I-JSON have it: UTF-8, no NaN, no lone surrogates, no name twice.

    Raises:
        MalformedBody: It is not one; the message says where, or which name stands twice.
    """
    if not raw.strip():
        raise MalformedBody("the body is empty")
    try:
        text = raw.decode()
        document = msgspec.json.decode(text)
        _UNIQUE_NAMES.raw_decode(text.lstrip())  # it is JSON, so there is nothing behind it to be looked at
    except msgspec.DecodeError as error:
        raise MalformedBody(f"the body is not valid JSON ({error})") from error
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not valid UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise MalformedBody(_TOO_DEEP) from error
    if text.count("[") + text.count("{") > DEEPEST and _is_deeper(document, DEEPEST):
        raise MalformedBody(_TOO_DEEP)
    return document


def _is_deeper(document: Any, levels: int) -> bool:
    """Tell whether a document has lists and objects within each other on more than so many levels."""
    level = [document]
    for _ in range(levels):
        lists = [
            value if isinstance(value, list) else value.values() for value in level if isinstance(value, list | dict)
        ]
        level = [value for values in lists for value in values]
    return any(isinstance(value, list | dict) for value in level)


def choose_model(body: object, models: Mapping[str, Model], *, left_out: str | None = None) -> Model:
    """Find the model that a request names (MODEL-REQ, MODEL-ENUM); `left_out` is meant where it names none.

    Raises:
        InvalidRequest: The body is no object, or names no model that is served here.
    """
    if not isinstance(body, dict):
        raise InvalidRequest(f"the request body must be an object{_got(body)}", clauses=("OP-CREATE",))
    name = body.get("model", left_out)
    if name is None and "model" not in body:
        raise InvalidRequest("model is required", param="model", clauses=("MODEL-REQ",))
    model = models.get(name) if isinstance(name, str) else None
    if model is None:
        known = ", ".join(models)
        raise InvalidRequest(f"model must be one of {known}{_got(name)}", param="model", clauses=("MODEL-ENUM",))
    return model


def refuse(broken: Iterable[Violation]) -> None:
    """Refuse a request for the clauses that it breaks, as validators compiled elsewhere found them.

    Raises:
        InvalidRequest: There is at least one; the message tells of all of them.
    """
    found = tuple(broken)
    if found:
        raise InvalidRequest.from_violations(found)


def _got(value: object) -> str:
    shown = shown_value(value)
    return f", got {shown}" if shown else ""


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        _refuse_name(twice)
    return members


def _refuse_name(name: str) -> NoReturn:
    raise MalformedBody(f"the name {shown_value(name)} stands twice in one object")


_UNIQUE_NAMES = json.JSONDecoder(object_pairs_hook=_no_name_twice)
