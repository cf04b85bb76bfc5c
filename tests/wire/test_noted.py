"""What is noted of faulty answers: in the journal, in the log, and among what is counted."""

import re

import pytest

from mock_server.api.middleware import ExchangeMiddleware
from mock_server.http.connection import Connection
from mock_server.journal.exchange import Exchange
from mock_server.serving.access_log import line
from tests.wire.conftest import Universe
from tests.wire.noting import ENDED, GOING_ON, whole_lines
from tests.wire.raw import Seen


@pytest.mark.uncounted
@pytest.mark.parametrize("words", [*ENDED, *GOING_ON])
def test_what_was_sent_is_what_is_noted(universe: Universe, words: str) -> None:
    """Status, headers and body are those that came, no more; and who struck is named."""
    universe.plan(f"{words} on=query name=it")
    seen = universe.ask("query", to_end=words in ENDED)
    (exchange,) = [each for each in universe.journalled() if each.faults]
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
def test_an_answer_without_a_status_has_none(universe: Universe, words: str) -> None:
    """The journal shows null, the log a dash, and it is counted as no status."""
    counted = count(universe, 'evolink_mock_requests_total{operation="getTaskDetail",status="0"}')
    universe.plan(f"{words} on=query name={universe.name}")
    universe.ask("query")
    *_, entry = universe.exchanges()
    assert (entry["status"], entry["answer"]["headers"], entry["faults"]) == (None, [], [universe.name])
    exchange = universe.journalled()[-1]
    assert re.search(rf" - [0-9.]+ ms .*struck by {universe.name}\n", line(exchange))
    assert count(universe, 'evolink_mock_requests_total{operation="getTaskDetail",status="0"}') == counted + 1
    assert count(universe, f'evolink_mock_faults_total{{kind="{universe.name}"}}') == 1


def test_several_that_strike_are_all_named(universe: Universe) -> None:
    """In the journal, in the log, and each is counted."""
    universe.plan("answer 503 name=one", "disconnect in-body name=two", "delay 0 name=three")
    universe.ask("credits")
    assert universe.exchanges()[-1]["faults"] == ["one", "two", "three"]
    assert line(universe.journalled()[-1]).endswith("  struck by one, two, three\n")


@pytest.mark.parametrize(
    ("words", "status"),
    [("in-head offset=40", 200), ("in-head offset=9", None), ("in-body", 200), ("before-body", 200)],
)
def test_a_client_that_leaves_amid_the_answer(universe: Universe, words: str, status: int | None) -> None:
    """What had been sent by then is noted, and nothing more."""
    first, _, offset = words.partition(" offset=")
    pieces = {"40": 8, "9": 40}.get(offset, 2)
    universe.plan(f"delay 86400 {first} pieces={pieces} on=query")
    with universe.live.connect() as client:
        universe.send(client, "query")
        client.read_some()
        client.leave()
    *_, entry = universe.exchanges()
    exchange = universe.journalled()[-1]
    assert (entry["status"], exchange.status) == (status, status or 0)
    seen = Seen(bytes(client.raw), "FIN")
    assert exchange.answer_body == seen.body
    if first == "in-head":
        assert list(exchange.answer_headers) == whole_lines(seen)[1]


def test_a_client_that_leaves_before_the_answer(universe: Universe) -> None:
    """Nothing is noted as sent, and the request is over at once, however long the answer would be late."""
    universe.plan(
        "delay 86400 before-head on=query", "delay 86400 before-head on=credits", "disconnect in-body on=credits"
    )
    for operation in ("query", "credits"):
        with universe.live.connect() as client:
            universe.send(client, operation)
            assert universe.tasks() == 1
            client.leave()
        *_, entry = universe.exchanges()
        assert (entry["status"], entry["answer"]["size"], entry["answer"]["headers"]) == (None, 0, [])


@pytest.mark.parametrize(
    "words", ["body too-long", "disconnect in-body reset", "delay 0.001 in-head", "framing trailer"]
)
def test_it_is_noted_before_the_last_byte_goes(universe: Universe, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Whoever has read the answer finds it in the journal."""
    happened = []
    write, end = Connection.write, ExchangeMiddleware.end

    async def noted_write(self: Connection, data: bytes) -> None:
        happened.append("write")
        await write(self, data)

    def noted_end(self: ExchangeMiddleware, exchange: Exchange) -> None:
        happened.append("end" if not exchange.ended else "over")
        end(self, exchange)

    universe.plan(f"{words} on=query")
    monkeypatch.setattr(Connection, "write", noted_write)
    monkeypatch.setattr(ExchangeMiddleware, "end", noted_end)
    universe.ask("query")
    assert [event for event in happened if event != "over"][-2:] == ["end", "write"]
    assert happened.count("end") == 1


def count(universe: Universe, metric: str) -> float:
    """Return the value of a metric; 0 if there is none yet."""
    text = universe.live.client.get("/_mock/metrics").text
    found = [row.rpartition(" ")[2] for row in text.splitlines() if row.startswith(metric)]
    return float(found[0]) if found else 0
