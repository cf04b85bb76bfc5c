"""A rule on requests that break their pages: they are refused (S3)."""

from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Final

from contracts.probes.broken import BROKEN_ORDERS
from contracts.probes.conformance import find_answered, tell
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.server import ServerRecord
from contracts.verdict import Examination, Rule, breach
from openapi.operations import Operation
from openapi.violations import Violation

_REFUSED: Final = {400, 401, 402, 403, 409, 413, 415, 429}
"""How a request can be refused that breaks its page: for that, or for what is wrong besides."""

_FILES: Final = "/api/"
"""What the paths of the file service begin with, whose page does not say how it refuses."""

_NOBODYS: Final = BROKEN_ORDERS["MODEL-ENUM"]["model"]
"""A model that no server can have, though its page would be one that nobody has here if it were accepted."""

_MOST: Final = 3


def check_broken(record: ServerRecord) -> Examination:
    """S3: yield for each request to an operation that breaks its page; what breaks the server is left to S2."""
    for exchange, operation in chain(find_answered(record), _find_made_up(record)):
        found = [] if exchange.path.startswith(_FILES) else list(_violations(operation, exchange))
        if found and (exchange.status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR:
            expected = f"400, as {', '.join(map(tell, found[:_MOST]))}"
            fine, seen = exchange.status in _REFUSED, f"{exchange.status}"
            yield None if fine else breach(exchange.place, expected, seen, exchange)


def _find_made_up(record: ServerRecord) -> Iterator[tuple[Exchange, Operation]]:
    """Yield each request for a task of the model that nobody has, and that was accepted, with a page of its path."""
    for exchange in record.asked:
        if isinstance(exchange.sent, dict) and exchange.sent.get("model") == _NOBODYS and exchange.succeeded:
            operation = record.contract.at(exchange.method, exchange.path, exchange.sent)
            if operation is not None and operation.models:
                yield exchange, operation


def _violations(operation: Operation, exchange: Exchange) -> Iterator[Violation]:
    if operation.method == "POST" and exchange.sent is not NO_JSON:
        yield from operation.request_violations(exchange.sent)
    yield from operation.path_violations(operation.path_values(exchange.path))
    yield from operation.query_violations(exchange.query)
    yield from operation.header_violations(dict(exchange.request_headers))


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="S3",
        title="A request that breaks its page is refused.",
        check=check_broken,
        clauses=(
            *("MODEL-REQ", "MODEL-ENUM", "PROMPT-REQ", "PROMPT-MAX", "URLS-REQ", "URLS-HTTP", "URLS-MAX"),
            *("RATIO-VALUES", "QUALITY-VALUES", "DURATION-INT", "DURATION-RANGE", "PARAMS-OBJECT", "SHOT-VALUES"),
            *("AUDIO-DEFAULT", "CB-URI", "CB-HTTPS", "CB-LENGTH", "LIST-STATUS", "LIST-TYPE", "LIST-PAGE"),
            *("LIST-PAGE-SIZE", "BATCH-IDS", "BATCH-COUNT", "IDEM-KEY-FORM", "TASK-ID-FORM"),
        ),
        exposure="A request was answered that breaks its page.",
        advice="Hold each request against the operation's schema before anything is done about it.",
    ),
)
"""The rule on requests that break their pages."""
