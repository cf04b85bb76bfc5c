"""How long to wait before the next attempt: as the API says, or else longer each time."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

SHORTEST_ASKED, LONGEST_ASKED = 1.0, 3600.0
LONGEST_OWN = 30.0


class TooLong(Exception):
    """The API asks for a wait of more than an hour; the message says for how many seconds."""


def retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds that Retry-After asks for; None if it asks for nothing that can be read."""
    text = next(iter(answer.headers.get_list("retry-after")), "")  # the first, if there are several
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        now = parsedate_to_datetime(answer.headers["date"]) if "date" in answer.headers else datetime.now(UTC)
        return (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None


def pause(attempt: int, answer: httpx.Response | None = None) -> float:
    """Return for how many seconds to wait after the first, second, third... attempt, with some luck in it."""
    told = None if answer is None else retry_after(answer)
    if told is None or told < SHORTEST_ASKED:
        return min(2.0**attempt, LONGEST_OWN) * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    if told > LONGEST_ASKED:
        raise TooLong(f"come back after {told:.0f} s")
    return told * random.uniform(1.0, 1.1)  # noqa: S311 - no secret
