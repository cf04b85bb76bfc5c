"""Names that look like the platform's, and the numbers behind them.

Everything is drawn from counted dice: the n-th draw of a seed is the same in every process, at any time.
"""

import re
from hashlib import blake2b
from hmac import compare_digest
from struct import Struct
from typing import Final

from mock_server.core.types import SECOND, Instant

TASK_PREFIX: Final = "task-unified-"
"""What every task id starts with (TASK-ID-FORM)."""

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS: Final = tuple(high + low for high in _DIGITS for low in _DIGITS)
_TAIL: Final = 36**8
_ID_BYTES: Final = 10
_SIGNATURE_BYTES: Final = 6
_EIGHT: Final = Struct(">8Q")
_RESULT_NAME: Final = re.compile(r"[0-9a-f]{32}")


class CountedDice:
    """Dice for one thing: the numbers follow from the seed, the purpose and its count, and from nothing else.

    Args:
        seed: Whatever the user seeded the server with.
        purpose: What the dice are for, so that two uses never share numbers.
        count: How many there were before.
    """

    __slots__ = ("_hash", "_numbers")

    def __init__(self, seed: bytes, purpose: str, count: int) -> None:
        self._hash = blake2b(b"%d:%s" % (count, purpose.encode()), key=seed[:64])
        self._numbers = [*_numbers(self._hash.digest())]

    def between(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        if not self._numbers:
            self._hash.update(self._hash.digest())
            self._numbers += _numbers(self._hash.digest())
        return low + self._numbers.pop() % (high - low + 1)


def _numbers(digest: bytes) -> tuple[int, ...]:
    """Return the numbers of a digest, the last first."""
    return _EIGHT.unpack(digest)[::-1]


def base36(number: int, width: int) -> str:
    """Write a number in lower-case base 36, filled up with zeros."""
    text = ""
    while len(text) < width:
        number, pair = divmod(number, len(_PAIRS))
        text = _PAIRS[pair] + text
    return text[-width:]


def task_id(now: Instant, dice: CountedDice) -> str:
    """Make a task id: `task-unified-<10 digits of unix seconds>-<8 of a-z0-9>` (TASK-ID-FORM)."""
    return f"{TASK_PREFIX}{now // SECOND:010d}-{base36(dice.between(0, _TAIL - 1), 8)}"


def account_id(universe: str, key: str) -> str:
    """Name the account of a key in a universe: 18 upper-case letters and digits, as in the platform's result links.

    The first seven tell the universe (`universe_code`), the rest the key, neither of which can be read back from it.
    The key that is named after the universe counts as the same one in each, so that an account can move to another.
    """
    owner = "" if key == f"sk-mock-{universe}" else key
    digest = int.from_bytes(blake2b(owner.encode(), digest_size=8).digest(), "big")
    return universe_code(universe) + base36(digest % 36**11, 11).upper()


def universe_code(universe: str) -> str:
    """Return the seven characters that the account ids of a universe start with."""
    return base36(int.from_bytes(blake2b(universe.encode(), digest_size=4).digest(), "big"), 7).upper()


def result_name(task: str, secret: bytes) -> str:
    """Return the 32 hex characters that name a task's result: its id, masked and signed.

    Nobody can guess one, or change one into another that holds, without the secret.
    """
    second, tail = task.removeprefix(TASK_PREFIX).split("-")
    number = int(second) * _TAIL + int(tail, 36)
    signature = _signature(number, secret)
    return signature.hex() + f"{number ^ _mask(signature, secret):0{2 * _ID_BYTES}x}"


def task_of_result(name: str, secret: bytes) -> str | None:
    """Return the id of the task whose result has this name, or None if the name was not made with this secret."""
    if not _RESULT_NAME.fullmatch(name):
        return None
    signature = bytes.fromhex(name[: 2 * _SIGNATURE_BYTES])
    number = int(name[2 * _SIGNATURE_BYTES :], 16) ^ _mask(signature, secret)
    if not compare_digest(_signature(number, secret), signature):
        return None
    second, tail = divmod(number, _TAIL)
    return f"{TASK_PREFIX}{second:010d}-{base36(tail, 8)}"


def _signature(number: int, secret: bytes) -> bytes:
    return blake2b(number.to_bytes(_ID_BYTES, "big"), key=secret, digest_size=_SIGNATURE_BYTES).digest()


def _mask(signature: bytes, secret: bytes) -> int:
    return int.from_bytes(blake2b(signature, key=secret, digest_size=_ID_BYTES).digest(), "big")
