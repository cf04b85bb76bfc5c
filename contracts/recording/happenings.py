"""What a record tells besides exchanges: what was done to the server, and where its callbacks are listened for."""

from typing import Final, Literal, TypeAlias

import msgspec

Happening: TypeAlias = Literal["clock", "hand", "kill", "restart", "stall", "step"]
"""What was done to the server: its clock was moved; something was changed by hand, past the API; it was stopped and
begun anew; it was kept waiting for the rest of a request. Or to the client: its wall clock was set to another time,
without any time passing; it was killed, and started again."""

GAVE_UP: Final = "the sender gave up"
"""The error of a received callback whose sender hung up before it had our whole answer."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done, from `at` to `to`. If the clock was moved, those are what it was moved from and to."""

    kind: Happening
    at: float
    to: float

    def overlaps(self, start: float, end: float) -> bool:
        """Tell whether any of it lies between two times."""
        return self.at <= end and start <= self.to


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """Where callbacks are listened for, as long as the record goes on.

    Args:
        origin: What the callback URLs begin with that lead to it: scheme, host and port, without a slash at the end.
        trusted: Whether its certificate is one that a sender must accept.
        internal: Whether its name leads to an internal address by the time of an attempt.
    """

    origin: str
    trusted: bool = True
    internal: bool = False

    @property
    def fit(self) -> bool:
        """Whether callbacks are to come here."""
        return self.trusted and not self.internal

    def hears(self, url: object) -> bool:
        """Tell whether a callback URL leads here."""
        return isinstance(url, str) and (url == self.origin or url.startswith((f"{self.origin}/", f"{self.origin}?")))
