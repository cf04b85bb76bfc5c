"""What is a violation, and how it is told."""

import msgspec
import pytest

from contracts import Evolink
from contracts.evolink.violations import CIRCUMSTANCES, find_violations, write_violations
from openapi.clauses import load_clauses
from tests.plugin.shop import create, send


def test_circumstances_are_clauses() -> None:
    """None of them has been renamed."""
    assert set(load_clauses()) > CIRCUMSTANCES


def test_a_request_refused_as_things_are(evolink: Evolink) -> None:
    """A file that is not there is no mistake of the request."""
    send(evolink, "DELETE", "/api/v1/files/0123456789abcdef")
    assert evolink.journal[0].clauses == ("FILE-DELETE",)
    assert evolink.violations == ()


def test_an_answer_of_the_file_service(evolink: Evolink) -> None:
    """It has an error of another form."""
    send(evolink, "POST", "/api/v1/files/upload/base64", json={"base64_data": "?"})
    (found,) = evolink.violations
    assert found.clause == "FILE-UPLOAD-BASE64"
    assert "  the API  " in found.message


@pytest.mark.parametrize("body", [None, "no JSON", "[1]", "{}", '{"error": 5}'])
def test_an_answer_that_says_nothing(evolink: Evolink, body: str | None) -> None:
    """The rest is told all the same; a clause that has no number any more is named."""
    create(evolink, quality="721p")
    (entry,) = evolink.journal
    answer = msgspec.structs.replace(entry.answer, body=body)
    changed = msgspec.structs.replace(entry, answer=answer, clauses=("OLD-NAME",), near_misses=(), status=None)
    (found,) = find_violations([changed])
    assert found.message == "OLD-NAME\n  request  POST /v1/videos/generations, answered with nothing"


def test_several_of_one_clause_are_named_once(evolink: Evolink) -> None:
    """In the way out."""
    create(evolink, quality="721p")
    create(evolink, quality="722p")
    told = write_violations(evolink.violations)
    assert told.startswith("The client broke a clause of the API's contract.")
    assert told.count("QUALITY-VALUES: quality is") == 2
    assert 'allow=["QUALITY-VALUES"]' in told
