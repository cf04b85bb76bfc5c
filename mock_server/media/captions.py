"""What is written into a clip: whose it is, what was asked for, and the time code, each on a dark panel."""

import textwrap
from typing import Final

import msgspec

from mock_server.media.lettering import draw_text, plain, text_width
from mock_server.media.picture import FRAME_RATE, Picture

_PROMPT_LINES: Final = 2
_PROMPT_READ: Final = 400
_LEADING: Final = 2
_PADDING: Final = 3
_MARGIN: Final = 4


class Panel(msgspec.Struct, frozen=True):
    """Lines of text and where they stand: the pixel at the left and at the top, both even.

    `rows` are the pixels of the panel, 255 where there is ink and 0 elsewhere; it is even in width and height.
    """

    left: int
    top: int
    rows: tuple[bytes, ...]

    @property
    def width(self) -> int:
        """How many pixels it is across."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """How many pixels it is down."""
        return len(self.rows)


def caption(picture: Picture) -> Panel:
    """Return the panel that stays: the task's id, and as much of the prompt as two lines take, at the bottom left."""
    scale = _scale(picture)
    room = (picture.width - 2 * (_MARGIN + _PADDING) * scale) // text_width(1, scale=scale)
    prompt = textwrap.wrap(
        plain(picture.prompt[:_PROMPT_READ]), room, max_lines=_PROMPT_LINES, placeholder="...", break_on_hyphens=False
    )
    rows = _panel([plain(picture.task)[:room], *prompt], scale)
    return Panel(_even(_MARGIN * scale), _even(picture.height - _MARGIN * scale - len(rows)), rows)


def clock(picture: Picture, frame: int) -> Panel:
    """Return the panel of one frame that shows its time code, `minutes:seconds:frames`, at the top left."""
    scale = _scale(picture)
    seconds, rest = divmod(frame, FRAME_RATE)
    rows = _panel([f"{seconds // 60:02}:{seconds % 60:02}:{rest:02}"], scale)
    return Panel(_even(_MARGIN * scale), _even(_MARGIN * scale), rows)


def _scale(picture: Picture) -> int:
    return max(1, min(picture.width, picture.height) // 240)


def _panel(lines: list[str], scale: int) -> tuple[bytes, ...]:
    longest = max(map(len, lines))
    side = bytes(_PADDING * scale)
    width = _even(text_width(longest, scale=scale) + 2 * len(side) + 1)
    gap = [bytes(width)] * (_LEADING * scale)
    rows = [bytes(width)] * (_PADDING * scale)
    for line in lines:
        rows += [(side + row).ljust(width, b"\0") for row in draw_text(line, scale=scale)]
        rows += gap
    rows += [bytes(width)] * (len(rows) % 2)
    return tuple(rows)


def _even(number: int) -> int:
    return number // 2 * 2
