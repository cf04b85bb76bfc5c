"""Servers with a fault are caught, and what is wrong is named."""

import pytest

from contracts.verdict import Grade
from tests.mutants.wrapping import Answered, Asked, catch, with_json


def _other_envelope(_: Asked, answered: Answered) -> Answered:
    return with_json(answered, {"detail": "no"}) if answered.status >= 400 else answered


def _always_empty(_: Asked, answered: Answered) -> Answered:
    return with_json(answered, {}, 200)


def _fails_at_query(asked: Asked, answered: Answered) -> Answered:
    told = {"error": {"code": "internal_error", "message": "Failed", "type": "api_error"}}
    return with_json(answered, told, 500) if asked.is_query else answered


def _never_finds(asked: Asked, answered: Answered) -> Answered:
    told = {"error": {"code": "task_not_found", "message": "No task", "type": "invalid_request_error"}}
    return with_json(answered, told, 404) if asked.is_query else answered


def _knows_nothing(_: Asked, answered: Answered) -> Answered:
    told = {"error": {"code": "not_found", "message": "Nothing", "type": "invalid_request_error"}}
    return with_json(answered, told, 404)


def _says_html(_: Asked, _answered: Answered) -> Answered:
    return Answered(200, ((b"content-type", b"text/html"),), b"<html></html>")


def _names_a_bad_link(asked: Asked, answered: Answered) -> Answered:
    if not asked.is_query or answered.status != 200 or answered.json["status"] != "completed":
        return answered
    return with_json(answered, {**answered.json, "results": ["https://[::"], "result_data": [{"url": "https://[::"}]})


def _has_no_results(asked: Asked, answered: Answered) -> Answered:
    if not asked.is_query or answered.status != 200:
        return answered
    kept = {name: value for name, value in answered.json.items() if name not in {"results", "result_data"}}
    return with_json(answered, kept)


def _has_no_tags(_: Asked, answered: Answered) -> Answered:
    return Answered(answered.status, tuple(pair for pair in answered.headers if pair[0] != b"etag"), answered.body)


@pytest.mark.parametrize(
    ("fault", "only", "found"),
    [
        (_other_envelope, ["wrong"], {"P1"}),
        (_always_empty, ["readings", "life", "keys", "wrong", "files"], {"P1", "P3", "S1"}),
        (_fails_at_query, ["life"], {"S2"}),
        (_never_finds, ["life"], {"L9"}),
        (_knows_nothing, ["readings"], {"S2"}),
        (_says_html, ["readings"], {"S1"}),
        (_names_a_bad_link, ["life"], {"L10"}),
        (_has_no_results, ["life", "expiry"], {"L10"}),
    ],
    ids=lambda value: getattr(value, "__name__", "")[1:],
)
def test_faults_are_named(fault: object, only: list[str], found: set[str]) -> None:
    """Whatever a server says, it is judged, and the rule is named that it breaks."""
    caught = catch(answers=fault, only=only)  # type: ignore[arg-type]
    assert found <= caught.failed
    assert caught.verdict.of(Grade.ERROR) == ()
    assert caught.verdict.exit_code == 1


def test_everything_at_once_empty() -> None:
    """A server that answers {} to whatever it is asked is caught by all probes together, none of which breaks."""
    caught = catch(answers=_always_empty)
    assert {"L1", "P1", "P3", "S1"} <= caught.failed
    assert caught.verdict.exit_code == 1


def test_a_sound_server_is_not_caught() -> None:
    """What changes nothing that the contract has is no fault."""
    caught = catch(answers=_has_no_tags, only=["life"])
    assert (caught.failed, caught.course.troubles) == (set(), ())


def test_a_request_can_be_changed_too() -> None:
    """A server that forgets the idempotency key creates another task."""

    def forget_the_key(asked: Asked) -> Asked:
        headers = tuple(pair for pair in asked.headers if pair[0] != b"idempotency-key")
        return Asked(asked.method, asked.path, headers, asked.body)

    assert {"M6", "P5"} <= catch(requests=forget_the_key, only=["repetition"]).failed


def test_a_bad_callback_url_that_is_accepted_is_the_last() -> None:
    """No more than one task is paid for when bad callback URLs are accepted."""

    def accept(asked: Asked) -> Asked:
        if not asked.is_create:
            return asked
        body = asked.body.replace(b'"callback_url":"http://hooks', b'"callback_url":"https://hooks')
        headers = tuple(pair for pair in asked.headers if pair[0] != b"content-length")
        return Asked(asked.method, asked.path, (*headers, (b"content-length", str(len(body)).encode())), body)

    caught = catch(requests=accept, only=["bad-urls"])
    assert caught.failed == {"K9"}
    assert len([each for each in caught.course.records[0].exchanges if each.method == "POST"]) == 1
