"""What can be said against a callback URL before anything is resolved (CB-HTTPS, CB-NO-INTERNAL, CB-LENGTH, CB-URI)."""

from mock_server.core.errors import InvalidRequest
from mock_server.core.http.addresses import internal_name, internal_reason, literal_address
from mock_server.core.http.urls import UrlError, read_url


def check_callback_url(url: str, *, way_out: str) -> None:
    """Refuse a callback URL that no resolver is needed to refuse.

    Args:
        url: A URL that the contract's schema has accepted.
        way_out: What to tell somebody who wants callbacks on this machine.

    Raises:
        InvalidRequest: It is no URL, or leads to an internal address; `param` is callback_url.
    """
    try:
        host = read_url(url).origin.host
    except UrlError as error:
        raise _refusal("CB-URI", f"must be a URI: {error}") from error
    reason = _internal_reason(host)
    if reason is not None:
        raise _refusal("CB-NO-INTERNAL", f"must not lead to an internal address: {host[:60]}: {reason}. {way_out}")


def advise(refused: InvalidRequest, url: object, *, way_out: str) -> InvalidRequest:
    """Return a refusal, with the way out where the callback URL has no TLS and leads to this machine or its network.

    So somebody who writes http://localhost is not told to write https://localhost, and refused again.
    """
    if "CB-HTTPS" not in refused.clauses or not isinstance(url, str):
        return refused
    try:
        inside = _internal_reason(read_url(url).origin.host) is not None
    except UrlError:
        return refused
    return InvalidRequest(f"{refused}. {way_out}", param=refused.param, clauses=refused.clauses) if inside else refused


def _internal_reason(host: str) -> str | None:
    """Return why a host is internal, as far as no resolver is needed to say so; None if it is not."""
    address = literal_address(host)
    return internal_name(host) if address is None else internal_reason(address)


def _refusal(clause: str, message: str) -> InvalidRequest:
    return InvalidRequest(f"callback_url ({clause}) {message}", param="callback_url", clauses=(clause,))
