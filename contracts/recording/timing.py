"""When a client was told to come back, when it came, and how exactly that is taken."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal, TypeAlias

import msgspec

from contracts.recording.exchange import Exchange

Form: TypeAlias = Literal["seconds", "date", "old date", "unreadable"]
"""How Retry-After is written: as whole seconds; as a date; as a date in a form that is no longer to be sent."""

_SLACK: Final = 0.05
_SHARE: Final = 0.05
_FACTOR: Final = 2.0
_MARGIN: Final = 5.0
_BETWEEN_CLOCKS: Final = 0.001
_SECONDS: Final = re.compile(r"[0-9]{1,15}")
_DATE: Final = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_OLD_DATES: Final = (
    "%A, %d-%b-%y %H:%M:%S GMT",
    "%a %b %d %H:%M:%S %Y",
)


class RetryAfter(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says of when to come back (RFC 9110, 10.2.3).

    Args:
        seconds: After how many seconds, from the end of the answer; less than none for a date that has passed. None if
            it cannot be read.
        form: How it is written.
        text: What it is.
    """

    seconds: float | None
    form: Form
    text: str

    @property
    def pause(self) -> float | None:
        """How many seconds that is to wait: none for a date that has passed."""
        return None if self.seconds is None else max(0.0, self.seconds)


def earliest(seconds: float) -> float:
    """Return after how many seconds at the earliest somebody comes who was to wait so long: 5 % and 50 ms less."""
    return seconds * (1 - _SHARE) - _SLACK


def latest(seconds: float) -> float:
    """Return after how many seconds at the latest somebody comes who was to wait so long: twice that, and 5 s more."""
    return seconds * _FACTOR + _MARGIN


def comes_early(waited: float, wanted: float) -> bool:
    """Tell whether a wait was too short."""
    return waited < earliest(wanted)


def comes_late(waited: float, wanted: float) -> bool:
    """Tell whether a wait was too long."""
    return waited > latest(wanted)


def comes_after(later: float, earlier: float) -> bool:
    """Tell whether what a client says it said or did came after something else: its clock may be 1 ms behind."""
    return later >= earlier - _BETWEEN_CLOCKS


def retry_after(exchange: Exchange) -> RetryAfter | None:
    """Read Retry-After of an answer, of several the first; None if there is none.

    A date counts from the answer's own Date where there is one, since the client's clock may be another.
    """
    text = exchange.response_header("retry-after")
    if text is None:
        return None
    if _SECONDS.fullmatch(text):
        return RetryAfter(seconds=float(text), form="seconds", text=text)
    form, date = _read_date(text)
    if date is None:
        return RetryAfter(seconds=None, form="unreadable", text=text)
    _, told = _read_date(exchange.response_header("date") or "")
    now = exchange.ended_at if told is None else told.timestamp()
    return RetryAfter(seconds=date.timestamp() - now, form=form, text=text)


def _read_date(text: str) -> tuple[Form, datetime | None]:
    """Read a date in any of the three forms that a recipient takes (RFC 9110, 5.6.7)."""
    try:
        if _DATE.fullmatch(text):
            return "date", parsedate_to_datetime(text)
        for form in _OLD_DATES:
            try:
                return "old date", datetime.strptime(text, form).replace(tzinfo=UTC)
            except ValueError:
                continue
    except ValueError:
        pass
    return "unreadable", None
