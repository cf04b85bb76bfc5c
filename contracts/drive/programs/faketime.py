"""A client's time, made to go faster by libfaketime, and whether that works in what runs the client.

libfaketime stands between a program and the functions of the system's library that tell the time and wait. Programs
that ask the kernel past that library, as Go's do, are not reached; and where it misses one way of waiting, a program
waits there for as long as its own clock says, which is longer than anybody would. So it is tried before it is used.
"""

import os
import re
import shlex
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

import msgspec

from contracts.drive.programs.program import Program

LIMIT_SECONDS: Final = 6.0
"""How long a wait may take in real time that is to take no more than some tenths of a second."""

_FOLDERS: Final = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib")
_LIBRARIES: Final = ("libfaketimeMT.so.1", "libfaketime.so.1")
_SPEED: Final = 200.0
_SECONDS: Final = 40
_FIRST_LINE: Final = 256


class Runtime(msgspec.Struct, frozen=True):
    """A runtime in which time can be tried: what its programs are called, the probe, and its ways of waiting."""

    name: str
    programs: re.Pattern[str]
    probe: str
    waits: tuple[str, ...]


SLEEPING: Final = "sleeping"
NETWORK: Final = "waiting for the network"
THREADS: Final = "waiting for threads"

RUNTIMES: Final = (
    Runtime("Python", re.compile(r"(python|pypy)[0-9.]*"), "waiting.py", (SLEEPING, NETWORK, THREADS)),
    Runtime("Node", re.compile(r"node(js)?"), "waiting.mjs", (SLEEPING, THREADS)),
    Runtime("Java", re.compile(r"java"), "Waiting.java", (SLEEPING, THREADS)),
)
"""Those that are known."""


class Faketime(msgspec.Struct, frozen=True):
    """libfaketime, as it is installed here."""

    library: Path

    def environment(self, speed: float, inherited: Mapping[str, str]) -> Mapping[str, str]:
        """Return what is set for a program whose time is to go so many times as fast."""
        others = inherited.get("LD_PRELOAD", "")
        return {"LD_PRELOAD": f"{self.library} {others}".rstrip(), "FAKETIME": f"+0 x{speed:g}"}


class Fitness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a client's time can be made to go faster.

    Args:
        usable: Whether it can: what sleeps, and what waits for the network, does so in less time.
        told: What there is to know: why it cannot, or in which ways of waiting a program would hang.
    """

    usable: bool
    told: str = ""


def find_faketime(folders: Iterable[str] = _FOLDERS) -> Faketime | None:
    """Return libfaketime, if it is installed."""
    for name in _LIBRARIES:
        for folder in map(Path, folders):
            found = sorted((*folder.glob(f"faketime/{name}"), *folder.glob(f"*/faketime/{name}")))
            if found:
                return Faketime(found[0])
    return None


def try_faketime(
    faketime: Faketime | None,
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    limit_seconds: float = LIMIT_SECONDS,
) -> Fitness:
    """Try whether time can be made to go faster in what runs a command.

    The command itself is not run, but what runs it: Python, Node or Java, by that name, or as its first line names it.
    """
    if faketime is None:
        return Fitness(usable=False, told="libfaketime is not installed (on Debian: apt-get install faketime)")
    found = find_runtime(command, environment=environment, directory=directory)
    if found is None:
        known = ", ".join(runtime.name for runtime in RUNTIMES)
        return Fitness(usable=False, told=f"that can be tried with {known} only, and {command[0]} is none of them")
    runtime, program = found
    with as_file(files(__package__).joinpath("probes", runtime.probe)) as probe:
        hurried = {**environment, **faketime.environment(_SPEED, environment)}
        wait = partial(_waits, [program, str(probe)], hurried, directory, limit_seconds)
        with ThreadPoolExecutor(len(runtime.waits)) as pool:
            works = dict(zip(runtime.waits, pool.map(wait, runtime.waits), strict=True))
    return _judge(runtime.name, works)


def _waits(command: Sequence[str], environment: Mapping[str, str], directory: Path, limit: float, way: str) -> bool:
    """Tell whether a wait is over soon, and for the program's clocks has taken its time."""
    words = [*command, way, str(_SECONDS)]
    return Program(words, environment=environment, directory=directory, limit_seconds=limit).run().exit_code == 0


def _judge(name: str, works: Mapping[str, bool]) -> Fitness:
    failing = [way for way, fine in works.items() if not fine]
    if not failing:
        return Fitness(usable=True)
    ways = " and ".join(failing)
    if failing == [THREADS]:
        told = f"with this libfaketime, {name} hangs when it is {ways} with a time limit (locks, events, futures)"
        return Fitness(usable=True, told=told)
    return Fitness(usable=False, told=f"with this libfaketime, {name} does not go faster when it is {ways}")


def find_runtime(
    command: Sequence[str], *, environment: Mapping[str, str], directory: Path
) -> tuple[Runtime, str] | None:
    """Return what runs a command, and its program; None if it is none of those that are known."""
    path = shutil.which(directory / command[0] if os.sep in command[0] else command[0], path=environment.get("PATH"))
    if path is None:
        return None
    known = _known(command[0])
    if known is not None:
        return known, path
    words = [word for word in _first_line(path) if not word.startswith("-") and Path(word).name != "env"]
    named = _known(words[0]) if words else None
    interpreter = shutil.which(words[0], path=environment.get("PATH")) if words else None
    return None if named is None or interpreter is None else (named, interpreter)


def _known(program: str) -> Runtime | None:
    return next((runtime for runtime in RUNTIMES if runtime.programs.fullmatch(Path(program).name)), None)


def _first_line(path: str) -> list[str]:
    """Return the words of the line that says what runs a script; none if it is no script."""
    with Path(path).open("rb") as file:
        line = file.readline(_FIRST_LINE)
    return shlex.split(line[2:].decode("utf-8", "replace")) if line.startswith(b"#!") else []
