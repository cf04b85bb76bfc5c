"""What `evolink-contracts client --check` does: it tries whom of this machine the simulator can be put before."""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from contracts.commands.reports import put_text, read_places
from contracts.commands.wishes import Judging
from contracts.drive.live import LiveServer
from contracts.drive.programs.faketime import RUNTIMES, Fitness, find_faketime, try_faketime
from contracts.drive.programs.interrupts import interruptible
from contracts.drive.programs.runtimes import WAYS, Checked, check_ways
from mock_server.app import create_app
from mock_server.commands.usage import WrongUsageError, refusing
from mock_server.entrance.authority import MissingExtraError
from mock_server.entrance.client_environment import Lead, client_environment
from mock_server.settings import Settings

_HEAD: Final = ("runtime", "version", "library", "led", "how, or what to do")
_LED: Final = {True: "yes", False: "no", None: "?"}


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out.

    Args:
        checked: What came of each way of each runtime that is here.
        speeds: By runtime, whether its time can be made to go faster (`--speed`).
    """

    checked: tuple[Checked, ...]
    speeds: Mapping[str, Fitness]

    @property
    def exit_code(self) -> int:
        """0 if all that could be tried came to the simulator, 1 otherwise."""
        return int(any(each.led is False for each in self.checked))


def show_check(command: Sequence[str], judging: Judging) -> int:
    """Try all runtimes, tell what came of it, and return what to exit with.

    Args:
        command: What is to be run later, if it is known; what lies beside its program is found first.
        judging: In which forms it is told, `text` or `json`, and where these go.

    Raises:
        WrongUsageError: A form is none of these, a file cannot be written, the extra is not installed, or somebody
            interrupts it.
    """
    places = read_places(judging)
    for form, _ in places:
        if form not in _WRITERS:
            raise WrongUsageError(f"--check is told as {' or '.join(_WRITERS)}, not as {form}")
    try:
        with refusing(MissingExtraError), interruptible():
            check = _check({**os.environ, "PATH": _path(command)})
    except KeyboardInterrupt:
        raise WrongUsageError("interrupted before all was tried") from None
    for form, place in places:
        put_text(_WRITERS[form](check), place)
    return check.exit_code


def _path(command: Sequence[str]) -> str:
    """Return where programs are looked for: first beside the one that is to be run."""
    path = os.environ.get("PATH", os.defpath)
    beside = os.path.dirname(command[0]) if command else ""  # noqa: PTH120 - nothing at all has none
    return f"{Path(beside).absolute()}{os.pathsep}{path}" if beside else path


def _check(inherited: Mapping[str, str]) -> Check:
    server, key = LiveServer(create_app(Settings(access_log=False))), f"sk-{token_hex(16)}"
    with server.running() as url, TemporaryDirectory(prefix="evolink-") as folder:
        lead = Lead(server.proxy_url, server.https_url, url)
        variables = client_environment(url, key=key, trust=server.authority.trust, lead=lead, inherited=inherited)
        checked = check_ways({**inherited, **variables}, key=key, directory=Path(folder))
        return Check(checked=checked, speeds=_try_speeds(checked, inherited, Path(folder)))


def _try_speeds(checked: Sequence[Checked], inherited: Mapping[str, str], folder: Path) -> Mapping[str, Fitness]:
    faketime, known = find_faketime(), {runtime.name for runtime in RUNTIMES}
    programs = {each.runtime: each.program for each in checked if each.runtime in known}

    def try_one(program: str) -> Fitness:
        return try_faketime(faketime, [program], environment=inherited, directory=folder)

    with ThreadPoolExecutor(len(known)) as pool:
        return dict(zip(programs, pool.map(try_one, programs.values()), strict=True))


def _write_text(check: Check) -> str:
    rows = [_HEAD, *map(_row, check.checked)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*table, "", *_remarks(check)]) + "\n"


def _row(each: Checked) -> tuple[str, ...]:
    library = f"{each.library} {each.library_version}".strip()
    told = each.how or f"{each.told}: {each.otherwise}"
    return each.runtime, each.version, library or "-", _LED[each.led], told


def _remarks(check: Check) -> Iterator[str]:
    programs = {each.runtime: each.program for each in check.checked}
    for runtime, program in programs.items():
        yield f"{runtime} is {program}"
    missing = [name for name in dict.fromkeys(way.runtime for way in WAYS) if name not in programs]
    if missing:
        yield f"not found here: {', '.join(missing)}"
    for runtime, fitness in check.speeds.items():
        yield f"--speed with {runtime}: {'; '.join(filter(None, ('yes' if fitness.usable else 'no', fitness.told)))}"


def _write_json(check: Check) -> str:
    return msgspec.json.format(msgspec.json.encode(check)).decode() + "\n"


_WRITERS: Final = {"text": _write_text, "json": _write_json}
