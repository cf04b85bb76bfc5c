"""Where a server tells programs that it is: in its ready file, and in a folder of the user's for our own commands."""

import getpass
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from mock_server.http.listening import ServerError

NOTICE: Final = "ready"
"""The name of what a server says of itself in its own folder."""

_LOOK_SECONDS: Final = 1.0


class Ready(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a ready file says: where the API, the control API (None if nowhere) and the file service answer.

    `key` is one that it takes, and `pid` its process. `https` is where it answers by HTTPS and `proxy` its proxy, each
    if it has one, with the files by which it is trusted (`authority.Trust`), and the hosts that the proxy lets out
    (`allowed`).
    """

    url: str
    control: str | None
    files: str
    key: str
    pid: int
    https: str | None = None
    proxy: str | None = None
    ca_file: str | None = None
    bundle_file: str | None = None
    trust_store: str | None = None
    allowed: tuple[str, ...] = ()


class ReadyError(ValueError):
    """What a server says of itself cannot be read. The message names the file and the reason."""


def write_ready_file(path: Path, ready: Ready) -> None:
    """Write where the server and its parts are, in one step, so that nobody reads half a file.

    Raises:
        ServerError: It cannot be written.
    """
    half = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        half.write_bytes(msgspec.json.encode(ready) + b"\n")
        half.replace(path)
    except OSError as error:
        raise ServerError(f"the ready file {path} cannot be written: {error.strerror}") from error


def read_ready_file(path: Path) -> Ready:
    """Read where a server is.

    Raises:
        ReadyError: The file cannot be read, or is no such file.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Ready)
    except OSError as error:
        raise ReadyError(f"the ready file {path} cannot be read: {error.strerror}; does the server run?") from error
    except msgspec.MsgspecError as error:
        raise ReadyError(f"{path} is no ready file of evolink-mock: {error}") from error


def private_folder() -> Path:
    """Return the folder in which the servers of this user are told of; nobody else can open it.

    Raises:
        ServerError: It cannot be made, or somebody else could.
    """
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    path = Path(tempfile.gettempdir(), f"evolink-mock-{user}")
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise ServerError(f"the folder {path} cannot be made: {error.strerror}; TMPDIR sets another place") from error
    if not _is_private(found):
        raise ServerError(f"the folder {path} is not this user's alone; remove it, or set another place with TMPDIR")
    return path


def running_servers() -> list[Ready]:
    """Return what the servers of this user say that run here and have HTTPS.

    Raises:
        ServerError: The folder in which they say so is not to be trusted.
    """
    return [ready for ready in _found(private_folder()) if _answers(ready.url)]


def _found(folder: Path) -> Iterator[Ready]:
    for path in sorted(folder.glob(f"*/{NOTICE}")):
        with suppress(ReadyError):  # it has ended in between
            yield read_ready_file(path)


def _is_private(found: os.stat_result) -> bool:
    """Tell whether a folder is one, is ours, and is open to nobody else; Windows gives each user a place of his own."""
    if not stat.S_ISDIR(found.st_mode):
        return False
    return os.name == "nt" or (found.st_uid == os.getuid() and not found.st_mode & 0o077)


def _answers(url: str) -> bool:
    """Tell whether somebody listens; a server that was killed leaves its word behind."""
    parts = urlsplit(url)
    with suppress(OSError), socket.create_connection((parts.hostname, parts.port), _LOOK_SECONDS):
        return True
    return False
