"""A token bucket without a clock: the state and the time come in, the next state and the wait come out.

Its answer is honest: a caller that waits exactly as long as it was told succeeds, one that waits less does not.
"""

import msgspec

from mock_server.core.types import SECOND, Instant

MINUTE = 60 * SECOND


class Limit(msgspec.Struct, frozen=True):
    """So many requests a minute, and as many at once after a pause."""

    requests_per_minute: int

    @property
    def cost(self) -> int:
        """Microseconds of refill that one request uses up."""
        return -(-MINUTE // self.requests_per_minute)


class Bucket(msgspec.Struct, frozen=True):
    """A bucket as the instant at which it is full again: one number, and no refill to run."""

    full_at: Instant = 0


def take(bucket: Bucket, limit: Limit, now: Instant) -> tuple[Bucket, int]:
    """Take one request. Returns the bucket after it and 0, or the bucket unchanged and the seconds to wait.

    No bucket is emptier than empty: one from a later time, before the clock was set back, is empty now.
    """
    empty_until = now + limit.cost * limit.requests_per_minute
    bucket = Bucket(min(bucket.full_at, empty_until))
    full_at = max(bucket.full_at, now) + limit.cost
    if full_at <= empty_until:
        return Bucket(full_at), 0
    return bucket, -(-(full_at - empty_until) // SECOND)
