"""What the judge learns of callbacks where they reach an app or a receiver: what was sent, and what was answered."""

import json

import pytest
from starlette.types import Receive, Scope, Send

from contracts import Evolink
from contracts.drive.actions import Close, Raw, Reply
from contracts.drive.receiver import Receiver
from contracts.recording import NO_JSON
from contracts.recording.exchange import Exchange
from tests.delivery.conftest import HOOK, Calls, Seen, never

OTHER = "https://plain.example.com/"


def heard(evolink: Evolink) -> tuple[Exchange, ...]:
    """Return the callbacks of the record that the judge looks at."""
    return evolink.client_record().heard


def test_an_app(evolink: Evolink, calls: Calls, interface: str) -> None:
    """Both sides of each attempt are known, and their order among the client's requests."""
    evolink.deliver_to(Seen(503).app(interface))
    attempts = calls.run()
    record = evolink.client_record()
    first, second = record.heard
    assert (first.status, second.status) == (503, 200)
    assert first.url == HOOK
    assert (first.header("host"), first.header("content-type")) == ("hooks.example.com", "application/json")
    assert first.header("content-length") == str(len(first.request_body))
    assert json.loads(first.request_body)["status"] == "completed"
    assert (first.response_body, first.omitted) == (b"thanks", ())
    assert (first.response_header("content-type") is None) is (interface == "asgi")
    assert first.started_at == pytest.approx(attempts[0].started_at, abs=0.001)
    assert first.started_at < first.ended_at < second.started_at
    assert record.asked[0].ended_at < first.started_at
    assert [sight.way for sight in next(iter(record.tasks.values())).sights] == ["create", "callback", "callback"]


@pytest.mark.parametrize("tls", [True, False])
def test_a_receiver(evolink: Evolink, calls: Calls, *, tls: bool) -> None:
    """So it is with one on a port, whatever it answers; a provisional answer is none."""
    hint, said = (
        b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n",
        b"HTTP/1.1 422 No\r\nX-Why: so\r\ncontent-length: 4\r\n\r\noh n",
    )
    with Receiver(Raw(hint + said + said), Close(), Reply(204), tls=tls) as receiver:
        evolink.lead_to(receiver)
        assert calls.told() == [422, "the connection was closed before the answer was whole", 204]
        first, second, third = heard(evolink)
        assert [each.request_body for each in (first, second)] == [each.body for each in receiver.received[:2]]
    assert (first.response_headers, first.response_body) == ((("x-why", "so"), ("content-length", "4")), b"oh n")
    assert (second.status, second.error) == (None, "the connection was closed before the answer was whole")
    assert (third.status, third.response_body) == (204, b"")


def test_who_is_not_there(evolink: Evolink, calls: Calls) -> None:
    """An attempt that reached nobody is known by its task alone."""
    with Receiver(tls=False, host="plain.example.com") as receiver:
        evolink.lead_to(receiver)
    assert calls.told() == ["offline: no route for https://hooks.example.com"] * 4
    assert [attempt.error for attempt in calls.run(url=OTHER)] == ["the connection was refused"] * 4
    record = evolink.client_record()
    assert {each.omitted for each in record.heard} == {("request",)}
    assert [len(task.deliveries) for task in record.tasks.values()] == [4, 4]


def test_what_plans_make_of_it(evolink: Evolink, calls: Calls) -> None:
    """The body is as it came: in pieces, spoilt, or up to where it was cut off."""
    evolink.deliver_to(Seen().asgi())
    calls.run("delay 1ms in-body pieces=4 on=callback times=1")
    calls.run("body truncated on=callback times=1")
    calls.run("disconnect in-body close on=callback times=1")
    whole, spoilt, cut, again = heard(evolink)
    assert json.loads(whole.request_body)["status"] == "completed"
    assert (spoilt.sent, spoilt.request_body[:1]) == (NO_JSON, b"{")
    assert (cut.error, cut.sent) == ("cut off by a plan", NO_JSON)
    assert 0 < len(cut.request_body) < len(again.request_body)


def test_an_app_that_waits_for_more(evolink: Evolink, calls: Calls) -> None:
    """The attempt is over after its time, and what came of the body is known."""
    evolink.deliver_to(Seen().asgi())
    calls.run("disconnect in-body silence on=callback times=1")
    first, _ = heard(evolink)
    assert first.error == "no whole answer within 10 s"
    assert first.ended_at - first.started_at == pytest.approx(10, abs=0.001)


def test_an_app_without_an_answer(evolink: Evolink, calls: Calls) -> None:
    """What a server says in its place has no headers."""
    evolink.deliver_to(never)
    calls.run()
    assert [(each.status, each.response_headers) for each in heard(evolink)] == [(500, ())] * 4


def test_long_bodies(evolink: Evolink, calls: Calls) -> None:
    """They are left out."""

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"a" * 50_000, "more_body": True})
        await send({"type": "http.response.body", "body": b"a" * 50_000})

    evolink.deliver_to(app)
    calls.run("body padded:70000 on=callback")
    (only,) = heard(evolink)
    assert (only.omitted, only.request_body, only.response_body) == (("request", "response"), b"", b"")


def test_keys_are_no_part_of_it(evolink: Evolink, calls: Calls) -> None:
    """A key that a receiver sends back stands there as its stand-in, by which a rule knows it."""
    with Receiver(Reply(200, f"Bearer {evolink.key}".encode())) as receiver:
        evolink.lead_to(receiver)
        calls.run()
    record = evolink.client_record()
    (account,) = record.accounts
    assert record.heard[0].response_body == f"Bearer {account}".encode()
