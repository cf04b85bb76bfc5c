"""Whether a client's time can be made to go faster."""

import shutil
import sys
from pathlib import Path

import pytest

from contracts.drive.programs import faketime
from contracts.drive.programs.faketime import NETWORK, SLEEPING, THREADS, Faketime, Fitness, find_faketime, find_runtime
from contracts.drive.programs.probes import waiting
from contracts.drive.programs.program import Program
from tests.running import PATIENCE, clean

NOWHERE = Faketime(Path("/nowhere/libfaketime.so.1"))


def fit(command: list[str], directory: Path, *, library: Faketime | None = NOWHERE, limit: float = PATIENCE) -> Fitness:
    """Try a command."""
    return faketime.try_faketime(library, command, environment=clean(), directory=directory, limit_seconds=limit)


def test_the_library_is_found_where_systems_have_it(tmp_path: Path) -> None:
    """The library for programs with threads is preferred to the other, whichever folder it is in."""
    assert find_faketime([str(tmp_path)]) is None
    plain = tmp_path / "faketime" / "libfaketime.so.1"
    threads = tmp_path / "x86_64-linux-gnu" / "faketime" / "libfaketimeMT.so.1"
    for library in (plain, threads):
        library.parent.mkdir(parents=True)
        library.touch()
        assert find_faketime([str(tmp_path)]) == Faketime(library)


def test_variables_keep_what_is_preloaded_already() -> None:
    """The library stands before what would be loaded otherwise."""
    told = Faketime(Path("/lib/f.so")).environment(50, {"LD_PRELOAD": "/lib/other.so"})
    assert told == {"LD_PRELOAD": "/lib/f.so /lib/other.so", "FAKETIME": "+0 x50"}
    assert Faketime(Path("/lib/f.so")).environment(2.5, {})["LD_PRELOAD"] == "/lib/f.so"


def test_without_the_library_it_says_so(tmp_path: Path) -> None:
    """Who has no libfaketime is told how to get it."""
    told = "libfaketime is not installed (on Debian: apt-get install faketime)"
    assert fit(["node"], tmp_path, library=None) == Fitness(usable=False, told=told)


@pytest.mark.parametrize("command", ["sh", "no-such-program"])
def test_what_cannot_be_tried_is_told(tmp_path: Path, command: str) -> None:
    """Other runtimes, and what is no program, are told as what cannot be tried."""
    told = f"that can be tried with Python, Node, Java only, and {command} is none of them"
    assert fit([command], tmp_path) == Fitness(usable=False, told=told)


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("#!/usr/bin/env python3", "Python"),
        (f"#!{sys.executable} -u", "Python"),
        ("#!/usr/bin/env -S python3 -u", "Python"),
        ("#!/bin/sh", None),
        ("#!/nowhere/python3", None),
        ("#!", None),
        ("echo", None),
    ],
)
def test_a_script_is_run_by_what_its_first_line_names(tmp_path: Path, first: str, name: str | None) -> None:
    """What runs a script stands in its first line."""
    script = tmp_path / "client"
    script.write_text(f"{first}\n")
    script.chmod(0o700)
    found = find_runtime(["./client"], environment=clean(), directory=tmp_path)
    assert (None if found is None else found[0].name) == name


def test_a_wait_that_is_not_over_soon_is_told(tmp_path: Path) -> None:
    """Where the library does nothing, a program would wait for as long as it says."""
    told = (
        "with this libfaketime, Python does not go faster when it is sleeping and waiting for the network and "
        "waiting for threads"
    )
    assert fit([sys.executable], tmp_path, limit=0.0) == Fitness(usable=False, told=told)


@pytest.mark.parametrize(
    ("works", "usable", "told"),
    [
        ((True, True, True), True, ""),
        ((True, True, False), True, "Python hangs when it is waiting for threads with a time limit"),
        ((True, False, False), False, "Python does not go faster when it is waiting for the network and waiting for"),
    ],
)
def test_what_waits_for_threads_alone_may_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: tuple[bool, ...], *, usable: bool, told: str
) -> None:
    """A runtime is usable if it sleeps and waits for the network in less time; what hangs is told."""
    answers = dict(zip((SLEEPING, NETWORK, THREADS), works, strict=True))
    monkeypatch.setattr(faketime, "_waits", lambda *given: answers[given[-1]])
    found = fit([sys.executable], tmp_path)
    assert found.usable is usable
    assert told in found.told
    assert bool(told) is bool(found.told)


@pytest.mark.skipif(find_faketime() is None, reason="libfaketime is not installed")
@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_node_goes_faster(tmp_path: Path) -> None:
    """With libfaketime, Node sleeps for forty seconds in less than one."""
    assert fit(["node"], tmp_path, library=find_faketime()) == Fitness(usable=True)


@pytest.mark.parametrize("way", waiting.WAITS)
def test_the_probe_believes_its_clocks(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe waits in each way, and tells whether its clocks say that it has waited for long enough."""
    assert waiting.main(way, 0.0)
    monkeypatch.setitem(waiting.WAITS, way, lambda _: None)
    assert not waiting.main(way, 60.0)


def test_the_probe_is_a_program(tmp_path: Path) -> None:
    """The probe exits with 0 after a wait that its clocks have noticed."""
    command = [sys.executable, str(waiting.__file__), SLEEPING, "0"]
    assert Program(command, environment=clean(), directory=tmp_path, limit_seconds=PATIENCE).run().exit_code == 0
