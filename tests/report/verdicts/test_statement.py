"""What a report says, whatever its form: the facts in order, keys never, prompts only if somebody asks."""

import json
from typing import Any

import msgspec
import pytest

from contracts.report.verdicts import WRITERS, Report
from contracts.report.verdicts.statement import FORM, VERSION, Statement, state
from contracts.verdict import Grade
from tests.report.verdicts.reports import (
    KEY,
    PROMPT,
    TASK,
    broken_rule,
    callback,
    creation,
    evil_report,
    exchange,
    finding,
    full_report,
    report,
    rule,
)


def cited(*exchanges: Any, callbacks: Any = (), **facts: Any) -> Statement:
    """Return what is said of a finding that these exchanges show."""
    numbers = [each.number for each in (*exchanges, *callbacks)]
    return state(report(rule("L4", finding(*numbers)), exchanges=exchanges, callbacks=callbacks, **facts))


def test_json_is_the_statement() -> None:
    """It can be read back into what the other writers read, and says which form in which version it is."""
    written = WRITERS["json"](full_report())
    assert msgspec.json.decode(written, type=Statement) == state(full_report())
    assert {name: json.loads(written)[name] for name in ("form", "version")} == {"form": FORM, "version": VERSION}


def test_rules_come_with_their_clauses_in_words() -> None:
    """A clause is said as the contract says it; of one that is not there, only the id."""
    stated = next(outcome for outcome in state(full_report()).outcomes if outcome.rule == "L4")
    known, unknown = stated.clauses
    assert (known.id, known.source) == ("AUTH-BEARER", "wan2.6-reference-video-flash")
    assert "Authorization: Bearer" in known.says
    assert (unknown.id, unknown.says, unknown.source) == ("NO-SUCH-CLAUSE", "", "")


def test_grades_are_counted_and_ordered() -> None:
    """Each grade has its number, and outcomes come in the order in which grades are asked for."""
    statement = state(full_report())
    counts = {"pass": 1, "fail": 1, "warn": 1, "allowed": 1, "untested": 2, "not-applicable": 0, "error": 1}
    assert statement.counts == counts
    assert [outcome.rule for outcome in statement.of(Grade.ERROR, Grade.UNTESTED)] == ["L5", "K7", "K8"]


def test_only_what_findings_show_is_told() -> None:
    """Exchanges come in the order of their numbers, and callbacks are told from requests."""
    statement = state(full_report())
    assert [(each.number, each.callback) for each in statement.exchanges] == [(1, False), (2, False), (3, True)]


def test_an_exchange_is_told_with_its_operation() -> None:
    """By its id and its documented path; what leads to no operation has its own path."""
    known, unknown = cited(exchange(1), exchange(2, url="https://api.evolink.ai/v2/it?a=b")).exchanges
    assert (known.operation, known.path) == ("getTaskDetail", "/v1/tasks/{task_id}")
    assert (unknown.operation, unknown.path) == (None, "/v2/it")
    assert (known.at, known.milliseconds) == (1.0, 250.0)


@pytest.mark.parametrize("form", WRITERS)
def test_no_form_shows_a_secret(form: str) -> None:
    """Neither a key nor a prompt, though findings repeat them."""
    echo = finding(1, subject=KEY, expected=f"no word of {PROMPT}", seen=f"Bearer {KEY}: {PROMPT[:20]}")
    made = creation(1, response_body=f'{{"error": "{PROMPT}"}}'.encode())
    written = WRITERS[form](report(rule("P1", echo), exchanges=(made,), target=f"https://{KEY}@x"))
    assert not [secret for secret in (KEY, PROMPT, PROMPT[:20], "walrus that nobody") if secret in written]
    assert "(redacted" in written


@pytest.mark.parametrize("form", WRITERS)
def test_prompts_are_shown_if_somebody_asks(form: str) -> None:
    """Keys are not, even then."""
    hidden = report(rule("L4", finding(1, seen=PROMPT)), exchanges=(creation(1),), shows_prompts=True)
    written = WRITERS[form](hidden)
    assert PROMPT in written
    assert KEY not in written


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_is_utf8(form: str) -> None:
    """Whatever was recorded, it can be written to a file."""
    assert WRITERS[form](evil_report()).encode()


def test_stand_ins_for_keys_are_shown() -> None:
    """They tell accounts apart, in headers and in what is said."""
    statement = state(report(rule("M1", finding(1, subject="key-1a2b3c4d")), exchanges=(exchange(1),)))
    assert statement.outcomes[0].findings[0].subject == "key-1a2b3c4d"
    assert ("authorization", "Bearer key-1a2b3c4d") in statement.exchanges[0].request.headers


@pytest.mark.parametrize(
    ("facts", "hidden"),
    [
        ({"request_body": b"\xff\xfe"}, "it is not JSON that can be read"),
        (
            {"request_body": b"--x", "request_headers": (("content-type", "multipart/form-data; boundary=x"),)},
            "it is a file, or has one in it",
        ),
    ],
)
def test_a_request_that_cannot_be_read_is_hidden(facts: dict[str, Any], hidden: str) -> None:
    """Nobody knows what in it is secret; its size and the reason are told."""
    (shown,) = cited(creation(1, **facts)).exchanges
    assert (shown.request.body, shown.request.hidden) == (None, hidden)
    assert shown.request.size == len(facts["request_body"])


def test_an_unreadable_request_is_looked_for_elsewhere() -> None:
    """What an answer repeats of it is hidden there."""
    (shown,) = cited(
        creation(1, request_body=b"my deepest secret {", response_body=b"no: my deepest secret {")
    ).exchanges
    assert shown.answer.body == "no: (redacted)"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<html>Bad gateway</html>", "<html>Bad gateway</html>"),
        (b"see https://u:passwordpassword@example.com/", "see https://(redacted)@example.com/"),
        (b"\xff\xd8\xff", None),
        (b"", None),
    ],
)
def test_an_answer_that_is_no_json_is_shown_if_it_is_text(body: bytes, shown: str | None) -> None:
    """A gateway's page says what went wrong; a picture does not."""
    (told,) = cited(exchange(1, response_body=body)).exchanges
    assert told.answer.body == shown
    assert told.answer.hidden == ("it is not text" if body[:1] == b"\xff" else None)


def test_long_bodies_are_cut() -> None:
    """With their length."""
    (shown,) = cited(exchange(1, response_body=b'{"a": "%s"}' % (b"ab " * 10_000))).exchanges
    assert (shown.answer.body or "").endswith("… (30009 characters in all)")
    assert len(shown.answer.body or "") < 20_100


def test_callbacks_are_read_as_what_the_server_says() -> None:
    """Ids in their bodies are shown, though no page describes such a request."""
    (shown,) = cited(callbacks=(callback(1),)).exchanges
    assert TASK in (shown.request.body or "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.evolink.ai/v1/tasks?limit=5", "https://api.evolink.ai/v1/tasks?limit=5"),
        ("https://api.evolink.ai/v1/a%20b", "https://api.evolink.ai/v1/a%20b"),
        ("https://u:p@api.evolink.ai/v1?token=abc", "https://(redacted)@api.evolink.ai/v1?token=(redacted)"),
        (f"https://api.evolink.ai/{'a' * 80}/b", "https://api.evolink.ai/(redacted)/b"),
    ],
)
def test_urls_are_shown_without_secrets(url: str, shown: str) -> None:
    """Passwords, secret parameters and what is longer than any name are left out."""
    assert cited(exchange(1, url=url)).exchanges[0].url == shown


def test_the_rules_pages_are_named_if_they_are_known() -> None:
    """By the rule's id below the address."""
    assert {outcome.docs for outcome in state(report(rule("L4", None))).outcomes} == {None}
    (stated,) = state(report(rule("L4", None), docs="https://example.com/rules/")).outcomes
    assert stated.docs == "https://example.com/rules/L4.md"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (report(rule("L4", None)), 0),
        (report(rule("L4", None), stale=("It is.",)), 1),
        (report(rule("L4", finding())), 1),
        (report(broken_rule("L4"), stale=("It is.",)), 2),
    ],
)
def test_a_baseline_that_is_out_of_date_fails(given: Report, code: int) -> None:
    """As a finding does; not being able to judge weighs more."""
    assert given.exit_code == state(given).exit_code == code
