"""What is put in the place of what while sleeps are virtual, and put back after."""

import asyncio
import asyncio.tasks
import sys
import threading
import time
from functools import cache
from types import ModuleType
from typing import Final, NamedTuple

import anyio

from contracts.drive.sleeping import anyio_sleep, asyncio_sleep, thread_sleep
from contracts.drive.sleeping.clocks import READINGS
from contracts.drive.sleeping.references import Names, References
from contracts.drive.sleeping.sleepers import Sleepers, opened

_CLOCKS: Final = tuple((reading.real, reading) for reading in READINGS)

_references: Final = References()
_lock: Final = threading.RLock()


class Patches(NamedTuple):
    """What there is to patch: pairs of the real function and ours, and where libraries keep it."""

    sleeps: tuple[tuple[object, object], ...]
    places: tuple[Names, ...]

    @property
    def functions(self) -> tuple[object, ...]:
        """All functions, the real ones and ours."""
        return tuple(function for pair in (*self.sleeps, *_CLOCKS) for function in pair)

    @property
    def libraries(self) -> tuple[ModuleType, ...]:
        """The modules that have them."""
        return tuple(place.holder for place in self.places if isinstance(place.holder, ModuleType))


def start(sleepers: Sleepers) -> None:
    """Let sleeps move the clock of these sleepers from now on."""
    with _lock:
        opened().append(sleepers)
        patches = _patches()
        _exchange(patches, {id(real): ours for real, ours in patches.sleeps + (_CLOCKS if sleepers.clocks else ())})


def stop(sleepers: Sleepers) -> None:
    """Let sleeps move the clock of those who were there before, or of nobody."""
    with _lock:
        opened().remove(sleepers)
        if not opened():
            patches = _patches()
            _exchange(patches, {id(ours): real for real, ours in patches.sleeps + _CLOCKS})


def _exchange(patches: Patches, exchange: dict[int, object]) -> None:
    for place in (*patches.places, *_references.places(patches.functions, patches.libraries)):
        place.exchange(exchange)


def _patches() -> Patches:
    """Return what there is to patch in the libraries that have been imported."""
    return _with_trio() if "trio" in sys.modules else _without_trio()


@cache
def _without_trio() -> Patches:
    return Patches(
        sleeps=(
            (thread_sleep.REAL_SLEEP, thread_sleep.SLEEP),
            (thread_sleep.REAL_WAIT, thread_sleep.wait),
            (asyncio_sleep.REAL_SLEEP, asyncio_sleep.sleep),
            (anyio_sleep.REAL_SLEEP, anyio_sleep.sleep),
            (anyio_sleep.REAL_SLEEP_UNTIL, anyio_sleep.sleep_until),
        ),
        places=(
            Names(time, ("sleep", *(reading.__name__ for reading in READINGS))),
            Names(threading.Event, ("wait",)),
            Names(asyncio, ("sleep",)),
            Names(asyncio.tasks, ("sleep",)),
            Names(anyio, ("sleep", "sleep_until")),
        ),
    )


@cache
def _with_trio() -> Patches:
    import trio  # noqa: PLC0415 - it has been imported

    from contracts.drive.sleeping import trio_sleep  # noqa: PLC0415 - imports it as well

    patches = _without_trio()
    return Patches(
        sleeps=(
            *patches.sleeps,
            (trio_sleep.REAL_SLEEP, trio_sleep.sleep),
            (trio_sleep.REAL_SLEEP_UNTIL, trio_sleep.sleep_until),
        ),
        places=(*patches.places, Names(trio, ("sleep", "sleep_until"))),
    )
