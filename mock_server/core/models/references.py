"""References: what a model asks of the videos, pictures and sounds that a request names, and what follows from that.

How they are looked at is not here (`mock_server.operations.references`); what is found goes through these rules.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import msgspec

from mock_server.core.errors import ApiError, InvalidRequest, VideoProbeFailed
from mock_server.core.types import SECOND
from mock_server.core.wording import shown_value

STATES_LENGTH: Final = "#t="
"""What the fragment of a URL begins with that states how long the video or the sound is."""

Kind: TypeAlias = Literal["video", "image", "audio"]
"""What a reference is. A price can depend on videos alone."""

_SECONDS: Final = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
_PROBE: Final = ("VIDEO-PROBE",)
_CLAUSES: Final[Mapping[Kind, str]] = {"video": "VIDEO", "image": "IMAGE", "audio": "SOUND"}
_LET_THROUGH: Final[Mapping[Kind, str]] = {
    "video": "the price list's default counts for it",
    "image": "it is taken as it is",
    "audio": "it is taken as it is",
}


class ReferenceRules(msgspec.Struct, frozen=True):
    """What a model asks of its references of one kind (VIDEO-FORMAT, IMAGE-PIXELS, SOUND-LENGTH and their like).

    `field` of the request has their URLs in a list, or the one URL if `single`. `formats` are named as files end, such
    as `mp4`; `shortest` and `longest` are microseconds and both allowed, and so are `most_bytes`, and of pictures the
    least and the most `pixels` of width and height; `transparent` says whether pictures may be.
    """

    field: str
    formats: tuple[str, ...]
    shortest: int
    longest: int
    most_bytes: int
    kind: Kind = "video"
    single: bool = False
    pixels: tuple[int, int] | None = None
    transparent: bool = True


class Measured(msgspec.Struct, frozen=True):
    """A reference of which something is known: microseconds, the format as files end, bytes; of pictures more.

    What breaks a rule at first sight is not looked at any further, so its length is None; and of one that is too large
    `size` is at least what had come when that showed. `sides` are width and height in pixels.
    """

    length: int | None = None
    format: str | None = None
    size: int | None = None
    sides: tuple[int, int] | None = None
    transparent: bool = False


class Unread(msgspec.Struct, frozen=True):
    """A reference of which nothing is known: why, as a clause without its subject, and whether it was reached."""

    reason: str
    reached: bool = True


Finding: TypeAlias = Measured | Unread
"""What came of looking at a reference."""


class Sizing(msgspec.Struct, frozen=True):
    """What a request's references count for: the lengths of its videos in microseconds, None for what was not measured.

    `lengths` is None for a model that takes no videos; `notes` are for the journal.
    """

    lengths: tuple[int | None, ...] | None = None
    notes: tuple[str, ...] = ()


class BrokenRule(msgspec.Struct, frozen=True):
    """A rule that a reference breaks, as a `Violation` of the request."""

    path: str
    message: str
    value: object
    clause: str


def referred_urls(rules: ReferenceRules, request: Mapping[str, Any]) -> Sequence[str]:
    """Return the URLs of a checked request's references, in its order; none where it leaves the field out."""
    named: Sequence[str] = request.get(rules.field, ())
    return (named,) if isinstance(named, str) else named


def path_of(rules: ReferenceRules, number: int) -> str:
    """Return where a reference stands in the request: `image_urls[0]`, or `audio_url` where there is but one."""
    return rules.field if rules.single else f"{rules.field}[{number}]"


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
    """Return what references of one kind count for, in the order of the request.

    Args:
        rules: What is asked of them.
        findings: What was found.
        lenient: Whether those that could not be reached count all the same.

    Raises:
        VideoProbeFailed: There are videos that could not be read, or not be reached (VIDEO-PROBE).
        InvalidRequest: There are some that break a rule, or pictures or sounds that could not be read, or not be
            reached; the message tells of all of them.
    """
    named = [(path_of(rules, number), found) for number, found in enumerate(findings)]
    unread = [(path, found) for path, found in named if isinstance(found, Unread)]
    failed = [(path, found) for path, found in unread if found.reached or not lenient]
    if failed:
        raise _refusal(rules.kind, "; ".join(f"{path} {found.reason}" for path, found in failed), param=failed[0][0])
    measured = [(path, found) for path, found in named if isinstance(found, Measured)]
    broken = [each for path, found in measured for each in broken_rules(rules, found, path)]
    if broken:
        raise InvalidRequest.from_violations(broken)
    lengths = tuple(found.length if isinstance(found, Measured) else None for found in findings)
    notes = tuple(f"{path} {found.reason}; {_LET_THROUGH[rules.kind]}" for path, found in unread)
    return Sizing(lengths if rules.kind == "video" else None, notes)


def _refusal(kind: Kind, told: str, *, param: str) -> ApiError:
    """Return the error of what cannot be read; the platform has one of its own for videos."""
    return VideoProbeFailed(told, param=param, clauses=_PROBE) if kind == "video" else InvalidRequest(told, param=param)


@lru_cache(maxsize=16)
def size_up_unreached(rules: ReferenceRules, number: int, reason: str) -> Sizing:
    """Return what so many references count for of which none can be reached, all for one reason."""
    return size_up(rules, (Unread(reason, reached=False),) * number, lenient=True)


def join(sizings: Sequence[Sizing]) -> Sizing:
    """Return what the references of all kinds count for together; there is at most one kind that has lengths."""
    if len(sizings) == 1:
        return sizings[0]
    lengths = next((sizing.lengths for sizing in sizings if sizing.lengths is not None), None)
    return Sizing(lengths, tuple(note for sizing in sizings for note in sizing.notes))


def broken_rules(rules: ReferenceRules, found: Measured, path: str) -> Iterator[BrokenRule]:
    """Return the rules that a reference breaks, as far as it is known (VIDEO-FORMAT, IMAGE-PIXELS and their like).

    Args:
        rules: What is asked of it.
        found: What is known of it.
        path: Where it stands in the request.
    """
    clause = _CLAUSES[rules.kind]
    if found.format is not None and found.format not in rules.formats:
        yield BrokenRule(path, f"must be {' or '.join(rules.formats)}", found.format, f"{clause}-FORMAT")
    if found.length is not None and rules.longest and not rules.shortest <= found.length <= rules.longest:
        bounds = f"{_seconds(rules.shortest)} to {_seconds(rules.longest)}"
        yield BrokenRule(path, f"must last {bounds} seconds", _seconds(found.length), f"{clause}-LENGTH")
    if found.size is not None and found.size > rules.most_bytes:
        yield BrokenRule(path, f"must have at most {rules.most_bytes} bytes", found.size, f"{clause}-SIZE")
    if found.sides is not None and rules.pixels is not None and not _within(rules.pixels, found.sides):
        least, most = rules.pixels
        shown = f"{found.sides[0]}x{found.sides[1]}"
        yield BrokenRule(path, f"must be {least} to {most} pixels wide and high", shown, f"{clause}-PIXELS")
    if found.transparent and not rules.transparent:
        yield BrokenRule(path, "must have no transparency", None, f"{clause}-OPAQUE")


def _within(bounds: tuple[int, int], sides: tuple[int, int]) -> bool:
    return bounds[0] <= min(sides) and max(sides) <= bounds[1]


def _seconds(length: int) -> int | float:
    whole, rest = divmod(length, SECOND)
    return length / SECOND if rest else whole
