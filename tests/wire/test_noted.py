"""What is noted of faulty answers: in the journal, in the log, and among what is counted."""

import re
from typing import Final

import pytest

from mock_server.api.middleware import ExchangeMiddleware
from mock_server.core.plans.bodies import BODY_FAULTS
from mock_server.core.plans.wire import FRAMING_FAULTS
from mock_server.journal.exchange import Exchange
from mock_server.serving.access_log import line
from mock_server.serving.connection import Connection
from tests.wire.conftest import World
from tests.wire.raw import Seen

BY_ASGI: Final = ("chunked", "provisional", "huge-header", "double-headers")
ENDED: Final = [
    "disconnect before-response",
    "disconnect before-response phase=before",
    "disconnect in-head",
    "disconnect in-head offset=5",
    "disconnect in-head offset=30",
    "disconnect after-head reset",
    "disconnect in-body half-close",
    "stall in-body",
    "stall before-response",
    "disconnect after-response",
    "delay 0 in-head",
    "answer 103",
    "body too-long",
    "body too-short",
    *(f"framing {fault}" for fault in FRAMING_FAULTS if fault not in BY_ASGI),
]
"""Plans after which a connection does not serve on."""

GOING_ON: Final = [
    "answer 503 retry-after=2",
    "answer 204",
    "answer 403 phase=after",
    "head without=date,x-request-id headers.x-a=1,2",
    "delay 0.001 in-body pieces=3",
    *(f"framing {fault}" for fault in BY_ASGI),
    *(f"body {fault}" for fault in BODY_FAULTS if fault not in {"too-long", "too-short", "padded", "nested"}),
]
"""Plans after which one does."""


def whole_lines(seen: Seen) -> tuple[int, list[tuple[bytes, bytes]]]:
    """Return the status and the headers that came, as far as their lines came whole."""
    first, *lines = seen.head.split(b"\n")[:-1] or [b""]
    found = [line.rstrip(b"\r").split(b": ", 1) for line in lines if line.strip()]
    status = int(first[9:12]) if first.startswith(b"HTTP/1.") else 0
    return status, [(name, value) for name, value in found]


@pytest.mark.parametrize("words", [*ENDED, *GOING_ON])
def test_what_was_sent_is_what_is_noted(world: World, words: str) -> None:
    """Status, headers and body are those that came, no more; and who struck is named."""
    world.plan(f"{words} on=query name=it")
    seen = world.ask("query", to_end=words in ENDED)
    (exchange,) = [each for each in world.journalled() if each.faults]
    status, headers = whole_lines(seen)
    assert exchange.faults == ("it",)
    assert exchange.status == status
    dropped = {(b"transfer-encoding", b"chunked")} if words == "framing chunked" else set[tuple[bytes, bytes]]()
    assert list(exchange.answer_headers) == [pair for pair in headers if pair not in dropped]
    body = seen.raw if words == "framing garbage" else seen.body
    if dropped:
        body = b"".join(re.findall(rb"\r\n(.*)\r\n0\r\n", b"\r\n" + body.partition(b"\r\n")[2]))
    assert (exchange.answer_body, exchange.answer_size) == (body, len(body))


@pytest.mark.parametrize("words", ["disconnect before-response", "framing garbage", "disconnect in-head offset=5"])
def test_an_answer_without_a_status_has_none(world: World, words: str) -> None:
    """The journal shows null, the log a dash, and it is counted as no status."""
    counted = count(world, 'evolink_mock_requests_total{operation="getTaskDetail",status="0"}')
    world.plan(f"{words} on=query name={world.name}")
    world.ask("query")
    *_, entry = world.exchanges()
    assert (entry["status"], entry["answer"]["headers"], entry["faults"]) == (None, [], [world.name])
    exchange = world.journalled()[-1]
    assert re.search(rf" - [0-9.]+ ms .*struck by {world.name}\n", line(exchange))
    assert count(world, 'evolink_mock_requests_total{operation="getTaskDetail",status="0"}') == counted + 1
    assert count(world, f'evolink_mock_faults_total{{kind="{world.name}"}}') == 1


def test_several_that_strike_are_all_named(world: World) -> None:
    """In the journal, in the log, and each is counted."""
    world.plan("answer 503 name=one", "disconnect in-body name=two", "delay 0 name=three")
    world.ask("credits")
    assert world.exchanges()[-1]["faults"] == ["one", "two", "three"]
    assert line(world.journalled()[-1]).endswith("  struck by one, two, three\n")


@pytest.mark.parametrize(
    ("words", "status"),
    [("in-head offset=40", 200), ("in-head offset=9", None), ("in-body", 200), ("before-body", 200)],
)
def test_a_client_that_leaves_amid_the_answer(world: World, words: str, status: int | None) -> None:
    """What had been sent by then is noted, and nothing more."""
    first, _, offset = words.partition(" offset=")
    pieces = {"40": 8, "9": 40}.get(offset, 2)
    world.plan(f"delay 86400 {first} pieces={pieces} on=query")
    with world.live.connect() as client:
        world.send(client, "query")
        client.read_some()
        client.leave()
    *_, entry = world.exchanges()
    exchange = world.journalled()[-1]
    assert (entry["status"], exchange.status) == (status, status or 0)
    seen = Seen(bytes(client.raw), "FIN")
    assert exchange.answer_body == seen.body
    if first == "in-head":
        assert list(exchange.answer_headers) == whole_lines(seen)[1]


def test_a_client_that_leaves_before_the_answer(world: World) -> None:
    """Nothing is noted as sent, and the request is over at once, however long the answer would be late."""
    world.plan(
        "delay 86400 before-head on=query", "delay 86400 before-head on=credits", "disconnect in-body on=credits"
    )
    for operation in ("query", "credits"):
        with world.live.connect() as client:
            world.send(client, operation)
            assert world.tasks() == 1
            client.leave()
        *_, entry = world.exchanges()
        assert (entry["status"], entry["answer"]["size"], entry["answer"]["headers"]) == (None, 0, [])


@pytest.mark.parametrize(
    "words", ["body too-long", "disconnect in-body reset", "delay 0.001 in-head", "framing trailer"]
)
def test_it_is_noted_before_the_last_byte_goes(world: World, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Whoever has read the answer finds it in the journal."""
    happened = []
    write, end = Connection.write, ExchangeMiddleware.end

    async def noted_write(self: Connection, data: bytes) -> None:
        happened.append("write")
        await write(self, data)

    def noted_end(self: ExchangeMiddleware, exchange: Exchange) -> None:
        happened.append("end" if not exchange.ended else "over")
        end(self, exchange)

    world.plan(f"{words} on=query")
    monkeypatch.setattr(Connection, "write", noted_write)
    monkeypatch.setattr(ExchangeMiddleware, "end", noted_end)
    world.ask("query")
    assert [event for event in happened if event != "over"][-2:] == ["end", "write"]
    assert happened.count("end") == 1


def count(world: World, metric: str) -> float:
    """Return the value of a metric; 0 if there is none yet."""
    text = world.live.client.get("/_mock/metrics").text
    found = [row.rpartition(" ")[2] for row in text.splitlines() if row.startswith(metric)]
    return float(found[0]) if found else 0
