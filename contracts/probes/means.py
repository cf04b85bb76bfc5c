"""What a session is given to work with, and what it raises when it cannot go on."""

import httpx2
import msgspec

from contracts.probes.hooks import Hooks
from mock_server.client import Control
from openapi.operations import Operations, load_operations


class ProbeError(Exception):
    """A probe cannot go on. The message says why."""


class Unanswered(ProbeError):
    """There was no answer, or not a whole one."""


class Access(msgspec.Struct, frozen=True):
    """How a server is reached: by a client, and as long as it is a simulator's, by its control API."""

    client: httpx2.Client
    control: Control | None = None


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to work with besides the server.

    Args:
        keys: The keys of the accounts that may be used, one or two.
        hooks: Where callbacks are listened for.
        videos: Reference videos that the server can reach; that of the published example if there are none.
        files: Where the file service is; None if that is not to be asked.
        alone: Whether nobody else uses the accounts.
        contract: The operations of the pages that the server is held against.
    """

    keys: tuple[str, ...]
    hooks: tuple[Hooks, ...] = ()
    videos: tuple[str, ...] = ()
    files: str | None = None
    alone: bool = True
    contract: Operations = msgspec.field(default_factory=load_operations)
