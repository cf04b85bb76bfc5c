"""Where callbacks may go: to no internal address, by https alone, and not to a bad URL (K7 to K9)."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from typing import Final
from urllib.parse import urlsplit

from contracts.invariants.callbacks.waiting import GRACE, has_waited
from contracts.invariants.leaks import find_leak
from contracts.recording.accounts import Creation
from contracts.recording.pages import page_of
from contracts.recording.server import SeenCallback, ServerRecord
from contracts.verdict import Examination, Finding, Ground, Rule, breach

_INTERNAL: Final = tuple(map(IPv4Network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""The ranges that the page names (CB-NO-INTERNAL)."""

_ORDINARY: Final = {400, 401, 402, 403, 409, 413, 415, 429}
"""What a bad callback URL can be refused with: 400, or what is wrong with the request besides."""


def check_addresses(record: ServerRecord) -> Examination:
    """K7: yield for each ended task whose callback led to an internal address."""
    for callback in record.callbacks:
        if callback.listener.internal:
            yield from _check_silence(record, callback, "no connection to an internal address")


def check_certificates(record: ServerRecord) -> Examination:
    """K8: yield for each ended task whose receiver could not be trusted, and for each callback that came."""
    for callback in record.callbacks:
        if not callback.listener.trusted:
            yield from _check_silence(record, callback, "no callback to a receiver whose certificate is not good")
    for exchange in record.heard:
        fine = exchange.parts.scheme == "https"
        seen = f"one by {exchange.parts.scheme}"
        yield None if fine else breach("", "a callback by https", seen, exchange)


def _check_silence(record: ServerRecord, callback: SeenCallback, expected: str) -> Examination:
    came, last = callback.attempts, callback.task.last
    if came:
        yield breach(callback.task.id, expected, f"{len(came)} requests", *came)
    elif last is not None and has_waited(record, last.true_from, GRACE):
        yield None


def check_submission(record: ServerRecord) -> Examination:
    """K9: yield for each request for a task with a callback URL that breaks the contract."""
    for creation in record.creations:
        why = _find_fault(record, creation)
        if why is not None and not creation.unclear:
            yield _check_refusal(creation, why) or _find_remains(record, creation)


def _check_refusal(creation: Creation, why: str) -> Finding | None:
    status = creation.exchange.status
    if status in _ORDINARY:
        return None
    return breach(creation.task or "", f"400, as callback_url {why}", f"{status}", creation)


def _find_remains(record: ServerRecord, creation: Creation) -> Finding | None:
    account = None if creation.account is None else record.accounts[creation.account]
    return None if account is None else find_leak(record, account, creation)


def _find_fault(record: ServerRecord, creation: Creation) -> str | None:
    """Return what is wrong with a request's callback URL, by the pages."""
    if "callback_url" not in creation.body:
        return None
    url = creation.body["callback_url"]
    page = page_of(record.contract, creation.exchange)
    found = () if page is None else page.request_violations(creation.body)
    violation = next((each for each in found if each.path == "callback_url"), None)
    if violation is not None:
        return violation.message
    return next(_find_internal(url), None) if isinstance(url, str) else None


def _find_internal(url: str) -> Iterator[str]:
    """Find out whether a URL names an internal address."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or any(_lies_in(host, network) for network in _INTERNAL):
        yield "leads to an internal address"


def _lies_in(host: str, network: IPv4Network) -> bool:
    try:
        return IPv4Address(host) in network
    except ValueError:
        return False


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="K7",
        title="No attempt is made to an internal address, whatever the name led to when the task was created.",
        check=check_addresses,
        ground=Ground.SEC,
        clauses=("CB-NO-INTERNAL",),
        exposure="A task ended whose callback's name led to an internal address by then.",
        advice="Check the address that is connected to, at each attempt, and connect to that very address.",
    ),
    Rule(
        id="K8",
        title="Callbacks are sent by https alone, to receivers with a certificate that holds.",
        check=check_certificates,
        ground=Ground.SEC,
        clauses=("CB-HTTPS",),
        exposure="A callback came, or a task ended whose receiver had a bad certificate.",
        advice="Verify the certificate and its host; a failure of that is a failed attempt.",
    ),
    Rule(
        id="K9",
        title="A callback URL that breaks the contract is refused with 400, and leaves no task.",
        check=check_submission,
        clauses=("CB-HTTPS", "CB-NO-INTERNAL", "CB-LENGTH", "CB-URI", "ERR-400"),
        exposure="A task was asked for with a bad callback URL.",
        advice="Check the URL before anything is stored or set aside.",
    ),
)
"""The rules on where callbacks may go."""
