"""What can be said against a callback URL before anything is resolved (CB-HTTPS, CB-NO-INTERNAL, CB-LENGTH, CB-URI)."""

from mock_server.core.addresses import internal_name, internal_reason, literal_address
from mock_server.core.errors import InvalidRequest
from mock_server.core.urls import UrlError, read_url


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
    address = literal_address(host)
    reason = internal_name(host) if address is None else internal_reason(address)
    if reason is not None:
        raise _refusal("CB-NO-INTERNAL", f"must not lead to an internal address: {host[:60]}: {reason}. {way_out}")


def _refusal(clause: str, message: str) -> InvalidRequest:
    return InvalidRequest(f"callback_url ({clause}) {message}", param="callback_url", clauses=(clause,))
