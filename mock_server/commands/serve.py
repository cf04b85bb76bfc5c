"""The command `evolink-mock serve`: what can be set, by the names of `Settings`."""

import os
import sys
from pathlib import Path
from typing import Any, Final, get_args

import click

from mock_server.commands.command import Command, Decorator, option, section
from mock_server.commands.completion import complete
from mock_server.commands.options import CONFIG, FILE, PAGES
from mock_server.commands.usage import refusing
from mock_server.settings import Egress, Media, Settings, SettingsError, Videos, load_settings


def _setting(name: str, told: str, default: str | None = None, **given: Any) -> Decorator:
    """Return the option of a setting, whose value is read where all settings are; its help tells the default."""
    usual = getattr(Settings(), name.removeprefix("--").replace("-", "_"))
    shown = f"{usual:g}" if isinstance(usual, float) else str(usual)
    return option(name, help=f"{told}  [default: {default or shown}]", **given)


def _switch(name: str, told: str) -> Decorator:
    """Return the option of a setting that is on or off."""
    usual = "on" if getattr(Settings(), name.replace("-", "_")) else "off"
    return option(f"--{name}/--no-{name}", default=None, help=f"{told}  [default: {usual}]")


def _list(name: str, field: str, told: str, **given: Any) -> Decorator:
    """Return the option of a setting that has any number of values."""
    return option(name, field, multiple=True, help=f"{told}; can be repeated.", **given)


def _complete_scenarios() -> dict[str, str]:
    from mock_server.scenarios.bundled import load_scenarios  # noqa: PLC0415 - only who completes a word waits for it

    return {name: scenario.description for name, scenario in load_scenarios().items()}


def _complete_plans() -> list[str]:
    from mock_server.core.plans.words import HEADS  # noqa: PLC0415 - the same

    return list(HEADS)


_WAYS_IN: Final = section(
    "Where it is reached",
    _setting("--host", "Listen on this address.", metavar="ADDRESS"),
    _setting("--port", "Listen on this port; 0 picks a free one.", metavar="PORT"),
    _switch("control", "Serve the control API and the dashboard, /_mock/."),
    _setting("--control-port", "Serve /_mock/ on a port of its own; 0 picks a free one.", "--port", metavar="PORT"),
    _setting("--files-port", "Serve files on a port of their own; 0 picks a free one.", "--port", metavar="PORT"),
    _list("--allow-host", "allowed_hosts", "Let /_mock/ be reached by this host name as well", metavar="NAME"),
    _switch("tls", "Answer by HTTPS too, on a port and with a CA of its own."),
    _switch("proxy", "Lead clients of https://api.evolink.ai here; `evolink-mock env` sets them up."),
    _list("--allow-host-out", "allowed_hosts_out", "Let the proxy through to this host", metavar="NAME"),
    _setting("--public-url", "Let links begin with this.", "the address of the request", metavar="ORIGIN"),
    _setting("--ready-file", "Write where it is reached here, as JSON, once it is.", "none", type=FILE, metavar="FILE"),
)
_LUCK: Final = section(
    "Time and luck",
    _setting("--speed", "Simulate so many seconds in each real one: 1 is real time, 0 is frozen.", metavar="RATE"),
    _setting("--seed", "Draw ids, times and names from this: the same seed gives the same.", metavar="TEXT"),
)
_FAULTS: Final = section(
    "What goes wrong",
    _list(
        "--scenario",
        "scenarios",
        "Let this ready scenario happen in every universe (`evolink-mock scenarios`)",
        metavar="NAME",
        shell_complete=complete(_complete_scenarios),
    ),
    _list(
        "--plan",
        "plans",
        'Plan what goes wrong, such as "answer 503 on=create nth=2"',
        metavar="WORDS",
        shell_complete=complete(_complete_plans),
    ),
)
_LIMITS: Final = section(
    "Accounts and limits",
    _setting("--credits", "Open each new account with so many credits.", metavar="CREDITS"),
    _setting("--requests-per-minute", "Limit each account to so many requests a minute.", "no limit", metavar="N"),
    _setting("--slots", "Let so many tasks of a universe run at once; others wait.", "no limit", metavar="N"),
    _setting("--slots-per-account", "Let so many tasks of each account run at once.", "no limit", metavar="N"),
    _list("--slots-per-group", "slots_per_group", "Let so many tasks of a user group run at once", metavar="GROUP=N"),
    _setting("--body-limit", "Read so many bytes of a request's body.", "1048576, 1 MiB", metavar="BYTES"),
)
_MODELS: Final = section(
    "Models and videos",
    PAGES,
    _setting(
        "--media",
        "Take a reference that cannot be reached for 5 s of video, or refuse it.",
        type=click.Choice(get_args(Media)),
    ),
    _setting("--videos", "Show a video made for each task, or one clip for all.", type=click.Choice(get_args(Videos))),
    _setting("--video-cache-bytes", "Keep so many bytes of rendered videos.", "268435456, 256 MiB", metavar="BYTES"),
)
_FILES: Final = section(
    "Files",
    _setting(
        "--files-directory",
        "Keep what is in files here.",
        "beside --state",
        type=click.Path(file_okay=False),
        metavar="DIR",
    ),
    _setting("--file-limit", "Take files of so many bytes at most.", "104857600, 100 MiB", metavar="BYTES"),
    _list(
        "--files-per-group",
        "files_per_group",
        "Let each account of a user group store so many files; 2000 if not said",
        metavar="GROUP=N",
    ),
    _list(
        "--file-bytes-per-group",
        "file_bytes_per_group",
        "Let them have so many bytes; 10 GiB if not said",
        metavar="GROUP=BYTES",
    ),
)
_CALLBACKS: Final = section(
    "Callbacks",
    _list(
        "--callback-route",
        "callback_routes",
        "Send what is for one origin to another, such as https://hooks.example.com=http://127.0.0.1:3000",
        metavar="ORIGIN=ORIGIN",
    ),
    _setting(
        "--callback-ca", "Trust the CA certificates of this PEM file too.", "the system's", type=FILE, metavar="FILE"
    ),
    _setting("--egress", "Send to routes alone, or to public addresses as well.", type=click.Choice(get_args(Egress))),
)
_KEPT: Final = section(
    "What is kept and shown",
    _setting(
        "--state", "Keep tasks, credits and files over restarts, in this file.", "in memory", type=FILE, metavar="FILE"
    ),
    _setting("--journal-bytes", "Keep so many bytes of exchanges; 0 keeps none.", "67108864, 64 MiB", metavar="BYTES"),
    _switch("journal-secrets", "Show keys and prompts in the journal."),
    _switch("access-log", "Print one line for each request."),
    CONFIG,
)


@click.command(
    cls=Command,
    epilog="""\b
Examples:
  evolink-mock serve --port 0 --ready-file ready.json
  evolink-mock serve --speed 1 --state mock.db
  evolink-mock serve --proxy --scenario lost-response""",
)
@_WAYS_IN
@_LUCK
@_FAULTS
@_LIMITS
@_MODELS
@_FILES
@_CALLBACKS
@_KEPT
def serve(config: str | None, **flags: object) -> None:
    """Serve the API until it is stopped, by Ctrl-C or SIGTERM.

    What an option sets can also be set by a variable, such as EVOLINK_MOCK_PORT, and by a line in the file of --config,
    such as port: 8765. An option wins over a variable, a variable over the file. Exits with 2 for what cannot be.
    """
    from mock_server.http.listening import ServerError  # noqa: PLC0415 - who asks for help needs no server
    from mock_server.serving.server import run_server  # noqa: PLC0415 - the same
    from mock_server.store import StateError  # noqa: PLC0415 - the same

    with refusing(SettingsError, StateError, ServerError):
        run_server(read_settings(config, flags), write=_write)


def read_settings(config: str | None, flags: dict[str, object]) -> Settings:
    """Put the settings together from what a command was given.

    Raises:
        SettingsError: They cannot be.
    """
    given = {name: value or None if isinstance(value, tuple) else value for name, value in flags.items()}
    return load_settings(given, environment=os.environ, config=Path(config) if config else None)


def _write(text: str) -> None:
    """Print; once nobody reads any more, the server goes on without a word."""
    try:
        click.echo(text, nl=False)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
