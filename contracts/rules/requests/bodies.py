"""What a client asks for when it creates a task, field by field (A4 to A13)."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.marks import is_redacted, length_of
from contracts.recording.operations import BATCH_TASKS, CREATE_TASK, UPLOAD_BASE64, UPLOAD_URL, operation_of
from contracts.recording.pages import page_of
from contracts.rules.requests.asked import REFERENCES, bodies, first_violation, longest_prompt, paged
from contracts.rules.requests.callback_urls import find_fault
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach
from openapi.operations import Operation
from openapi.violations import Violation

_JSON_OPERATIONS: Final = frozenset({CREATE_TASK, BATCH_TASKS, UPLOAD_BASE64, UPLOAD_URL})
_LONGEST_SHOWN: Final = 80
_NO_OPTIONS: Final = frozenset(
    {"model", "prompt", "duration", "generate_audio", "model_params", "callback_url", *REFERENCES}
)
"""The fields that rules of their own are about."""

Check = Callable[[ClientRecord], Examination]


def check_json(record: ClientRecord) -> Examination:
    """A4: yield for each request that has to be JSON and whose body was recorded."""
    for exchange in record.api:
        if operation_of(exchange) in _JSON_OPERATIONS and "request" not in exchange.omitted:
            wrong = _find_json_fault(exchange)
            expected = 'JSON in UTF-8, with "Content-Type: application/json"'
            yield None if wrong is None else breach("the body", expected, wrong, exchange)


def _find_json_fault(exchange: Exchange) -> str | None:
    kind, *parameters = (part.strip().lower() for part in (exchange.header("content-type") or "").split(";"))
    if kind != "application/json":
        return f"Content-Type: {kind}" if kind else "no Content-Type"
    charset = next((part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")), "utf-8")
    if charset not in {"utf-8", "utf8"}:
        return f"the charset {charset}"
    if exchange.sent is NO_JSON:
        return "a body that is no JSON in UTF-8"
    return None if isinstance(exchange.sent, dict) else "JSON that is no object"


def check_model(record: ClientRecord) -> Examination:
    """A5: yield for each create whose model the pages know, or the server refuses."""
    for exchange, body in bodies(record):
        page = page_of(record.contract, exchange)
        if page is None:
            continue
        known = [name for each in record.contract.creations if each.path == page.path for name in each.models]
        model = body.get("model", page.model_left_out)
        expected, seen = "model is required", "nothing"
        if "model" in body:
            expected, seen = f"model must be one of {', '.join(known)}", f"model: {_show(model)}"
        yield None if model in known else breach("model", expected, seen, exchange)


def _check_fields(*names: str) -> Check:
    """Return a check that yields for each create that has one of these fields, or must have it."""

    def check(record: ClientRecord) -> Examination:
        for exchange, body, page in paged(record):
            yield from _check_body(exchange, body, page, names)

    return check


def _check_body(exchange: Exchange, body: dict[str, Any], page: Operation, names: tuple[str, ...]) -> Examination:
    if any(name in body or name in page.body_schema.get("required", ()) for name in names):
        wrong = first_violation(page, exchange, names)
        yield None if wrong is None else _describe(exchange, wrong)


def check_options(record: ClientRecord) -> Examination:
    """A9: yield for each create that has fields which no other rule is about, or must have them."""
    for exchange, body, page in paged(record):
        fields = page.body_schema.get("properties", {})
        yield from _check_body(exchange, body, page, tuple(name for name in fields if name not in _NO_OPTIONS))


def _describe(exchange: Exchange, wrong: Violation) -> Finding:
    seen = "nothing" if wrong.rule == "required" else _show(wrong.value)
    return breach(wrong.path, f"{wrong.path} {wrong.message.partition(' (has ')[0]}", f"{wrong.path}: {seen}", exchange)


def _show(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def check_prompt(record: ClientRecord) -> Examination:
    """A6: yield for each create, and for each prompt that the client was to send and that is too long."""
    for exchange, body, page in paged(record):
        prompt, longest = body.get("prompt"), longest_prompt(page)
        length = length_of(prompt) if isinstance(prompt, str) else None
        wrong = first_violation(page, exchange, ("prompt",))
        if length is not None and longest is not None and length > longest:
            yield breach("prompt", f"at most {longest} characters", f"{length} characters", exchange)
        elif wrong is not None and not (isinstance(prompt, str) and is_redacted(prompt)):
            seen = f"a {type(prompt).__name__}" if "prompt" in body else "no prompt"
            yield breach("prompt", f"prompt {wrong.message}", seen, exchange)
        else:
            yield None
    for prompt in _long_prompts(record):
        yield _find_cut(record, prompt)


def _long_prompts(record: ClientRecord) -> Iterator[str]:
    for report in record.reported:
        wanted = report.wanted or {}
        prompt, page = wanted.get("prompt"), record.contract.of_models.get(str(wanted.get("model")))
        longest = longest_prompt(page or record.contract.creations[0])
        if isinstance(prompt, str) and longest is not None and len(prompt) > longest:
            yield prompt


def _find_cut(record: ClientRecord, prompt: str) -> Finding | None:
    for exchange, body in bodies(record):
        sent = body.get("prompt")
        if isinstance(sent, str) and 0 < len(sent) < len(prompt) and prompt.startswith(sent):
            expected = f"an error of the client's own for a prompt of {len(prompt)} characters"
            return breach("prompt", expected, f"its first {len(sent)} characters, as if that were all", exchange)
    return None


def check_audio(record: ClientRecord) -> Examination:
    """A10: yield for each create with the field, and for each that was to be made without sound."""
    yield from _check_fields("generate_audio")(record)
    for report in record.reported:
        task = record.tasks.get(report.task or "")
        if (report.wanted or {}).get("generate_audio") is False and task is not None and task.creation is not None:
            sent = task.creation.body.get("generate_audio", "nothing")
            expected = "generate_audio: false, as the video was to have no sound"
            fine = sent is False
            yield None if fine else breach("generate_audio", expected, f"{_show(sent)}", task.creation.first)


def check_shots(record: ClientRecord) -> Examination:
    """A11: yield for each create that says something of shots, in the right place or not."""
    for exchange, body, page in paged(record):
        if "shot_type" in body and "shot_type" not in page.body_schema.get("properties", {}):
            yield breach(
                "shot_type", "shot_type within model_params", "shot_type beside it, where it is ignored", exchange
            )
        elif "model_params" in body:
            wrong = first_violation(page, exchange, ("model_params",))
            yield None if wrong is None else _describe(exchange, wrong)


def check_callback_url(record: ClientRecord) -> Examination:
    """A12: yield for each create with a callback URL."""
    for exchange, body, page in paged(record):
        url = body.get("callback_url")
        if "callback_url" in body:
            wrong = first_violation(page, exchange, ("callback_url",))
            fault = find_fault(str(url)) if wrong is None else wrong.message
            yield None if fault is None else breach("callback_url", f"callback_url {fault}", _show(url), exchange)


def check_names(record: ClientRecord) -> Examination:
    """A13: yield for each create."""
    for exchange, body, page in paged(record):
        fields = tuple(page.body_schema.get("properties", {}))
        unknown = tuple(name for name in body if name not in fields and name != "shot_type")
        yield _describe_unknown(exchange, unknown[0], fields) if unknown else None


def _describe_unknown(exchange: Exchange, name: str, fields: tuple[str, ...]) -> Finding:
    near = get_close_matches(name.lower(), fields, 1)
    expected = f"{near[0]}" if near else f"only fields that are documented: {', '.join(fields)}"
    return breach(name[:_LONGEST_SHOWN], expected, f"{_show(name)}, which no page describes and is ignored", exchange)


_CREATED: Final = "A task was asked for"

RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="A4",
        title="Bodies are JSON in UTF-8, and say so in Content-Type.",
        check=check_json,
        clauses=("OP-CREATE", "HTTP-415"),
        exposure="An operation was called that takes JSON, and the recording has its body.",
        advice="Let the HTTP library write the body and its Content-Type (json=...), rather than by hand.",
    ),
    Rule(
        id="A5",
        title="model names a model that is served, to the letter.",
        check=check_model,
        clauses=("MODEL-REQ", "MODEL-ENUM"),
        exposure=f"{_CREATED}.",
        advice="Take the name from one constant; no alias, no capital letters.",
    ),
    Rule(
        id="A6",
        title="prompt is a text no longer than its model's page allows, and is never cut without a word.",
        check=check_prompt,
        clauses=("PROMPT-REQ", "PROMPT-MAX"),
        exposure=f"{_CREATED}.",
        advice="Count characters (code points, not bytes or UTF-16 units) before you send, and tell the user.",
    ),
    Rule(
        id="A7",
        title="video_urls, and what else leads to references, has as many http or https URLs as the page allows.",
        check=_check_fields(*REFERENCES),
        clauses=("URLS-REQ", "URLS-HTTP", "URLS-MAX", "URLS-UPLOAD"),
        exposure=f"{_CREATED}.",
        advice="Upload local files first and send the file_url of the answer; refuse one too many yourself.",
    ),
    Rule(
        id="A8",
        title="duration is a number of seconds within the range of the model's page, and no text.",
        check=_check_fields("duration"),
        clauses=("DURATION-INT", "DURATION-RANGE"),
        exposure=f"{_CREATED} with a duration.",
        advice="Make a number of what a form or a command line gives you, and check its range before you send it.",
    ),
    Rule(
        id="A9",
        title="Options such as quality have documented values; what is not wanted is left out, not null or empty.",
        check=check_options,
        level=Level.SHOULD,
        clauses=("QUALITY-VALUES", "RATIO-VALUES", "QUALITY-DEFAULT", "RATIO-DEFAULT"),
        exposure=f"{_CREATED} with an option such as quality or aspect_ratio.",
        advice="Leave options that are not set out of the body (exclude_none, JSON.stringify of undefined).",
    ),
    Rule(
        id="A10",
        title="generate_audio is true or false, and false is sent when no sound is wanted: it costs less.",
        check=check_audio,
        clauses=("AUDIO-DEFAULT", "AUDIO-EFFECT"),
        exposure=f"{_CREATED} with generate_audio, or was to have no sound.",
        advice="Tell false from not set: leaving it out means true, and is paid for.",
    ),
    Rule(
        id="A11",
        title="shot_type is single or multi, and stands within model_params.",
        check=check_shots,
        clauses=("PARAMS-OBJECT", "SHOT-VALUES"),
        exposure=f"{_CREATED} with shot_type or model_params.",
        advice='Send {"model_params": {"shot_type": "multi"}}.',
    ),
    Rule(
        id="A12",
        title="callback_url is https, leads to a public host, has at most 2048 characters, no user and no fragment.",
        check=check_callback_url,
        clauses=("CB-HTTPS", "CB-NO-INTERNAL", "CB-LENGTH", "CB-URI"),
        exposure=f"{_CREATED} with callback_url.",
        advice="Configure the public https URL of your receiver; behind a tunnel, that of the tunnel.",
    ),
    Rule(
        id="A13",
        title="Only documented fields are sent: others are ignored without a word.",
        check=check_names,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("OP-CREATE",),
        exposure=f"{_CREATED}.",
        advice="Correct the name, or drop the field; build the body from a type, so that a typo cannot happen.",
    ),
)
"""The rules on what is asked for."""
