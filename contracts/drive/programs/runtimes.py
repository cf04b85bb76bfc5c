"""Which of the runtimes on this machine can be led to the simulator, and how: found out by trying it.

A tiny program, which has the API's address written in it, is run for each library as it is. The key that it sends is
made up: whoever answers 200 to that is the simulator.
"""

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

import msgspec

from contracts.drive.programs.program import Program
from contracts.drive.programs.running import Run

LIMIT_SECONDS: Final = 120.0
"""How long a try may take: a compiler that runs for the first time has much to do."""

_TOLD: Final = 200
"""How many characters of an error are told."""

_AT_ONCE: Final = 4
_OK: Final = 200
_URL: Final = "https://api.evolink.ai/v1/credits"
_PRELOAD: Final = "NODE_OPTIONS (a preload), NODE_EXTRA_CA_CERTS"
_PYTHON: Final = "do not start it with -I, -E or -S, and leave certificates and proxies to the environment"
_NODE: Final = "leave NODE_OPTIONS as it is set, and do not hand certificates (ca) or an agent to the library"


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way by which programs of a runtime reach the API.

    Args:
        runtime: The runtime.
        library: The library; empty if the runtime has but one.
        programs: What runs it, the one to be preferred first.
        arguments: What is tried with that; `{probes}` is the folder with the probes.
        how: What such programs are led by.
        otherwise: What to do where that fails.
    """

    runtime: str
    programs: tuple[str, ...]
    arguments: tuple[str, ...]
    how: str
    otherwise: str
    library: str = ""


def _python(library: str, how: str) -> Way:
    arguments = ("{probes}/probe.py", library)
    programs = ("python", "python3", sys.executable)
    return Way(runtime="Python", library=library, programs=programs, arguments=arguments, how=how, otherwise=_PYTHON)


def _node(library: str) -> Way:
    arguments = ("{probes}/probe.mjs", library)
    return Way(runtime="Node", library=library, programs=("node",), arguments=arguments, how=_PRELOAD, otherwise=_NODE)


WAYS: Final[tuple[Way, ...]] = (
    _python("requests", "HTTPS_PROXY, REQUESTS_CA_BUNDLE"),
    _python("httpx", "HTTPS_PROXY, SSL_CERT_FILE"),
    _python("httpx2", "HTTPS_PROXY, SSL_CERT_FILE"),
    _python("aiohttp", "PYTHONPATH (a preload), HTTPS_PROXY, SSL_CERT_FILE"),
    _python("urllib.request", "HTTPS_PROXY, SSL_CERT_FILE"),
    _python("http.client", "PYTHONPATH (a preload), SSL_CERT_FILE"),
    _node("fetch"),
    _node("node:https"),
    Way(
        runtime="curl",
        programs=("curl",),
        arguments=("-sS", "-o", os.devnull, "-w", "%{json}", "-H", "Authorization: Bearer {key}", _URL),
        how="HTTPS_PROXY, CURL_CA_BUNDLE",
        otherwise="leave out --noproxy and --cacert",
    ),
    Way(
        runtime="Go",
        library="net/http",
        programs=("go",),
        arguments=("run", "{probes}/probe.go"),
        how="HTTPS_PROXY, SSL_CERT_FILE",
        otherwise="give transports Proxy: http.ProxyFromEnvironment; on macOS and Windows Go trusts the system alone: "
        "run it on Linux, as in a container",
    ),
    Way(
        runtime="Java",
        library="java.net.http",
        programs=("java",),
        arguments=("{probes}/Probe.java",),
        how="JAVA_TOOL_OPTIONS (proxy, trust store)",
        otherwise="leave the proxy selector and the SSL context of the client as they are by default",
    ),
)
"""All that are tried."""


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of trying a way.

    Args:
        runtime: The runtime.
        program: Where its program is.
        version: Its version, as far as it told.
        library: The library; empty if the runtime has but one.
        library_version: Its version, if it has one of its own.
        led: Whether it came to the simulator; None if it could not be tried.
        how: What it was led by.
        told: What went wrong.
        otherwise: What to do about it.
    """

    runtime: str
    program: str = ""
    version: str = ""
    library: str = ""
    library_version: str = ""
    led: bool | None = None
    how: str = ""
    told: str = ""
    otherwise: str = ""


def check_ways(
    environment: Mapping[str, str], *, key: str, directory: Path, ways: Sequence[Way] = WAYS
) -> tuple[Checked, ...]:
    """Try all ways of the runtimes that are found, some at a time, and return what came of each.

    Libraries that are not installed are left out.

    Args:
        environment: All variables, which lead to the simulator.
        key: The key in them.
        directory: Where the programs run.
        ways: What is tried.
    """
    with as_file(files(__package__).joinpath("probes")) as probes:
        placed = {"probes": str(probes), "key": key}
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            checked = pool.map(_check, ways, repeat(environment), repeat(directory), repeat(placed))
            return tuple(chain.from_iterable(checked))


def _check(way: Way, environment: Mapping[str, str], directory: Path, placed: Mapping[str, str]) -> list[Checked]:
    """Try a way; nothing comes of it if what it needs is not there."""
    path = environment.get("PATH", os.defpath)
    program = next(filter(None, (shutil.which(name, path=path) for name in way.programs)), None)
    if program is None:
        return []
    arguments = [argument.replace("{probes}", placed["probes"]) for argument in way.arguments]
    command = [program, *(argument.replace("{key}", placed["key"]) for argument in arguments)]
    run = Program(command, environment=environment, directory=directory, limit_seconds=LIMIT_SECONDS).run()
    told = _read(run.output)
    return [] if "missing" in told else [_judge(way, program, run, told)]


def _judge(way: Way, program: str, run: Run, told: Mapping[str, Any]) -> Checked:
    status = told.get("status", told.get("response_code"))
    led = status == _OK if told else None
    wrong = told.get("error") or (f"the answer was {status}" if status else _last_line(run))
    return Checked(
        runtime=way.runtime,
        program=program,
        version=_version(told),
        library=way.library,
        library_version=str(told.get("library", "")),
        led=led,
        how=way.how if led else "",
        told="" if led else str(wrong)[:_TOLD],
        otherwise="" if led else way.otherwise,
    )


def _version(told: Mapping[str, Any]) -> str:
    """Return the version of a runtime; curl tells its own as libcurl/8.5.0, with others after it."""
    text = str(told.get("version") or told.get("curl_version", ""))
    return text.partition(" ")[0].rpartition("/")[2]


def _read(output: str) -> dict[str, Any]:
    """Read the JSON that a probe prints; what else it prints tells nothing."""
    try:
        told = json.loads(output)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _last_line(run: Run) -> str:
    lines = [line for line in run.errors.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"it ended {run.ended}, exit code {run.exit_code}, without a word"
