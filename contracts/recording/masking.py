"""Keys as they stand in a record: by a fingerprint, so that nothing made from a record can show one."""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from contracts.recording.exchange import Pair

_FINGERPRINT: Final = re.compile(r"key-[0-9a-f]{8}")
_BEARER: Final = re.compile(r"bearer +(\S.*)", re.IGNORECASE)


def read_bearer(authorization: str | None) -> str | None:
    """Return the key of an Authorization header; None if it has no Bearer form (AUTH-BEARER)."""
    found = _BEARER.fullmatch((authorization or "").strip())
    return found[1] if found else None


def fingerprint(key: str) -> str:
    """Return what stands for a key, `key-` and eight hex digits; what stands for one already stays as it is."""
    return key if _FINGERPRINT.fullmatch(key) else f"key-{sha256(key.encode()).hexdigest()[:8]}"


_SHORTEST: Final = 6
"""The shortest key that is looked for within texts: what is shorter stands there by chance."""


class Mask:
    """Replaces the keys that it knows by their fingerprints."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def learn(self, headers: Iterable[Pair]) -> None:
        """Note the key of a request."""
        for name, value in headers:
            key = read_bearer(value) if name == "authorization" else None
            if key is not None and len(key) >= _SHORTEST:
                self._known[key] = fingerprint(key)

    def text(self, text: str) -> str:
        """Return a text without keys."""
        for key, stand_in in self._known.items():
            text = text.replace(key, stand_in)
        return text

    def body(self, body: bytes) -> bytes:
        """Return a body without keys."""
        for key, stand_in in self._known.items():
            body = body.replace(key.encode(), stand_in.encode())
        return body

    def headers(self, headers: Iterable[Pair]) -> tuple[Pair, ...]:
        """Return headers without keys, their names in small letters."""
        return tuple((name.lower(), self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        key = read_bearer(value) if name == "authorization" else None
        return self.text(value) if key is None else f"Bearer {fingerprint(key)}"
