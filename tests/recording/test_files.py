"""Recordings in files: the simulator's journal and archive, a browser's archive, cassettes, dumps of mitmproxy."""

import base64
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import yaml

from contracts.recording import Event, Reply, Reported, fingerprint, reply_of
from contracts.recording.files import load_recording, read_recording
from contracts.recording.har import read_har
from contracts.recording.intake import RecordingError
from contracts.recording.journal import read_journal
from contracts.recording.replies import NEVER_SENT
from tests.invariants.stories import CAT, ORIGIN, shown, wanted
from tests.recording.entries import HEADERS, entry, message
from tests.serving import CREATE

KEY: Final = fingerprint("sk-very-secret")
START: Final = "2026-11-22T10:00:00.500Z"


def test_a_journal() -> None:
    """Requests with their faults, what is hidden, what was cut, and what never came."""
    cut = message(shown(), {"content-length": "9999"})
    hidden = message(None, hidden="it is compressed", size=9)
    garbage = message(None, hidden="it is not JSON that can be read", size=9)
    entries = [
        entry(1, faults=["slow"]),
        entry(2, answer=cut, wall=1_001.0, at=101.0),
        entry(3, answer=hidden, request=hidden, wall=1_002.0, at=102.0, connection=""),
        entry(4, answer=garbage, request=garbage, wall=1_003.0, at=103.0),
        entry(5, status=None, answer=message(), wall=1_004.0, at=104.0),
    ]
    record = read_recording(json.dumps({"entries": entries, "generation": 7}).encode())
    first, second, third, fourth, fifth = record.asked
    assert (first.faults, first.header("authorization"), first.sent) == (("slow",), f"Bearer {KEY}", wanted())
    assert first.started_at == 1_000.0
    assert first.ended_at == pytest.approx(1_000.002)
    assert (second.error or "").startswith("only ")
    assert (third.omitted, third.request_body, third.connection) == (("request", "response"), b"", None)
    assert (fourth.omitted, fourth.request_body) == ((), b"(it is not JSON that can be read)")
    assert (fifth.status, fifth.error) == (None, "no answer came")
    assert [reply_of(each) for each in record.asked] == [
        Reply.SUCCESS,
        Reply.UNCLEAR,
        Reply.SUCCESS,
        Reply.UNCLEAR,
        Reply.UNCLEAR,
    ]
    assert (record.view.clock, record.view.pace, record.view.simulated) == ("real", 1.0, True)
    assert "receiver" not in record.view.sees


def test_a_journal_with_all_that_is_known() -> None:
    """Callbacks, moves of the clock, money, what the client reported, and what was done from outside."""
    attempts = [
        {"due_at": 1.0, "started_at": 110.0, "ended_at": 120.0, "status": None, "error": "it timed out", "bytes": 0},
        {"due_at": 1.0, "started_at": 121.0, "ended_at": 121.5, "status": 200, "error": None, "faults": ["twice"]},
    ]
    callbacks = {"callbacks": [{"id": 1, "task": CAT, "url": "https://hooks.example.com/a", "attempts": attempts}]}
    moves = [{"at": 100.0, "to": 105.0, "by": "advance 5"}]
    restart = Event(kind="restart", at=130.0, to=131.0)
    record = read_journal(
        {"entries": [entry(7), entry(9, at=140.0, wall=1_000.1)]},
        callbacks=callbacks,
        moves=moves,
        clock="virtual",
        charges={CAT: 5.0},
        reported=[Reported(outcome="completed", task=CAT)],
        events=[restart],
    )
    first, second = record.heard
    assert (first.number, first.error, first.status) == (10, "it timed out", None)
    assert (second.number, second.faults, second.omitted) == (11, ("twice",), ("request",))
    assert [each.number for each in record.tasks[CAT].deliveries] == [10, 11]
    assert record.events == (Event(kind="clock", at=100.0, to=105.0), restart)
    assert (record.cost(CAT), record.view.clock, "receiver" in record.view.sees) == (5.0, "virtual", True)
    assert record.reported[0].task == CAT


def test_a_scaled_journal() -> None:
    """The client lives in real time, and the universe's pace beside it is known."""
    entries = [entry(number, at=100.0 + 20 * number, wall=1_000.0 + number) for number in range(1, 6)]
    record = read_journal({"entries": entries})
    assert record.view.clock == "scaled"
    assert record.view.pace == pytest.approx(20.0)
    assert record.asked[0].started_at == 1_001.0
    assert read_journal({"entries": []}).exchanges == ()


def har(*entries: dict[str, Any], creator: str = "WebInspector") -> bytes:
    """Return an archive."""
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "entries": entries}}).encode()


def har_entry(**facts: Any) -> dict[str, Any]:
    """Return an entry of an archive, as a browser writes it."""
    request = {
        "method": "POST",
        "url": f"{ORIGIN}{CREATE}#top",
        "headers": [{"name": ":authority", "value": "api.evolink.ai"}, *named(HEADERS)],
        "postData": {"mimeType": "application/json", "text": json.dumps(wanted())},
        "bodySize": 9,
    }
    response = {"status": 200, "headers": named({"Content-Type": "application/json"}), "content": content(shown())}
    usual = {"startedDateTime": START, "time": 500, "connection": "443"}
    return {
        **usual,
        **facts,
        "request": {**request, **facts.get("request", {})},
        "response": {**response, **facts.get("response", {})},
    }


def named(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """Return headers as an archive has them."""
    return [{"name": name, "value": value} for name, value in headers.items()]


def content(body: Any, **facts: Any) -> dict[str, Any]:
    """Return the body of an answer as an archive has it."""
    text = json.dumps(body)
    return {"size": len(text), "mimeType": "application/json", "text": text, **facts}


def test_a_browsers_archive() -> None:
    """Texts and base64, what was not kept, what was cut, and requests that got no answer."""
    packed = {"size": 3, "text": base64.b64encode(b"cat").decode(), "encoding": "base64"}
    long = named({"Content-Length": "99"})
    bodiless: dict[str, Any] = {"postData": None, "bodySize": 0}
    record = read_recording(
        har(
            har_entry(),
            har_entry(response={"content": packed}),
            har_entry(
                response={"content": {"size": 9}}, request={"postData": {"params": named({"a": "b"}), "text": ""}}
            ),
            har_entry(response={"content": {"size": 3, "text": "cat"}, "headers": long}, request={"postData": None}),
            har_entry(response={"status": 0, "content": {}, "_error": "net::ERR_CONNECTION_REFUSED"}, request=bodiless),
            har_entry(response={"status": 0, "content": {}, "_error": "net::ERR_TIMED_OUT"}, request=bodiless),
            har_entry(response={"status": 0, "content": {"size": -1}}, request=bodiless, time=-1),
        )
    )
    first, second, third, fourth, fifth, sixth, seventh = record.asked
    assert (first.url, first.sent, first.answered) == (ORIGIN + CREATE, wanted(), shown())
    assert first.request_headers == (("authorization", f"Bearer {KEY}"), ("content-type", "application/json"))
    assert first.ended_at - first.started_at == pytest.approx(0.5)
    assert first.started_at == 1_795_341_600.5
    assert second.response_body == b"cat"
    assert third.omitted == ("request", "response")
    assert (fourth.error, fourth.omitted) == ("only 3 of 99 bytes came", ("request",))
    assert (fifth.error, fifth.status, fifth.omitted) == (NEVER_SENT, None, ())
    assert sixth.error == "net::ERR_TIMED_OUT"
    assert (seventh.error, seventh.started_at) == ("no answer came", seventh.ended_at)
    assert (record.events, record.view.simulated, record.view.sees) == ((), False, frozenset())


def test_an_archive_without_times() -> None:
    """The order is known, and of no wait is anything said."""
    record = read_recording(
        har(*(har_entry(startedDateTime=None) for _ in range(2)), har_entry(startedDateTime="2026-11-22T10:00:00"))
    )
    first, second, third = record.asked
    assert record.disturbed(first.ended_at, second.started_at)
    assert first.ended_at < second.started_at < third.started_at
    assert not record.disturbed(second.ended_at + 1, third.started_at)


def test_our_archive() -> None:
    """It has what the format has no place for: numbers, the universe's time, plans, and what is hidden."""
    hidden = {"size": 9, "text": "", "comment": "it is compressed"}
    garbage = {"size": 9, "text": "", "comment": "it is not JSON that can be read"}
    facts = {"number": 7, "at": 100.0, "faults": ["slow"], "universe": "x"}
    post = {"mimeType": "", "text": "", "comment": "it is a file, or has one in it"}
    record = read_recording(
        har(
            har_entry(_evolink=facts),
            har_entry(_evolink={**facts, "number": 8}, response={"content": hidden}, request={"postData": post}),
            har_entry(_evolink={**facts, "number": 9}, response={"content": garbage}),
            creator="evolink-mock",
        )
    )
    first, second, third = record.asked
    assert (first.number, first.faults, first.error) == (7, ("slow",), None)
    assert (second.number, second.omitted) == (8, ("request", "response"))
    assert third.response_body == b"(it is not JSON that can be read)"
    assert (record.view.simulated, record.view.clock) == (True, "real")
    assert "keys" in record.view.sees


def cassette(*, packed: bool = False) -> dict[str, Any]:
    """Return a cassette: a create and a poll."""
    answer: Any = gzip.compress(json.dumps(shown()).encode()) if packed else json.dumps(shown())
    coding = {"content-encoding": ["gzip" if packed else "br"]}
    asked = {"Authorization": ["Bearer sk-very-secret"]}
    return {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "POST", "uri": ORIGIN + CREATE, "body": json.dumps(wanted()), "headers": asked},
                "response": {"status": {"code": 200}, "headers": coding, "body": {"string": answer}},
            },
            {
                "request": {"method": "GET", "uri": f"{ORIGIN}/v1/tasks/{CAT}", "body": None, "headers": {}},
                "response": {"status": {"code": 200}, "headers": coding, "body": {"string": b"\x00cat"}},
            },
        ],
    }


@pytest.mark.parametrize("packed", [True, False])
def test_a_cassette(*, packed: bool) -> None:
    """The order of requests is known, and of no wait is anything said."""
    record = read_recording(yaml.safe_dump(cassette(packed=packed)).encode())
    first, second = record.asked
    assert (first.sent, first.answered, first.header("authorization")) == (wanted(), shown(), f"Bearer {KEY}")
    assert (second.omitted, second.request_body) == (("response",), b"")
    assert record.disturbed(first.ended_at, second.started_at)


def test_a_cassette_as_json() -> None:
    """A cassette may be JSON as well, and its bodies bare."""
    document = cassette()
    document["interactions"] = document["interactions"][:1]
    document["interactions"][0]["response"]["body"] = json.dumps(shown())
    assert read_recording(json.dumps(document).encode()).asked[0].answered == shown()


def tagged(value: Any) -> bytes:
    """Write a value as a tagged netstring."""
    if isinstance(value, dict):
        body, kind = b"".join(tagged(name) + tagged(part) for name, part in value.items()), b"}"
    elif isinstance(value, list):
        body, kind = b"".join(map(tagged, value)), b"]"
    elif isinstance(value, bytes):
        body, kind = value, b","
    elif value is None:
        body, kind = b"", b"~"
    elif isinstance(value, str):
        body, kind = value.encode(), b";"
    else:
        body, kind = str(value).encode(), b"^" if isinstance(value, float) else b"#"
    return b"%d:%s%s" % (len(body), body, kind)


def flow(**facts: Any) -> dict[str, Any]:
    """Return a flow of mitmproxy: a create."""
    request = {
        "method": b"POST",
        "scheme": b"https",
        "host": "203.0.113.7",
        "port": 443,
        "path": CREATE.encode(),
        "headers": [[name.encode(), value.encode()] for name, value in {**HEADERS, "Host": "api.evolink.ai"}.items()],
        "content": json.dumps(wanted()).encode(),
        "timestamp_start": 1_000.0,
    }
    response = {
        "status_code": 200,
        "headers": [[b"Content-Type", b"application/json"]],
        "content": json.dumps(shown()).encode(),
        "timestamp_start": 1_000.5,
        "timestamp_end": 1_001.0,
    }
    given = {"response": response, **facts, "request": {**request, **facts.get("request", {})}}
    return {"type": "http", "version": 21, "client_conn": {"id": "one"}, **given}


def test_a_dump_of_mitmproxy() -> None:
    """Flows in the order in which they began: with answers, without, by address, and what is no HTTP."""
    lost = {"msg": "peer closed", "timestamp": 1_009.0}
    plain = {"scheme": b"http", "port": 8080, "headers": [], "content": None, "timestamp_start": 990.0}
    packed = {"headers": [[b"content-encoding", b"br"]], "content": b"\x00", "timestamp_start": 1_003.0}
    dump = (
        *(flow(), flow(response=None, error=lost), flow(response=None, request={"timestamp_start": 1_002.0})),
        *(flow(request=plain, response={"status_code": 200, **packed}), {"type": "tcp"}, [1]),
        {name.encode(): part for name, part in flow(request={"timestamp_start": 1_005.0}).items()},
    )
    record = read_recording(b"".join(map(tagged, dump)))
    by_address, first, second, third, last = record.asked
    assert (first.url, first.sent, first.answered) == (ORIGIN + CREATE, wanted(), shown())
    assert (first.started_at, first.ended_at, first.connection) == (1_000.0, 1_001.0, "one")
    assert first.header("authorization") == f"Bearer {KEY}"
    assert (second.error, second.status, second.ended_at) == ("peer closed", None, 1_009.0)
    assert (third.error, third.ended_at) == ("no answer came", 1_002.0)
    assert by_address.url == f"http://203.0.113.7:8080{CREATE}"
    assert (by_address.omitted, by_address.ended_at) == (("request", "response"), 1_003.0)
    assert last.started_at == 1_005.0
    assert record.until is None


def test_a_dump_that_goes_on() -> None:
    """When the last connection was closed, the recording still went on."""
    ends = [{"id": name, "timestamp_end": end} for name, end in (("one", 2_000.0), ("two", None), ("three", 1_500.0))]
    dump = b"".join(tagged(flow(client_conn=connection)) for connection in ends)
    assert read_recording(dump).ended_at == 2_000.0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "it is empty"),
        (b"{", "it is no JSON that can be read"),
        (b'{"log": "\xe9"}', "it is no JSON that can be read"),
        (b"a: [", "it is neither JSON nor YAML that can be read"),
        (b"\xc3\x28", "it is neither JSON nor YAML that can be read"),
        (b"[" * 5_000, "it is no JSON that can be read"),
        (b"a: " + b"[" * 5_000, "it is neither JSON nor YAML that can be read"),
        (b"hello", "it is nothing that can be judged"),
        (b"[1]", "it is nothing that can be judged"),
        (b'{"cats": 7}', "a recording is an HTTP Archive (HAR), a journal of the simulator"),
        (b'{"log": {}}', "it is no HTTP Archive that can be read: Object missing required field `entries`"),
        (b'{"entries": [{}]}', "it is no journal of the simulator: Object missing required field"),
        (b'{"interactions": [7]}', "it is no cassette of vcrpy: Expected `object`, got `int`"),
        (b"4:cat,", "it is no dump of mitmproxy that can be read: the value at byte 0 is cut short"),
        (tagged({"type": "http"}), "it is a dump of a version of mitmproxy that is not known here"),
        (har(har_entry(startedDateTime="noon")), "log.entries[0].startedDateTime must be a date and time, not 'noon'"),
        (
            har(har_entry(response={"content": {"text": "abc", "encoding": "base64"}})),
            "log.entries[0]: a body is no base64",
        ),
        (
            har(har_entry(request={"postData": {"text": "abc", "encoding": "base64"}})),
            "log.entries[0]: a body is no base64",
        ),
    ],
)
def test_what_is_no_recording(data: bytes, told: str) -> None:
    """One sentence says what is wrong."""
    with pytest.raises(RecordingError) as caught:
        read_recording(data)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files(tmp_path: Path) -> None:
    """A file's name stands before what is wrong with it; a file without exchanges is nothing to judge."""
    file = tmp_path / "recorded"
    with pytest.raises(RecordingError, match="cannot be read: No such file"):
        load_recording(file)
    file.write_bytes(b"hello")
    with pytest.raises(RecordingError, match="recorded: it is nothing that can be judged"):
        load_recording(file)
    file.write_bytes(har())
    with pytest.raises(RecordingError, match="there is no exchange in it"):
        load_recording(file)
    file.write_bytes(b"\xef\xbb\xbf\n" + har(har_entry()))
    assert len(load_recording(file).exchanges) == 1


def test_documents_as_they_are() -> None:
    """What is decoded already can be read too."""
    assert len(read_har(msgspec.json.decode(har(har_entry()))).exchanges) == 1
