"""Recordings in files, whatever made them."""

from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from contracts.recording.cassette import read_cassette
from contracts.recording.client import ClientRecord
from contracts.recording.har import read_har
from contracts.recording.intake import RecordingError
from contracts.recording.journal import read_journal
from contracts.recording.mitmproxy import read_dump

_KINDS: Final = (
    "an HTTP Archive (HAR), a journal of the simulator, a cassette of vcrpy (YAML or JSON), or a dump of mitmproxy"
)


def load_recording(path: Path) -> ClientRecord:
    """Load what was recorded of a client's traffic; what kind of file it is, its content tells.

    Raises:
        RecordingError: There is no such file, or it is none of the kinds that can be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        record = read_recording(data)
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
    if not record.exchanges:
        raise RecordingError(f"{path}: there is no exchange in it, so there is nothing to judge")
    return record


def read_recording(data: bytes) -> ClientRecord:
    """Read what was recorded of a client's traffic.

    Raises:
        RecordingError: It is none of the kinds that can be read.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise RecordingError(f"it is empty; a recording is {_KINDS}")
    if text[:1].isdigit() and b":" in text[:12]:
        return read_dump(data)
    return _read_document(_decode(text))


def _decode(text: bytes) -> Any:
    if text[:1] in (b"{", b"["):
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(f"it is no JSON that can be read: {error}") from error
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise RecordingError(f"it is neither JSON nor YAML that can be read: {told[:200]}") from error


def _read_document(document: Any) -> ClientRecord:
    found = document.keys() if isinstance(document, dict) else ()
    if "log" in found:
        return read_har(document)
    if "interactions" in found:
        return read_cassette(document)
    if "entries" in found:
        return read_journal(document)
    raise RecordingError(f"it is nothing that can be judged; a recording is {_KINDS}")
