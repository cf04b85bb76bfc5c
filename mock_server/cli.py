"""The command `evolink-mock`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.settings import SettingsError, load_settings
from mock_server.store import StateError

if TYPE_CHECKING:
    from mock_server.entrance.exports import Shell

EXIT_USAGE = 2
"""The exit code for wrong usage, and for a tool that cannot do its work."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evolink-mock", message="%(version)s")
def main() -> None:
    """Serve the EvoLink video API on this machine: offline, free, and able to fail on cue."""


@main.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.  [default: 8765]")
@click.option("--speed", type=float, help="Seconds simulated for each real second; 1 is real, 0 frozen.  [default: 20]")
@click.option("--state", metavar="FILE", help="Keep tasks and balances in this file.  [default: in memory]")
@click.option("--credits", type=float, help="Credits that each new account opens with.  [default: 1000]")
@click.option("--seed", help="The same seed gives the same ids, times and names.  [default: 1]")
@click.option("--requests-per-minute", type=int, help="Limit each account to so many requests.  [default: no limit]")
@click.option("--slots", type=int, help="Let so many tasks of a universe run at once.  [default: no limit]")
@click.option("--slots-per-account", type=int, help="Let so many tasks of each account run at once.")
@click.option(
    "--slots-per-group",
    multiple=True,
    metavar="GROUP=N",
    help="Let so many tasks of a group, such as vip, run at once.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="Let a ready scenario happen in every universe; `evolink-mock scenarios` lists them.",
)
@click.option(
    "--page",
    "pages",
    multiple=True,
    metavar="FILE",
    help="Serve the model of a page, or all pages of a folder: OpenAPI, or Markdown with it (docs/models.md).",
)
@click.option("--plan", "plans", multiple=True, metavar="WORDS", help='Plan what goes wrong: "answer 503 on=create".')
@click.option("--control/--no-control", default=None, help="Serve the control API, /_mock/.  [default: on]")
@click.option("--control-port", type=int, help="Serve it on a port of its own; 0 picks a free one.")
@click.option("--files-port", type=int, help="Serve the file service on a port of its own; 0 picks a free one.")
@click.option("--files-directory", metavar="DIR", help="Keep what is in files here.  [default: beside --state]")
@click.option(
    "--files-per-group", multiple=True, metavar="GROUP=N", help="Let each account of a group store so many files."
)
@click.option("--file-bytes-per-group", multiple=True, metavar="GROUP=N", help="And so many bytes of them in all.")
@click.option("--file-limit", type=int, help="Take files of so many bytes at most.  [default: 100 MiB]")
@click.option("--media", help="lenient: what cannot be reached is a video of 5 seconds; strict: it is refused.")
@click.option("--videos", help="rendered: a video for each task; packaged: one clip for all.  [default: rendered]")
@click.option("--video-cache-bytes", type=int, help="Keep so many bytes of rendered videos.  [default: 256 MiB]")
@click.option("--public-url", metavar="ORIGIN", help="Where links lead to.  [default: where the client reached us]")
@click.option("--tls/--no-tls", default=None, help="Answer by HTTPS too, on a port of its own, by a CA of its own.")
@click.option(
    "--proxy/--no-proxy", default=None, help="Lead clients of https://api.evolink.ai here: `evolink-mock env` says how."
)
@click.option(
    "--allow-host-out", "allowed_hosts_out", multiple=True, metavar="NAME", help="Let the proxy out to another host."
)
@click.option("--allow-host", "allowed_hosts", multiple=True, metavar="NAME", help="Another Host for the control API.")
@click.option(
    "--callback-route",
    "callback_routes",
    multiple=True,
    metavar="ORIGIN=ORIGIN",
    help="Send callbacks for one origin to another: https://hooks.example.com=http://127.0.0.1:3000",
)
@click.option("--callback-ca", metavar="FILE", help="Trust these CA certificates, besides the system's, for callbacks.")
@click.option("--egress", help="What may be connected to: routes, or public addresses as well.  [default: routes]")
@click.option("--ready-file", metavar="FILE", help="Write url, control, key and pid here once the server answers.")
@click.option("--journal-bytes", type=int, help="Keep so many bytes of what happened; 0 keeps none.  [default: 64 MiB]")
@click.option("--journal-secrets/--no-journal-secrets", default=None, help="Show keys and prompts in the journal.")
@click.option("--access-log/--no-access-log", default=None, help="One line for each request.  [default: on]")
@click.option("--config", metavar="FILE", envvar="EVOLINK_MOCK_CONFIG", help="Settings as YAML, by the names above.")
def serve(config: str | None, **flags: object) -> None:
    """Serve the API until stopped.

    Each option can be set as EVOLINK_MOCK_<NAME> in the environment, or in a file given with --config; a flag wins over
    the environment, the environment over the file.
    """
    from mock_server.serving.listening import ServerError  # noqa: PLC0415 - --help and errors need no server
    from mock_server.serving.server import run_server  # noqa: PLC0415 - the same

    try:
        settings = load_settings(
            {name: value or None if isinstance(value, tuple) else value for name, value in flags.items()},
            environment=os.environ,
            config=Path(config) if config else None,
        )
        run_server(settings, write=_write)
    except (SettingsError, StateError, ServerError) as error:
        click.echo(f"evolink-mock: {error}", err=True)
        sys.exit(EXIT_USAGE)


@main.command()
@click.option("--page", "pages", multiple=True, metavar="FILE", help="What `serve` is given: a page, or a folder.")
@click.option("--config", metavar="FILE", envvar="EVOLINK_MOCK_CONFIG", help="The settings that `serve` is given.")
def models(pages: tuple[str, ...], config: str | None) -> None:
    """List the models that are served, where what is known of each comes from, and the pages that are not served."""
    from mock_server.models.served import write_models  # noqa: PLC0415 - the other commands need none of it
    from mock_server.simulator import serve_pages  # noqa: PLC0415 - the same

    try:
        settings = load_settings(
            {"pages": pages or None}, environment=os.environ, config=Path(config) if config else None
        )
        click.echo(write_models(serve_pages(settings)), nl=False)
    except SettingsError as error:
        click.echo(f"evolink-mock: {error}", err=True)
        sys.exit(EXIT_USAGE)


@main.command()
def scenarios() -> None:
    """List the ready scenarios, one line each."""
    from mock_server.scenarios.bundled import load_scenarios  # noqa: PLC0415 - the other commands need none of them

    found = load_scenarios()
    width = max(map(len, found))
    for name, scenario in found.items():
        click.echo(f"{name:{width}}  {scenario.description}")


@main.command()
@click.option("--ready-file", metavar="FILE", help="The server that wrote this file.  [default: the one running here]")
@click.option("--url", metavar="URL", help="The server that runs here at this address.")
@click.option("--shell", type=click.Choice(["sh", "fish", "powershell"]), default="sh", show_default=True)
def env(ready_file: str | None, url: str | None, shell: "Shell") -> None:
    """Print the variables by which clients are led to a server: eval "$(evolink-mock env)".

    That takes a server with --proxy for clients that have https://api.evolink.ai written in themselves; others are told
    the server's address and a key.
    """
    from mock_server.entrance import exports  # noqa: PLC0415 - the other commands need none of it
    from mock_server.serving.listening import ServerError  # noqa: PLC0415 - the same
    from mock_server.serving.ready import ReadyError  # noqa: PLC0415 - the same

    try:
        ready = exports.find_server(Path(ready_file) if ready_file else None, url)
        click.echo(exports.write_exports(exports.variables_of(ready, os.environ), shell), nl=False)
    except (exports.ExportError, ReadyError, ServerError) as error:
        click.echo(f"evolink-mock: {error}", err=True)
        sys.exit(EXIT_USAGE)


def _write(text: str) -> None:
    """Print; once nobody reads any more, the server goes on without a word."""
    try:
        click.echo(text, nl=False)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
