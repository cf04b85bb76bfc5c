"""Exchanges and journals as tests of the journal make them and look at them."""

from collections.abc import Mapping
from typing import Any, Final

import httpx2
import msgspec

from mock_server.core.types import SECOND
from mock_server.journal.contract import load_contract
from mock_server.journal.entries import Entry, make_entry
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journals
from tests.serving import CREATE, START

CREATION: Final = "createWan26ReferenceVideoFlashGeneration"
"""The operation that creates a task."""

JOURNAL: Final = "/_mock/journal"
"""Where the journal is."""


def noted(request: object = None, answer: object = None, *, headers: Mapping[str, str] = {}, **facts: Any) -> Exchange:
    """Return a finished exchange, a creation if nothing else is said; its bodies become JSON unless they are bytes."""
    body, said = _written(request), _written(answer)
    given = {"host": "localhost", "content-length": str(len(body)), **headers}
    return Exchange(
        **{
            "method": "POST",
            "path": CREATE,
            "started": START,
            "ended": START + SECOND,
            "at": START,
            "status": 200,
            "number": 1,
            "operation": CREATION,
            "universe": "default",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "body": body,
            "body_size": len(body),
            "answer_headers": [],
            "answer_body": said,
            "answer_size": len(said),
            **facts,
        }
    )


def weight(exchange: Exchange) -> int:
    """Return how many bytes an exchange takes of a journal's bound."""
    journal = Journals(10**9).open()
    journal.begin(exchange)
    journal.record(exchange)
    return journal.size


def entry(exchange: Exchange, *, secrets: bool = False) -> Entry:
    """Return an exchange as the journal shows it."""
    return make_entry(exchange, load_contract(), secrets=secrets)


async def entries(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return what the journal shows."""
    answer = await client.get(JOURNAL, params=query)
    assert answer.status_code == 200, answer.text
    shown: list[dict[str, Any]] = answer.json()["entries"]
    return shown


def _written(body: object) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else msgspec.json.encode(body)
