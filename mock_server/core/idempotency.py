"""One intent, one task: what makes two requests with the same Idempotency-Key the same, and for how long."""

from hashlib import blake2b
from typing import Any, Final

import msgspec

from mock_server.core.errors import InvalidRequest
from mock_server.core.types import HOUR, Instant

LIFETIME: Final = 24 * HOUR
"""How long a key is remembered (IDEM-LIFETIME; chosen after the 23 hours for which the official client resumes)."""

_LONGEST_KEY: Final = 255


class Claim(msgspec.Struct, frozen=True):
    """What a request claims with its key: the key, and a fingerprint of the body that came with it."""

    key: str
    fingerprint: bytes


def claim(key: str, body: Any) -> Claim:
    """Read an Idempotency-Key; bodies count as the same when they say the same, whatever their spacing and order.

    Raises:
        InvalidRequest: The key is empty, too long, or holds more than visible ASCII characters.
    """
    if not 0 < len(key) <= _LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise InvalidRequest(
            f"Idempotency-Key must be 1 to {_LONGEST_KEY} visible ASCII characters",
            param="Idempotency-Key",
            clauses=("IDEM-KEY-FORM",),
        )
    canonical = msgspec.json.encode(body, order="deterministic")
    return Claim(key, blake2b(canonical, digest_size=16).digest())


def expired(claimed_at: Instant, now: Instant) -> bool:
    """Tell whether a key claimed at that time may be used afresh."""
    return now >= claimed_at + LIFETIME
