"""The variables for a client as lines that a shell takes: `eval "$(evolink-mock env)"`."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from mock_server.entrance.authority import Trust
from mock_server.entrance.client_environment import Lead, client_environment
from mock_server.entrance.ready import Ready, read_ready_file, running_servers

Shell: TypeAlias = Literal["sh", "fish", "powershell"]
"""Whose language is written; `sh` is that of bash, zsh and dash too."""


class ExportError(ValueError):
    """It is not clear which server is meant. The message says what to do."""


def find_server(ready_file: Path | None = None, url: str | None = None) -> Ready:
    """Return where a server is: the one of a ready file, the one at a URL, or the only one that runs here.

    Raises:
        ExportError: There is none, or more than one.
        ReadyError: The ready file cannot be read.
        ServerError: The folder in which servers are told of is not to be trusted.
    """
    if ready_file is not None:
        return read_ready_file(ready_file)
    found = [ready for ready in running_servers() if url is None or ready.url == url.rstrip("/")]
    if len(found) > 1:
        raise ExportError(f"several servers run here; name one with --url: {', '.join(ready.url for ready in found)}")
    if not found:
        where = "here" if url is None else f"at {url}"
        raise ExportError(
            f"no server of yours with --proxy or --tls runs {where}; start evolink-mock serve --proxy, or name what a"
            " server without them writes with --ready-file"
        )
    return found[0]


def variables_of(ready: Ready, inherited: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables for the clients of a server.

    Args:
        ready: Where it is.
        inherited: The variables that they would have otherwise.
    """
    trust = lead = None
    if ready.ca_file and ready.bundle_file and ready.trust_store:
        trust = Trust(Path(ready.ca_file), Path(ready.bundle_file), Path(ready.trust_store))
    if ready.proxy and ready.https:
        lead = Lead(ready.proxy, ready.https, ready.url, ready.allowed)
    return client_environment(ready.url, key=ready.key, trust=trust, lead=lead, inherited=inherited)


def write_exports(variables: Mapping[str, str], shell: Shell) -> str:
    """Write lines that set variables."""
    return "".join(f"{_set(shell, name, value)}\n" for name, value in variables.items())


def _set(shell: Shell, name: str, value: str) -> str:
    if shell == "sh":
        return f"export {name}={shlex.quote(value)}"
    if shell == "fish":
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"set -gx {name} '{escaped}'"
    doubled = value.replace("'", "''")
    return f"$env:{name} = '{doubled}'"
