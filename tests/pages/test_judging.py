"""Pages and the judges: the clauses that their schemas are made of, servers, clients, and tests of pytest."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.probes import PROBES, RULES
from contracts.probes.agenda import make_agenda
from contracts.probes.own import own_simulator
from contracts.probes.runner import run
from contracts.probes.served import sound_body
from contracts.probes.verdicts import judge_records
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import CREATE_TASK, operation_of
from contracts.recording.pages import is_creation, page_of
from contracts.rules.requests.bodies import RULES as BODIES
from contracts.verdict import Grade, judge
from mock_server.assembly import load_catalogue
from mock_server.settings import Settings
from openapi.operations import Operation, Operations, load_operations
from openapi.page_clauses import break_clauses, find_clause, list_clauses
from openapi.page_forms import make_forms
from tests.pages.writing import KINDS, page, write

FIELDS: dict[str, Any] = {
    "size": {"type": "string", "enum": ["s", "m"]},
    "seconds": {"type": "integer", "minimum": 2, "maximum": 9},
    "sharp": {"type": "boolean"},
    "weight": {"type": ["number", "null"], "multipleOf": 2, "exclusiveMinimum": 0, "exclusiveMaximum": 9},
    "urls": {
        "type": "array",
        "minItems": 1,
        "maxItems": 2,
        "uniqueItems": True,
        "items": {"type": "string", "format": "uri"},
    },
    "inner": {
        "type": "object",
        "properties": {"word": {"const": "x"}, "name": {"minLength": 1, "pattern": "^[a-z]+$"}},
    },
    "odd": {"type": "strange-but-unused"},
}


def operation_of_page(**changes: Any) -> Operation:
    """Return the operation of a page."""
    (form,) = make_forms(page("one", **changes))
    return next(iter(Operations({"one": form}).values()))


def test_the_clauses_of_a_schema() -> None:
    """Each rule of the schema is a clause, named by where it stands, and told in words."""
    fields = {name: field for name, field in FIELDS.items() if name != "odd"}
    operation = operation_of_page(fields=fields)
    clauses = list_clauses(operation)
    told = {name.removeprefix("one/body/"): clause.says for name, clause in clauses.items()}
    assert told["type"] == "the body must be an object"
    assert told["prompt/required"] == "prompt is required"
    assert told["prompt/maxLength"] == "prompt must have at most 20 characters"
    assert told["seconds/maximum"] == "seconds must be at most 9"
    assert told["size/enum"] == "size must be one of s, m"
    assert told["weight/type"] == "weight must be null or a number"
    assert told["weight/multipleOf"] == "weight must be a multiple of 2"
    assert told["weight/exclusiveMinimum"] == "weight must be more than 0"
    assert told["weight/exclusiveMaximum"] == "weight must be less than 9"
    assert told["urls/uniqueItems"] == "urls must have no item twice"
    assert told["urls/items/format"] == "urls.items must be a URI"
    assert told["inner/word/const"] == "inner.word must be x"
    assert {clause.source for clause in clauses.values()} == {"one"}
    contract = Operations({"one": make_forms(page("one", fields=fields))[0]})
    assert find_clause(contract, "one/body/size/enum") == clauses["one/body/size/enum"]
    assert find_clause(contract, "one/body/size/nothing") is None
    assert find_clause(contract, "two/body/size/enum") is None


def test_schemas_within_themselves() -> None:
    """Fields are told of down to some depth, so that a schema that holds itself has an end."""
    node = {"Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}, "any": True}}}
    told = list_clauses(operation_of_page(fields={"node": {"$ref": "#/components/schemas/Node"}}, components=node))
    assert "one/body/node/next/next/type" in told
    assert max(name.count("/next") for name in told) < 5


def test_bodies_that_break_a_clause() -> None:
    """For each clause that one field can break there is a body, and it is refused for that clause."""
    fields = {name: field for name, field in FIELDS.items() if name != "odd"}
    operation = operation_of_page(fields=fields)
    broken = dict(break_clauses(operation, {"model": "one", "prompt": "A cat", "inner": {}}))
    for clause, body in broken.items():
        assert clause in [wrong.clause for wrong in operation.request_violations(body)]
    names = {name.removeprefix("one/body/") for name in broken}
    assert names >= {
        *("model/required", "prompt/required", "prompt/type", "prompt/maxLength", "size/enum", "seconds/minimum"),
        *("seconds/maximum", "sharp/type", "urls/minItems", "urls/maxItems", "urls/type", "inner/type"),
        *("inner/word/const", "inner/name/pattern", "inner/name/minLength"),
    }
    assert dict(break_clauses(operation, {"model": "one", "prompt": "A cat", "inner": 1})).keys() < broken.keys()
    closed = operation_of_page(body={"properties": {"model": {"const": "one"}}, "additionalProperties": False})
    (wrong,) = closed.request_violations({"model": "one", "a": 1, "b": 2})
    assert (wrong.message, wrong.clause) == ("must have no field a, b", "one/body/additionalProperties")
    assert sound_body(operation_of_page(example={"model": "one"})) == {"model": "one"}
    document = page("one")
    del document["paths"][KINDS["video"]]["post"]["requestBody"]["content"]["application/json"]["examples"]
    (form,) = make_forms(document)
    assert sound_body(Operations({"one": form})["createOne"]) == {"model": "one"}


@pytest.mark.uncounted
def test_the_server_s_contract_with_pages(tmp_path: Path) -> None:
    """Our simulator keeps it for every page: examples are taken, what breaks a clause is refused, answers fit."""
    fields = {name: FIELDS[name] for name in ("size", "seconds", "urls")}
    for kind in KINDS:
        write(tmp_path, page(kind, kind=kind, fields=fields), f"{kind}.json")
    with own_simulator(live=False, settings=Settings(speed=0, pages=(str(tmp_path),))) as target:
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=None, only=["served-pages"])
        course = run(target, plan, tell=lambda _: None)
    assert course.complete
    verdict = judge_records(plan.rules, course.records)
    assert {outcome.rule.id: outcome.grade for outcome in verdict.outcomes} == dict.fromkeys(
        ("S1", "S2", "S3"), Grade.PASS
    )
    (record,) = course.records
    sent = [exchange for exchange in record.exchanges if exchange.path == KINDS["audio"]]
    assert {exchange.status for exchange in sent} == {200, 400}
    assert len(sent) > 10


@pytest.mark.uncounted
@pytest.mark.parametrize(
    ("changes", "rule", "told"),
    [
        (
            {"fields": {"prompt": {"type": "string", "maxLength": 5_000}}},
            "S3",
            (
                "expected 400, as prompt must have at most 20 characters (has 21) (sketch-1/body/prompt/maxLength); "
                "seen: 200"
            ),
        ),
        (
            {"fields": {"prompt": {"type": "string", "maxLength": 3}}, "example": {"model": "one", "prompt": "A"}},
            "S2",
            (
                "expected an answer by the page sketch-1, as the request is in order; "
                "seen: 400: That is wrong: prompt must have at most 3 characters (has 5)"
            ),
        ),
    ],
)
def test_a_server_that_has_another_page(tmp_path: Path, changes: dict[str, Any], rule: str, told: str) -> None:
    """It takes what our page forbids, or refuses what it allows, and either is found."""
    theirs = write(tmp_path / "theirs", page("one", kind="image", **changes))
    ours = write(tmp_path / "ours", page("one", kind="image"))
    contract = load_catalogue(Settings(pages=(str(ours),))).operations
    settings = Settings(speed=0, pages=(str(theirs),))
    with own_simulator(live=False, settings=settings, contract=contract) as target:
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=None, only=["served-pages"])
        course = run(target, plan, tell=lambda _: None)
    verdict = judge_records(plan.rules, course.records)
    (outcome,) = verdict.of(Grade.FAIL)
    assert outcome.rule.id == rule
    assert told in [f"expected {finding.expected}; seen: {finding.seen}" for finding in outcome.findings]


def exchange(body: Any, *, status: int = 200, path: str = KINDS["image"]) -> Exchange:
    """Return a request for a task."""
    return Exchange(
        number=1,
        started_at=1.0,
        ended_at=2.0,
        method="POST",
        url=f"https://api.evolink.ai{path}",
        request_headers=(("content-type", "application/json"), ("authorization", "Bearer sk-a")),
        request_body=json.dumps(body).encode(),
        status=status,
        response_headers=(("content-type", "application/json"),),
        response_body=b'{"id": "task-unified-1757169743-7cvnl5zw", "status": "pending"}',
    )


def test_the_page_of_a_request() -> None:
    """It is that of its model; a model that only the server knows has none here."""
    (form,) = make_forms(page("one", kind="image"))
    contract = Operations({"one": form})
    assert page_of(contract, exchange({"model": "one"})) is contract["createOne"]
    assert page_of(contract, exchange({"model": "two"})) is None
    assert page_of(contract, exchange({"model": "two"}, status=400)) is contract["createOne"]
    assert page_of(contract, exchange(["two"])) is contract["createOne"]
    assert page_of(load_operations(), exchange({"model": "one"})) is None
    assert is_creation("POST", "/v1/music/generations")
    assert not is_creation("GET", "/v1/music/generations")
    assert operation_of(exchange({})) == CREATE_TASK


@pytest.mark.parametrize(
    ("body", "status", "broken"),
    [
        ({"model": "one", "prompt": "A cat"}, 200, set()),
        ({"model": "one", "prompt": "A cat" * 5}, 400, {"A6"}),
        ({"model": "one", "prompt": "A cat", "duration": 99}, 400, {"A8"}),
        ({"model": "one", "prompt": "A cat", "speed": 99}, 200, {"A13"}),
        ({"model": "none", "prompt": "A cat"}, 400, {"A5"}),
        ({"prompt": "A cat"}, 400, {"A5"}),
        ({"model": "theirs", "prompt": 1, "duration": "x"}, 200, set()),
    ],
)
def test_clients_are_judged_by_their_model_s_page(body: Any, status: int, broken: set[str]) -> None:
    """What a client asks for is held against the page of its model, where that is known."""
    document = page("one", kind="image", fields={"duration": {"type": "integer", "maximum": 9}})
    (form,) = make_forms(document)
    record = ClientRecord(
        exchanges=(exchange(body, status=status),),
        apis=("https://api.evolink.ai",),
        contract=Operations({"one": form}),
    )
    verdict = judge(BODIES, record)
    assert {outcome.rule.id for outcome in verdict.of(Grade.FAIL, Grade.WARN, Grade.ERROR)} == broken


def test_other_apis_are_not_taken_for_this_one() -> None:
    """Others create images too: whoever is asked for one is only our API if it answers with a task of ours."""
    image = exchange({"model": "x"})
    theirs = Exchange(
        number=1,
        started_at=1.0,
        ended_at=2.0,
        method="POST",
        url="https://api.example.com/v1/images/generations",
        status=200,
        response_body=b'{"data": [{"url": "https://example.com/a"}]}',
    )
    assert ClientRecord(exchanges=(theirs,)).origins == frozenset()
    assert ClientRecord(exchanges=(image,)).origins == {"https://api.evolink.ai"}
