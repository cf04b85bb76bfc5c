"""A task as the client had to do with it: created, asked for, called back about, and its result fetched."""

from functools import cached_property
from itertools import pairwise

import msgspec

from contracts.recording.calls import Call, Wait
from contracts.recording.exchange import Exchange
from contracts.recording.sights import Sight


class ClientTask(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A task as the client had to do with it.

    Args:
        id: Its id.
        sights: The times that the client was shown it, callbacks included, in the order in which they began.
        creation: The call that created it; None if that is not in the record.
        polls: The requests for its state, whatever came of them.
        downloads: The requests for its results.
        deliveries: The callbacks about it, true or forged.
    """

    id: str
    sights: tuple[Sight, ...] = ()
    creation: Call | None = None
    polls: tuple[Exchange, ...] = ()
    downloads: tuple[Exchange, ...] = ()
    deliveries: tuple[Exchange, ...] = ()

    @cached_property
    def answers(self) -> tuple[Sight, ...]:
        """The times that the API's own answers showed it: what a callback says may be forged."""
        return tuple(sight for sight in self.sights if sight.way != "callback")

    @cached_property
    def known_at(self) -> float:
        """When the client had its id: at the end of the answer that first showed it, or when it first asked for it."""
        shown = (sight.exchange.ended_at for sight in self.answers)
        return min((*shown, *(poll.started_at for poll in self.polls)), default=float("inf"))

    @cached_property
    def terminal(self) -> Sight | None:
        """The first answer that showed its end; None if none did."""
        ended = (sight for sight in self.answers if sight.ended)
        return min(ended, key=lambda sight: sight.exchange.ended_at, default=None)

    @property
    def ended_at(self) -> float | None:
        """When the client knew of its end by an answer; None if it never did."""
        return None if self.terminal is None else self.terminal.exchange.ended_at

    @cached_property
    def notice(self) -> Sight | None:
        """The first callback that told of its end; None if none did."""
        return next((sight for sight in self.sights if sight.way == "callback" and sight.ended), None)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The links of its results, as an answer or a callback last showed some."""
        shown = (sight.links for sight in reversed(self.sights) if sight.links)
        return tuple(link for link in next(shown, ()) if isinstance(link, str))

    @cached_property
    def gaps(self) -> tuple[Wait, ...]:
        """The times between each poll and the next."""
        return tuple(Wait(before, after) for before, after in pairwise(self.polls))

    @property
    def callback_url(self) -> str | None:
        """Where the client wanted to be called back."""
        url = None if self.creation is None else self.creation.body.get("callback_url")
        return url if isinstance(url, str) else None
