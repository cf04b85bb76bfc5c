"""What a client says of itself and of what it can take (A15, A16)."""

import re
from collections import defaultdict
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.verdict import Examination, Ground, Level, Rule, breach

_PRODUCT: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/v?[0-9]")
_JSON_RANGES: Final = frozenset({"application/json", "application/*", "*/*"})
_NAMED: Final = 5
"""How many exchanges a finding names of those that are alike."""


def check_user_agent(record: ClientRecord) -> Examination:
    """A15: yield for each User-Agent that the API was called with, and for each call that was tried again."""
    agents: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in record.api:
        agents[exchange.header("user-agent") or ""].append(exchange)
    if set(agents) == {""} and "keys" not in record.view.sees:
        return
    for agent, exchanges in agents.items():
        expected = "a User-Agent with a name and a version, such as shop/2.1"
        seen = f"User-Agent: {agent}" if agent else "none"
        yield None if _PRODUCT.search(agent) else breach("", expected, seen, *exchanges[:_NAMED])
    for call in record.calls:
        if len(call.attempts) > 1 and record.is_api(call.first):
            told = dict.fromkeys(attempt.header("user-agent") or "none" for attempt in call.attempts)
            expected, seen = "one User-Agent for all attempts", " and ".join(told)
            yield None if len(told) == 1 else breach("", expected, seen, *call.attempts[:_NAMED])


def check_accept(record: ClientRecord) -> Examination:
    """A16: yield for each Accept that the API was called with; none means that everything is taken."""
    accepted: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in record.api:
        values = [value for name, value in exchange.request_headers if name == "accept"]
        accepted[", ".join(values)].append(exchange)
    for accept, exchanges in accepted.items():
        fine = not accept or _takes_json(accept)
        expected = "an Accept header that allows application/json"
        yield None if fine else breach("", expected, f"Accept: {accept}", *exchanges[:_NAMED])


def _takes_json(accept: str) -> bool:
    """Tell whether JSON is accepted: the range that fits it best counts (RFC 9110, 12.5.1)."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name in _JSON_RANGES:
            given = (piece[2:] for piece in parameters if piece.startswith("q="))
            weights[name] = 0.0 if re.fullmatch(r"0(\.0*)?", next(given, "1")) else 1.0
    best = next((weights[name] for name in ("application/json", "application/*", "*/*") if name in weights), 0.0)
    return best > 0


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="A15",
        title="The User-Agent names a product and its version, and stays the same when a call is tried again.",
        check=check_user_agent,
        level=Level.SHOULD,
        ground=Ground.RFC,
        exposure="The API was called, and the recording shows headers.",
        advice="Set User-Agent to the name and version of your program (RFC 9110, 10.1.5): support can find you by it.",
    ),
    Rule(
        id="A16",
        title="Accept, where it is sent, allows application/json.",
        check=check_accept,
        level=Level.SHOULD,
        ground=Ground.RFC,
        exposure="The API was called.",
        advice='Send "Accept: application/json", or none.',
    ),
)
"""The rules on headers."""
