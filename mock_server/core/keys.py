"""Keys: which account and universe one opens, and the magic ones that stand for an error.

Any key that looks like one works. `sk-mock-<universe>` lives in a universe of its own name, every other key in
`default`; the header X-Mock-Universe overrides both.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from mock_server.core.errors import ApiError, InternalError, InvalidRequest, RateLimited, Unauthorized
from mock_server.core.ids import account_id

DEFAULT_UNIVERSE: Final = "default"
"""Where every key lives that names no universe."""

MAGIC_RETRY_AFTER: Final = 30
"""The Retry-After, in seconds, that the magic rate-limited key is told."""

_KEY: Final = re.compile(r"sk-[A-Za-z0-9_.\-]{1,253}")
_UNIVERSE: Final = re.compile(r"[a-z0-9][a-z0-9._\-]{0,63}")
_UNIVERSE_KEY: Final = re.compile(rf"sk-mock-({_UNIVERSE.pattern})")


class Profile(msgspec.Struct, frozen=True):
    """What is special about a key: the credits its account opens with (None: as set), closed models, an error."""

    opening_credits: int | None = None
    closed_models: bool = False
    error: type[ApiError] | None = None
    retry_after: int | None = None


PLAIN: Final = Profile()
"""The profile of every key that is not magic."""

MAGIC_KEYS: Final[Mapping[str, Profile]] = {
    "sk-mock-unauthorized": Profile(error=Unauthorized),
    "sk-mock-no-credit": Profile(opening_credits=0),
    "sk-mock-no-access": Profile(closed_models=True),
    "sk-mock-rate-limited": Profile(error=RateLimited, retry_after=MAGIC_RETRY_AFTER),
    "sk-mock-broken": Profile(error=InternalError),
}
"""Keys that bring an error about, in the manner of payment sandboxes."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the account and the universe that a key opens."""

    universe: str
    account: str
    profile: Profile


@lru_cache(maxsize=4_096)
def read_key(authorization: str | None, universe_header: str | None) -> Caller:
    """Tell who calls from the Authorization and X-Mock-Universe headers (AUTH-BEARER, AUTH-401).

    Raises:
        Unauthorized: There is no bearer key, or it does not look like one.
        InvalidRequest: The header names no possible universe.
        ApiError: What a magic key stands for.
    """
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not _KEY.fullmatch(key):
        raise Unauthorized
    profile = MAGIC_KEYS.get(key, PLAIN)
    if profile.error is not None:
        raise profile.error(retry_after=profile.retry_after)
    universe = _universe(key, universe_header)
    return Caller(universe, account_id(universe, key), profile)


def read_universe(authorization: str | None, universe_header: str | None) -> str:
    """Tell only which universe is meant; a control request needs no key, and then means the default one."""
    key = (authorization or "").partition(" ")[2].strip()
    return _universe(key, universe_header)


def _universe(key: str, header: str | None) -> str:
    if header is not None:
        if not _UNIVERSE.fullmatch(header):
            raise InvalidRequest(
                "X-Mock-Universe must be 1 to 64 of a-z, 0-9, '.', '_' and '-', and start with a letter or digit",
                param="X-Mock-Universe",
            )
        return header
    named = _UNIVERSE_KEY.fullmatch(key)
    return named[1] if named and key not in MAGIC_KEYS else DEFAULT_UNIVERSE
