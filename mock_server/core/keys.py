"""Keys: which account and universe one opens, and the magic ones that stand for an error.

Any key that looks like one works. `sk-mock-<universe>` lives in a universe of its own name, every other key in
`default`; the header X-Mock-Universe overrides both.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from mock_server.core.errors import InvalidRequest, Unauthorized
from mock_server.core.ids import account_id
from mock_server.core.plans import Plans, read_words

DEFAULT_UNIVERSE: Final = "default"
"""Where every key lives that names no universe."""

_KEY: Final = re.compile(r"sk-[A-Za-z0-9_.\-]{1,253}")
_UNIVERSE: Final = re.compile(r"[a-z0-9][a-z0-9._\-]{0,63}")
_UNIVERSE_KEY: Final = re.compile(rf"sk-mock-({_UNIVERSE.pattern})")


class Profile(msgspec.Struct, frozen=True):
    """What is special about a key: the credits its account opens with (None: as set), and plans for its requests."""

    opening_credits: int | None = None
    plans: Plans = ()


PLAIN: Final = Profile()
"""The profile of every key that is not magic."""

MAGIC_KEYS: Final[Mapping[str, Profile]] = {
    "sk-mock-unauthorized": Profile(plans=read_words("answer 401 headers.www-authenticate=Bearer")),
    "sk-mock-no-credit": Profile(opening_credits=0),
    "sk-mock-no-access": Profile(plans=read_words("limit closed-models")),
    "sk-mock-rate-limited": Profile(plans=read_words("answer 429 retry-after=30")),
    "sk-mock-broken": Profile(plans=read_words("answer 500")),
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
    """
    scheme, _, key = (authorization or "").partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not _KEY.fullmatch(key):
        raise Unauthorized
    universe = _universe(key, universe_header)
    return Caller(universe, account_id(universe, key), MAGIC_KEYS.get(key, PLAIN))


def anyone(authorization: str | None, universe_header: str | None) -> Caller:
    """Return who calls where no key is needed: nobody in particular, in the universe that a key or the header names.

    Raises:
        InvalidRequest: The header names no possible universe.
    """
    universe = read_universe(authorization, universe_header)
    return Caller(universe, account_id(universe, ""), PLAIN)


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
