"""Who may use the control API and the dashboard: programs on this machine, and in a browser no page but our own.

A page of another site must not reach either, so a Host that is not this machine's and an Origin that is not ours are
refused. What a browser is to change must also carry the token that only the dashboard has read: other pages of this
machine share its name, but cannot read what is not theirs.
"""

from collections.abc import Collection, Mapping
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from mock_server.core.errors import ApiError
from mock_server.hosts import LOCAL_HOSTS
from mock_server.http.request import header
from mock_server.simulator import Simulator

TOKEN: Final = b"x-mock-token"
"""The header by which the dashboard shows its token."""

_READING: Final = frozenset({"GET", "HEAD"})
_BY_BROWSERS: Final = (b"origin", b"sec-fetch-site")
"""What browsers send with whatever a page changes, and pages cannot leave out."""


class ForbiddenHost(ApiError):
    """The request's Host or Origin is not one that may control this server."""

    status = 403
    code = "forbidden_host"
    type = "invalid_request_error"
    message = "The control API answers this machine only"


class ForbiddenPage(ApiError):
    """A page in a browser asks for a change, and it is not the dashboard of this server."""

    status = 403
    code = "forbidden_page"
    type = "invalid_request_error"
    message = "In a browser only the dashboard at /_mock/ may change anything"


def check_access(method: str, headers: Mapping[bytes, bytes], simulator: Simulator) -> None:
    """Refuse a request that a page of another site may have made.

    Raises:
        ForbiddenHost: Its Host, or its Origin if it has one, is not allowed.
        ForbiddenPage: It comes from a browser and would change something, without the token of this server's dashboard.
    """
    allowed = {*LOCAL_HOSTS, *simulator.settings.allowed_hosts}
    refuse_foreign(header(headers, b"host"), header(headers, b"origin"), allowed)
    if method in _READING or not any(name in headers for name in _BY_BROWSERS):
        return
    if not compare_digest(headers.get(TOKEN, b""), simulator.token.encode()):
        raise ForbiddenPage("its token is missing or of an earlier start of the server: load the dashboard anew")


def refuse_foreign(host: str | None, origin: str | None, allowed: Collection[str]) -> None:
    """Refuse a request that another site's page may have made (a rebound name, or a plain cross-site post).

    Raises:
        ForbiddenHost: The Host, or the Origin if there is one, is not allowed.
    """
    for what, value in (("Host", f"//{host or ''}"), ("Origin", origin)):
        if value is not None and _hostname(value) not in allowed:
            shown = (value.removeprefix("//") if what == "Host" else value)[:60]
            raise ForbiddenHost(f"{what} {shown!r} is not allowed; --allow-host NAME allows one")


def _hostname(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
