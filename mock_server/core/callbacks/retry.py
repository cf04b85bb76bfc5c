"""When a callback is tried again: the schedule is data, the next time a function of what has happened."""

from typing import Final

from mock_server.core.types import SECOND, Instant

DELAYS: Final = (1 * SECOND, 2 * SECOND, 4 * SECOND)
"""How long after each failure the next attempt follows; after the last there is none (CB-RETRIES)."""

ATTEMPT_SECONDS: Final = 10
"""How long a whole attempt may take, in real seconds, whatever the receiver is doing (CB-TIMEOUT)."""


def succeeded(status: int | None) -> bool:
    """Tell whether an answer ends the attempts: any 2xx does, nothing else (CB-SUCCESS)."""
    return status is not None and 200 <= status <= 299  # noqa: PLR2004 - the class of success


def next_due(attempts: int, status: int | None, ended_at: Instant) -> Instant | None:
    """Return when the next attempt is due after so many, the last of which ended so; None if there is none."""
    if succeeded(status) or attempts > len(DELAYS):
        return None
    return ended_at + DELAYS[attempts - 1]
