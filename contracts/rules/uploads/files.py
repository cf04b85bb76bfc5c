"""What is done with uploaded files: checked, used by their links while those hold, not stored twice (G2, G5 to G8)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.operations import FILES, UPLOAD_STREAM, UPLOADS, operation_of
from contracts.recording.origins import origin_of
from contracts.recording.replies import Reply, reply_of
from contracts.recording.sights import part
from contracts.rules.requests.asked import references_of
from contracts.rules.uploads.forms import fields_of, has_uploads, parts_of, uploads_of
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach
from openapi.operations import load_operations

_KINDS: Final = {
    "video": ("mp4 or mov", {"video/mp4", "video/quicktime"}, 100 * 2**20),
    "image": ("jpeg, png, bmp or webp", {"image/jpeg", "image/png", "image/bmp", "image/webp"}, 10 * 2**20),
    "audio": ("mp3", {"audio/mpeg", "audio/mp3"}, 15 * 2**20),
}
"""What a file must be, by what the name of its field begins with: formats, media types and bytes."""

_KEPT: Final = 72 * 3600.0
"""How many seconds a file is kept (FILE-STORED)."""

_NOTHING: Final = (None, "", "None", "null", "undefined")
"""What programs write where there is no link."""


class Stored(msgspec.Struct, frozen=True, dict=True):
    """A file as an upload's answer showed it."""

    exchange: Exchange
    data: Mapping[str, Any]

    @property
    def links(self) -> tuple[str, ...]:
        """Where it can be had."""
        found = (self.data.get(name) for name in ("file_url", "download_url"))
        return tuple(link for link in found if isinstance(link, str))

    def text(self, name: str) -> str:
        """Return a member that is a text; nothing if it is none."""
        found = self.data.get(name)
        return found if isinstance(found, str) else ""

    @property
    def lasts(self) -> float:
        """For how many seconds it is kept from when it was stored."""
        try:
            end, start = (datetime.fromisoformat(self.text(name)) for name in ("expires_at", "upload_time"))
            return (end - start).total_seconds()
        except (ValueError, TypeError):
            return _KEPT

    def is_over(self, record: ClientRecord, now: float) -> bool:
        """Tell whether it is no more kept at a time of the client's clock."""
        return (now - self.exchange.ended_at) * record.view.pace >= self.lasts


def _find_stored(record: ClientRecord) -> tuple[Stored, ...]:
    """Find the files that uploads stored, in order."""
    return tuple(
        Stored(exchange, part(exchange.answered, "data"))
        for exchange in uploads_of(record)
        if exchange.succeeded and isinstance(exchange.answered, dict) and exchange.answered.get("success") is not False
    )


def _used_urls(record: ClientRecord, call: Call) -> tuple[tuple[str, str], ...]:
    """Return the URLs that a task was asked for with, without their fragments, each with its field."""
    asked = references_of(record, call)
    return tuple((field, url.partition("#")[0]) for field, url in asked if isinstance(url, str))


def _find_uses(record: ClientRecord) -> Iterator[tuple[Call, str, Stored]]:
    """Find the creates that use an uploaded file, each with the field and the file as last stored before."""
    stored = _find_stored(record)
    for call in record.creates:
        for field, url in _used_urls(record, call):
            before = (file for file in stored if url in file.links and file.exchange.ended_at <= call.first.started_at)
            found = max(before, key=lambda file: file.exchange.ended_at, default=None)
            if found is not None:
                yield call, field, found


def check_fitness(record: ClientRecord) -> Examination:
    """G2: yield for each create with an uploaded file whose kind and size its upload showed."""
    for call, field, file in _find_uses(record):
        kind = field.partition("_")[0]
        wrong = _find_misfit(kind, file) if kind in _KINDS and _is_documented(call) else None
        yield None if wrong is None else _misused(file, call, *wrong)


def _is_documented(call: Call) -> bool:
    """Tell whether the pages that are always known say what a file must be with which a task is asked for."""
    return call.body.get("model") in {None, *load_operations().of_models}


def _find_misfit(kind: str, file: Stored) -> tuple[str, str] | None:
    """Return what was expected of a file and what it is, if that is something else."""
    formats, types, largest = _KINDS[kind]
    noun = {"image": "picture", "audio": "sound"}.get(kind, kind)
    type_, size = file.text("mime_type"), file.data.get("file_size")
    if type_ and type_ not in types:
        return f"a {noun} that is {formats}", f"{type_}, and a task asked for with it"
    if isinstance(size, int) and size > largest:
        return f"a {noun} of at most {largest} bytes", f"{size} bytes"
    return None


def check_links(record: ClientRecord) -> Examination:
    """G5: yield for each create after an upload that uses a link of the file service."""
    stored = _find_stored(record)
    for call in record.creates:
        before = [file for file in stored if file.exchange.ended_at <= call.first.started_at]
        hosts = {origin_of(link) for file in before for link in file.links}
        for _, url in _used_urls(record, call):
            if origin_of(url) in hosts:
                told = any(url in _links_in(exchange.answered) for exchange in record.api if exchange.succeeded)
                alike = next((file for file in before if _is_guess(url, file)), None)
                if told:
                    yield None
                elif alike is not None:
                    yield _misused(alike, call, f"file_url as it was answered: {alike.text('file_url')}", url)


def _is_guess(url: str, file: Stored) -> bool:
    """Tell whether a link seems to be put together from what is known of a file."""
    last = url.rpartition("/")[2]
    return last in {file.text("file_name"), file.text("original_name"), file.text("file_id")}


def _links_in(value: Any) -> set[str]:
    """Return all texts that stand in an answer as values."""
    if isinstance(value, dict):
        return set().union(*map(_links_in, value.values()))
    if isinstance(value, list):
        return set().union(*map(_links_in, value))
    return {value} if isinstance(value, str) else set()


def check_expiry(record: ClientRecord) -> Examination:
    """G6: yield for each create with an uploaded file, once a file that was uploaded before is kept no more."""
    stored = _find_stored(record)
    for call, _, file in _find_uses(record):
        now = call.first.started_at
        if file.is_over(record, now):
            hours = (now - file.exchange.ended_at) * record.view.pace / 3600
            seen = f"its link used {hours:.0f} h after it was stored"
            yield _misused(file, call, f"a file that is stored still ({file.lasts / 3600:.0f} h)", seen)
        elif any(other.is_over(record, now) for other in stored):
            yield None


def check_orphans(record: ClientRecord) -> Examination:
    """G7: yield for each upload that was tried again although nobody knew whether the first had been stored."""
    for call in record.calls_of(*UPLOADS):
        for wait in call.waits:
            if reply_of(wait.before) is Reply.UNCLEAR and "request" not in wait.before.omitted:
                safe = _has_name(wait.before) or _was_looked_up(record, wait.before, wait.after)
                seen = "the same file sent again under no name, and nothing looked up"
                expected = "a file_name that the second replaces, or a look at the receipt or the list before"
                yield None if safe else breach(wait.before.path, expected, seen, wait.before, wait.after)


def _has_name(exchange: Exchange) -> bool:
    """Tell whether a file is stored under a name that its client gave, and so takes the place of the first."""
    if operation_of(exchange) == UPLOAD_STREAM:
        return bool({"file_name", "fileName"} & {each.name for each in parts_of(exchange)})
    return bool(fields_of(exchange).get("file_name"))


def _was_looked_up(record: ClientRecord, before: Exchange, after: Exchange) -> bool:
    """Tell whether the client looked what was stored before it tried again, or cleaned up in the end."""
    for exchange in record.api:
        ours = exchange.path.startswith(FILES) and exchange.started_at >= before.ended_at
        if ours and (
            exchange.method == "DELETE" or (exchange.method == "GET" and exchange.started_at < after.started_at)
        ):
            return True
    return False


def check_success(record: ClientRecord) -> Examination:
    """G8: yield for each upload that was answered with 200 and success false."""
    for exchange in uploads_of(record):
        answered = exchange.answered
        if exchange.succeeded and isinstance(answered, dict) and answered.get("success") is False:
            links = set(Stored(exchange, part(answered, "data")).links)
            later = (call for call in record.creates if call.first.started_at >= exchange.ended_at)
            used = next((call for call in later if _uses(record, call, links)), None)
            if used is None:
                yield None
            else:
                expected = "success false to be taken for an error, whatever the status"
                seen = "a task asked for with what that answer had in the place of a link"
                yield breach(exchange.path, expected, seen, exchange, used.first)


def _uses(record: ClientRecord, call: Call, links: set[str]) -> bool:
    """Tell whether a task was asked for with one of these links, or with what stands where there is none."""
    if any(url in links for _, url in _used_urls(record, call)):
        return True
    return any(value in _NOTHING for _, value in references_of(record, call))


def _misused(file: Stored, call: Call, expected: str, seen: str) -> Finding:
    return breach(file.text("file_id"), expected, seen, file.exchange, call.first)


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="G2",
        title="An uploaded file is checked before a task is asked for with it: its format, and how large it is.",
        check=check_fitness,
        level=Level.SHOULD,
        clauses=("VIDEO-FORMAT", "VIDEO-SIZE", "IMAGE-FORMAT", "IMAGE-SIZE", "SOUND-FORMAT", "SOUND-SIZE"),
        exposure="A task was asked for with an uploaded file.",
        advice="Look at mime_type and file_size of the upload's answer, and at the length, before you create.",
        applies=has_uploads,
    ),
    Rule(
        id="G5",
        title="A file is used by the link that its upload answered, not by one that was put together.",
        check=check_links,
        clauses=("FILE-STORED", "URLS-UPLOAD"),
        exposure="A task was asked for with a link of the file service, after an upload.",
        advice="Take data.file_url from the answer as it is.",
        applies=has_uploads,
    ),
    Rule(
        id="G6",
        title="A file that has expired is uploaded anew before it is used.",
        check=check_expiry,
        level=Level.SHOULD,
        clauses=("FILE-STORED",),
        exposure="A task was asked for with an uploaded file after one had expired.",
        advice="Keep expires_at with the link, and upload again when it is near.",
        applies=has_uploads,
    ),
    Rule(
        id="G7",
        title="An upload that is tried again leaves no second copy.",
        check=check_orphans,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("FILE-OVERWRITE", "FILE-RECEIPT", "FILE-QUOTA"),
        exposure="An upload was tried again after an answer that was lost or cut, and the recording has its body.",
        advice="Give file_name and upload_path yourself, or send X-Evo-Upload-Id and ask for its receipt first.",
        applies=has_uploads,
    ),
    Rule(
        id="G8",
        title="An upload that answers success false has failed, also with status 200.",
        check=check_success,
        clauses=("FILE-ERROR",),
        exposure="An upload was answered with 200 and success false.",
        advice="Check success as well as the status, and raise msg and code as an error.",
        applies=has_uploads,
    ),
)
"""The rules on files that were uploaded."""
