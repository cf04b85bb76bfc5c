"""Servers that refuse requests in other ways than they are to (P1 to P3), and some that no invariant looks at."""

from typing import Final

import msgspec

from contracts.probes.orders import order
from contracts.probes.targets import KEYS
from tests.mutants.changes import LIST, put, refusal, replies, told, with_body, without_header
from tests.mutants.mutant import Mutant
from tests.mutants.wrapping import Answered, Asked, with_json
from tests.serving import CREATE


def _other_envelope(_: Asked, answered: Answered) -> Answered:
    return with_json(answered, {"detail": "no"}) if answered.status >= 400 else answered


def _numbered_field(asked: Asked, answered: Answered) -> Answered:
    if answered.status != 400 or not asked.is_create:
        return answered
    return with_json(answered, put("error.param", 7)(answered.json))


def _text_code(asked: Asked, answered: Answered) -> Answered:
    if asked.path != "/v1/credits" or answered.status < 400:
        return answered
    return with_json(answered, put("error.code", "unauthorized")(answered.json))


def _file_errors_like_others(asked: Asked, answered: Answered) -> Answered:
    if not asked.path.startswith("/api/") or answered.status < 400:
        return answered
    return with_json(answered, refusal("invalid_request"))


def _make_sense(asked: Asked) -> Asked:
    """Take a body that is cut off for an order."""
    return with_body(asked, order()) if asked.is_create and asked.body == b"{" else asked


def _fail_at_head(asked: Asked, answered: Answered) -> Answered:
    return msgspec.structs.replace(answered, status=500) if asked.method == "HEAD" else answered


def _open_the_door(asked: Asked) -> Asked:
    """Take a request without a key for one of the first account."""
    if any(name == b"authorization" for name, _ in asked.headers):
        return asked
    return msgspec.structs.replace(asked, headers=(*asked.headers, (b"authorization", f"Bearer {KEYS[0]}".encode())))


MUTANTS: Final = (
    Mutant(
        id="other-envelope",
        wrong="Errors have the body of the framework.",
        probes=("wrong",),
        rules=("P1",),
        clauses=("ERR-BODY",),
        answers=_other_envelope,
    ),
    Mutant(
        id="numbered-field",
        wrong="An error names the field to blame by a number.",
        probes=("wrong",),
        rules=("P1",),
        clauses=("ERR-PARAM",),
        told="error.param",
        answers=_numbered_field,
    ),
    Mutant(
        id="other-credit-errors",
        wrong="Errors of the credits have the code of other operations.",
        probes=("keys",),
        rules=("P1",),
        clauses=("CRED-ERR-BODY",),
        told="error.code",
        answers=_text_code,
    ),
    Mutant(
        id="other-file-errors",
        wrong="Errors of the file service have the form of those of tasks.",
        probes=("files",),
        rules=("P1",),
        clauses=("FILE-ERROR",),
        answers=_file_errors_like_others,
    ),
    Mutant(
        id="half-a-body",
        wrong="A body that is cut off is taken for a request.",
        probes=("wrong",),
        rules=("P1",),
        clauses=("OP-CREATE",),
        told="as the body is no JSON",
        requests=_make_sense,
    ),
    Mutant(
        id="no-allow",
        wrong="405 does not say which methods there are.",
        probes=("methods",),
        rules=("P2",),
        told="an Allow header",
        answers=without_header(b"allow"),
    ),
    Mutant(
        id="headless",
        wrong="HEAD breaks the server.",
        probes=("methods",),
        rules=("P2",),
        told="an answer to HEAD",
        answers=_fail_at_head,
    ),
    Mutant(
        id="open-door",
        wrong="Requests without a key are served.",
        probes=("keys",),
        rules=("P3",),
        clauses=("AUTH-BEARER", "AUTH-401"),
        told="401, as the request has no Bearer key",
        requests=_open_the_door,
    ),
    Mutant(
        id="hidden-door",
        wrong="A request without a key gets 404.",
        probes=("keys",),
        rules=("P3",),
        clauses=("AUTH-401",),
        told="404",
        answers=replies(404, refusal("not_found"), to=401),
    ),
    Mutant(
        id="broken-by-nonsense",
        wrong="A body that is no order breaks the server.",
        probes=("wrong",),
        rules=("S2",),
        clauses=("OP-CREATE", "ERR-400"),
        told="what is wrong with the request",
        answers=replies(500, refusal("internal_error", kind="api_error"), path=CREATE, to=400),
    ),
    Mutant(
        id="nameless",
        wrong="Answers do not name their exchanges.",
        probes=("readings",),
        rules=("R4",),
        clauses=("HTTP-REQUEST-ID",),
        answers=without_header(b"x-request-id"),
    ),
    Mutant(
        id="list-without-end",
        wrong="The list has all tasks, whatever the page.",
        probes=("pages",),
        rules=("R5",),
        clauses=("LIST-PAGE", "LIST-PAGE-SIZE", "LIST-BODY"),
        told="page_size is",
        answers=told(LIST, lambda body: {**body, "page": 1, "page_size": 20}),
    ),
)
"""The servers that refuse requests in other ways."""
