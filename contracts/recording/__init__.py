"""What was recorded of the traffic between a client and a server, whoever recorded it."""

from contracts.recording.exchange import NO_JSON, Exchange, Pair

__all__ = ["NO_JSON", "Exchange", "Pair"]
