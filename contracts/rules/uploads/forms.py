"""How files are uploaded: to the right place, in the right form, under names that give nothing away (G1, G3, G4)."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from itertools import chain
from typing import Final

import msgspec

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.marks import is_redacted
from contracts.recording.operations import UPLOAD_BASE64, UPLOAD_STREAM, UPLOADS, operation_of
from contracts.verdict import Examination, Finding, Ground, Rule, breach
from openapi.operations import load_operations

_FORM: Final = "multipart/form-data"
_JSON: Final = "application/json"
_PLACES: Final = ", ".join(load_operations()[name].path for name in UPLOADS)
_SPELLINGS: Final = {"uploadPath": "upload_path", "fileName": "file_name"}
"""What a form may call its fields besides."""

_PART: Final = re.compile(rb"content-disposition:[ \t]*form-data;([^\r\n]*)", re.IGNORECASE)
_PARAMETER: Final = re.compile(rb'(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_DATA_URL: Final = re.compile(r"data:[a-z0-9.+-]+/[a-z0-9.+-]+;base64,", re.IGNORECASE)
_ALPHABET: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_LOCAL: Final = re.compile(r"(?:file:|~[/\\]|[A-Za-z]:[/\\]|\\\\|/(?:home|Users|root)/)|(?:.*[/\\])?\.\.(?:[/\\]|$)")
"""How a path begins that leads through the client's own machine, or out of a folder."""

_SHOWN: Final = 80


class Part(msgspec.Struct, frozen=True):
    """One part of a form: the field's name, and what it says the file is called."""

    name: str
    filename: str | None = None


def uploads_of(record: ClientRecord) -> Iterator[Exchange]:
    """Find the requests that upload a file, in order."""
    return (exchange for exchange in record.api if operation_of(exchange) in UPLOADS)


def _media_type_of(exchange: Exchange) -> str:
    """Return the media type that a request says its body has."""
    return (exchange.header("content-type") or "").partition(";")[0].strip().lower()


def parts_of(exchange: Exchange) -> tuple[Part, ...]:
    """Return the parts of a form, as far as the record has its body."""
    found = []
    for match in _PART.finditer(exchange.request_body):
        parameters = {name.lower(): value.decode("utf-8", "replace") for name, value in _PARAMETER.findall(match[1])}
        found.append(Part(parameters.get(b"name", ""), parameters.get(b"filename")))
    return tuple(found)


def fields_of(exchange: Exchange) -> dict[str, object]:
    """Return the fields of an upload that is JSON; none if the record does not have them."""
    return exchange.sent if isinstance(exchange.sent, dict) else {}


def check_form(record: ClientRecord) -> Examination:
    """G1: yield for each upload, and for each request that seems to be meant for one."""
    for exchange in record.api:
        operation = operation_of(exchange)
        if operation in UPLOADS:
            yield _check_upload(exchange, operation)
        elif exchange.method == "POST" and not operation and "/files" in exchange.path:
            yield breach(exchange.path, f"one of {_PLACES}", f"POST {exchange.path}", exchange)


def _check_upload(exchange: Exchange, operation: str) -> Finding | None:
    kind, wanted = _media_type_of(exchange), _FORM if operation == UPLOAD_STREAM else _JSON
    known = "request" not in exchange.omitted
    if kind != wanted and (operation == UPLOAD_STREAM or not known):
        return breach(
            exchange.path,
            f"Content-Type: {wanted} at {exchange.path}",
            f"Content-Type: {kind}" if kind else "none",
            exchange,
        )
    if not known:
        return None
    names = _names_of(exchange, operation)
    fields = load_operations()[operation].body_schema
    missing = [name for name in fields["required"] if name not in names]
    if missing and (names or exchange.sent == {}):
        return breach(
            exchange.path, f"the field {missing[0]}", ", ".join(sorted(names))[:_SHOWN] or "no field", exchange
        )
    wrong = next((name for name in sorted(names) if name not in fields["properties"] and _plain(name)), None)
    if wrong is not None:
        return breach(exchange.path, f"the field {_plain(wrong)}", f"{wrong}, which is ignored", exchange)
    return None


def _names_of(exchange: Exchange, operation: str) -> set[str]:
    """Return the names of the fields, those of a form as JSON would have them."""
    if operation == UPLOAD_STREAM:
        return {_SPELLINGS.get(part.name, part.name) for part in parts_of(exchange)}
    return set(fields_of(exchange))


def _plain(name: str) -> str | None:
    """Return the field that a name that is none stands for, but for capitals and underscores."""
    bare = name.replace("_", "").replace("-", "").lower()
    known = ("upload_path", "file_name", "base64_data", "file_url")
    return next((each for each in known if each.replace("_", "") == bare and each != name), None)


def check_base64(record: ClientRecord) -> Examination:
    """G3: yield for each upload of base64 text that the record has."""
    for exchange in uploads_of(record):
        text = fields_of(exchange).get("base64_data")
        if operation_of(exchange) == UPLOAD_BASE64 and isinstance(text, str) and not is_redacted(text):
            wrong = _find_fault(text)
            expected = "base64 of the usual alphabet, in one line, bare or after data:TYPE;base64,"
            yield None if wrong is None else breach(exchange.path, expected, wrong, exchange)


def _find_fault(text: str) -> str | None:
    data = text
    if text[:5].lower() == "data:":
        prefix = _DATA_URL.match(text)
        if prefix is None:
            return f"a data URL that begins {text[:40].partition(',')[0]},"
        data = text[prefix.end() :]
    if any(letter.isspace() for letter in data):
        return "blanks or line breaks within it"
    if "-" in data or "_" in data:
        return "letters of the alphabet for URLs, - or _"
    if not _ALPHABET.fullmatch(data):
        return "letters that base64 does not have"
    return None if _is_padded(data) else "padding that is missing or wrong"


def _is_padded(data: str) -> bool:
    try:
        b64decode(data, validate=True)
    except Error:
        return False
    return True


def check_names(record: ClientRecord) -> Examination:
    """G4: yield for each upload whose names the record has."""
    for exchange in uploads_of(record):
        names = [name for name in _names_in(exchange) if not is_redacted(name)]
        places = [place for place in _places_in(exchange) if not is_redacted(place)]
        if names or places:
            rooted = (name for name in names if name.startswith("/"))
            wrong = next(chain(rooted, filter(_LOCAL.match, (*names, *places))), None)
            expected = "the file's own name, without the folders that it lies in"
            yield None if wrong is None else breach(exchange.path, expected, wrong[:_SHOWN], exchange)


def _names_in(exchange: Exchange) -> Iterator[str]:
    """Find what an upload calls its file."""
    name = fields_of(exchange).get("file_name")
    yield from (name,) if isinstance(name, str) else ()
    if _media_type_of(exchange) == _FORM:
        yield from (part.filename for part in parts_of(exchange) if part.filename)


def _places_in(exchange: Exchange) -> Iterator[str]:
    """Find where an upload says that its file comes from or goes."""
    given = (fields_of(exchange).get(name) for name in ("upload_path", "file_url"))
    return (value for value in given if isinstance(value, str))


def has_uploads(record: ClientRecord) -> bool:
    """Tell whether anything was uploaded, or was to be."""
    return any(exchange.method == "POST" and "/files" in exchange.path for exchange in record.api)


_UPLOADED: Final = "A file was uploaded"

RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="G1",
        title="Files go to the documented paths, in their form, under the documented names of fields.",
        check=check_form,
        clauses=("FILE-UPLOAD-BASE64", "FILE-UPLOAD-STREAM", "FILE-UPLOAD-URL"),
        exposure=f"{_UPLOADED}.",
        advice="Send files as a form to /upload/stream, base64_data and file_url as JSON; names have underscores.",
        applies=has_uploads,
    ),
    Rule(
        id="G3",
        title="base64_data is base64 of the usual alphabet, padded, in one line, bare or as a data URL.",
        check=check_base64,
        clauses=("FILE-UPLOAD-BASE64",),
        exposure=f"{_UPLOADED} as base64, and the recording has its body.",
        advice="Use base64.b64encode or Buffer.toString('base64'), not the variants for URLs or for mail.",
        applies=has_uploads,
    ),
    Rule(
        id="G4",
        title="The names that are sent with a file say nothing of where it lies on the client's machine.",
        check=check_names,
        ground=Ground.SEC,
        exposure=f"{_UPLOADED} with a name, and the recording has it.",
        advice="Send the last part of the path only (Path.name, path.basename), never the path.",
        applies=has_uploads,
    ),
)
"""The rules on the form of uploads."""
