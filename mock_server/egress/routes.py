"""Routes out of the simulator, as its user writes them: where what is meant for one origin goes instead."""

from typing import Final

from mock_server.core.http.urls import Origin, UrlError, read_url

_EXAMPLE: Final = "write https://hooks.example.com=http://127.0.0.1:3000"


class RouteError(ValueError):
    """A route is not written as two origins. The message says what is wrong with it."""


def read_route(text: str) -> tuple[Origin, Origin]:
    """Read a route: https://hooks.example.com=http://127.0.0.1:3000.

    Raises:
        RouteError: It is not one; the message names it.
    """
    source, equals, target = text.partition("=")
    if not equals:
        raise RouteError(f"{text!r} is no route; {_EXAMPLE}")
    return _read_end(source, text), _read_end(target, text)


def _read_end(text: str, route: str) -> Origin:
    try:
        url = read_url(text.strip())
    except UrlError as error:
        raise RouteError(f"{route!r} is no route: {text.strip()!r}: {error}; {_EXAMPLE}") from error
    if url.target != "/":
        raise RouteError(f"{route!r} is no route: {text.strip()!r} has a path, and a route joins two origins")
    return url.origin
