"""Probes of the file service: files are uploaded, looked for by another account, and deleted. Files cost no credits."""

from base64 import b64encode
from typing import Final

from contracts.probes.means import ProbeError
from contracts.probes.probe import Probe
from contracts.probes.session import Session

_PICTURE: Final = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""The smallest picture: one pixel."""


def use_files(session: Session) -> None:
    """Read quota and list, ask wrongly, upload a picture, and delete it."""
    for path in ("quota", "list", "list?page=0", "upload-receipts/none"):
        session.ask("GET", _at(session, path))
    session.ask("GET", _at(session, "list"), key=None)
    session.ask("POST", _at(session, "upload/base64"), json={})
    _delete(session, _upload(session))


def look_for_files(session: Session) -> None:
    """Upload a picture, list and delete files with another account's key, and delete it."""
    name = _upload(session)
    session.ask("GET", _at(session, "list"), key=session.other_key)
    session.ask("DELETE", _at(session, name), key=session.other_key)
    _delete(session, name)


def _upload(session: Session) -> str:
    """Upload a picture and return its id."""
    body = {"base64_data": b64encode(_PICTURE).decode(), "file_name": "contract-check.png"}
    stored = session.read("POST", _at(session, "upload/base64"), json=body).get("data")
    name = stored.get("file_id") if isinstance(stored, dict) else None
    if not isinstance(name, str):
        raise ProbeError("an upload was answered without the id of a file")
    return name


def _delete(session: Session, name: str) -> None:
    session.ask("DELETE", _at(session, name))


def _at(session: Session, path: str) -> str:
    return f"{session.means.files}/api/v1/files/{path}"


PROBES: Final = (
    Probe(
        id="files",
        title="Reads the file service's quota and list, uploads a picture of one pixel, and deletes it.",
        rules=("P1", "P3", "S1"),
        run=use_files,
        needs=("files",),
    ),
    Probe(
        id="others-files",
        title="Looks for an uploaded picture with another account's key.",
        rules=("L12",),
        run=look_for_files,
        needs=("files", "second key"),
    ),
)
"""The probes of the file service."""
