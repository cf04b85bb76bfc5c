"""Reference videos: what a model asks of them, what is known of those that a request names, and what follows from that.

How they are looked at is not here (`mock_server.references`); what is found goes through these rules.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from mock_server.core.errors import InvalidRequest, VideoProbeFailed
from mock_server.core.types import SECOND
from mock_server.core.wording import shown_value

STATES_LENGTH: Final = "#t="
"""What the fragment of a URL begins with that states how long the video is."""

_SECONDS: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_PROBE: Final = ("VIDEO-PROBE",)


class ReferenceRules(msgspec.Struct, frozen=True):
    """What a model asks of its reference videos (VIDEO-FORMAT, VIDEO-LENGTH, VIDEO-SIZE).

    `field` of the request has their URLs. `formats` are named as files end, such as `mp4`; `shortest` and `longest` are
    microseconds and both allowed, and so are `most_bytes`.
    """

    field: str
    formats: tuple[str, ...]
    shortest: int
    longest: int
    most_bytes: int


class Measured(msgspec.Struct, frozen=True):
    """A reference video of which something is known: microseconds, the format as files end, bytes.

    What breaks a rule at first sight is not looked at any further, so its length is None; and of a video that is too
    large `size` is at least what had come when that showed.
    """

    length: int | None = None
    format: str | None = None
    size: int | None = None


class Unread(msgspec.Struct, frozen=True):
    """A reference video of which nothing is known: why, as a clause without its subject, and whether it was reached."""

    reason: str
    reached: bool = True


Finding: TypeAlias = Measured | Unread
"""What came of looking at a reference video."""


class Sizing(msgspec.Struct, frozen=True):
    """What a request's reference videos count for: their lengths in microseconds, None for what was not measured.

    `lengths` is None for a model that takes no such videos; `notes` are for the journal.
    """

    lengths: tuple[int | None, ...] | None = None
    notes: tuple[str, ...] = ()


class BrokenRule(msgspec.Struct, frozen=True):
    """A rule that a reference video breaks, as a `Violation` of the request."""

    path: str
    message: str
    value: object
    clause: str


def stated_length(url: str, path: str) -> int | None:
    """Return the length in microseconds that a URL's fragment states (`#t=12.5`); None if it states none.

    Args:
        url: The URL. A fragment that does not begin with `t=` says nothing.
        path: Where it stands in the request.

    Raises:
        InvalidRequest: The fragment begins so, and goes on with something else than seconds.
    """
    _, begun, seconds = url.partition(STATES_LENGTH)
    if not begun:
        return None
    if not _SECONDS.fullmatch(seconds):
        got = shown_value(f"{STATES_LENGTH}{seconds}")
        raise InvalidRequest(f"{path} must state its length in seconds, such as #t=12.5, got {got}", param=path)
    return int(Decimal(seconds) * SECOND)


def size_up(rules: ReferenceRules, findings: Sequence[Finding], *, lenient: bool) -> Sizing:
    """Return what reference videos count for, in the order of the request.

    Args:
        rules: What is asked of them.
        findings: What was found.
        lenient: Whether those that could not be reached count all the same.

    Raises:
        VideoProbeFailed: There are some that could not be read, or not be reached (VIDEO-PROBE).
        InvalidRequest: There are some that break a rule; the message tells of all of them.
    """
    paths = [f"{rules.field}[{number}]" for number in range(len(findings))]
    unread = [(path, found) for path, found in zip(paths, findings, strict=True) if isinstance(found, Unread)]
    failed = [(path, found) for path, found in unread if found.reached or not lenient]
    if failed:
        told = "; ".join(f"{path} {found.reason}" for path, found in failed)
        raise VideoProbeFailed(told, param=failed[0][0], clauses=_PROBE)
    measured = [(path, found) for path, found in zip(paths, findings, strict=True) if isinstance(found, Measured)]
    broken = [each for path, found in measured for each in broken_rules(rules, found, path)]
    if broken:
        raise InvalidRequest.from_violations(broken)
    return Sizing(
        tuple(found.length if isinstance(found, Measured) else None for found in findings),
        tuple(f"{path} {found.reason}; the price list's default counts for it" for path, found in unread),
    )


@lru_cache(maxsize=16)
def size_up_unreached(rules: ReferenceRules, number: int, reason: str) -> Sizing:
    """Return what so many reference videos count for of which none can be reached, all for one reason."""
    return size_up(rules, (Unread(reason, reached=False),) * number, lenient=True)


def broken_rules(rules: ReferenceRules, found: Measured, path: str) -> Iterator[BrokenRule]:
    """Return the rules that a reference video breaks, as far as it is known (VIDEO-FORMAT, VIDEO-LENGTH, VIDEO-SIZE).

    Args:
        rules: What is asked of it.
        found: What is known of it.
        path: Where it stands in the request.
    """
    if found.format is not None and found.format not in rules.formats:
        yield BrokenRule(path, f"must be {' or '.join(rules.formats)}", found.format, "VIDEO-FORMAT")
    if found.length is not None and not rules.shortest <= found.length <= rules.longest:
        bounds = f"{_seconds(rules.shortest)} to {_seconds(rules.longest)}"
        yield BrokenRule(path, f"must last {bounds} seconds", _seconds(found.length), "VIDEO-LENGTH")
    if found.size is not None and found.size > rules.most_bytes:
        yield BrokenRule(path, f"must have at most {rules.most_bytes} bytes", found.size, "VIDEO-SIZE")


def _seconds(length: int) -> int | float:
    whole, rest = divmod(length, SECOND)
    return length / SECOND if rest else whole
