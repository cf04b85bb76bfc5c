"""What the file service does: each operation reads the call, asks the store, and answers in the service's envelope."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from mock_server.api.endpoint import Answer
from mock_server.calls.call import Call
from mock_server.core.errors import InvalidRequest
from mock_server.core.files.errors import (
    FileDownloadFailed,
    FileNotFound,
    FileQuotaExceeded,
    FileTypeNotAllowed,
)
from mock_server.core.files.file import (
    FILE_LIFETIME,
    LONGEST_NAME,
    StoredFile,
    clean_name,
    clean_path,
    default_name,
    default_path,
    file_data,
    file_id,
    file_row,
    quota_data,
)
from mock_server.core.files.types import media_type
from mock_server.core.http.urls import UrlError, read_url
from mock_server.core.validation import refuse
from mock_server.egress.egress import EgressError
from mock_server.files.base64_text import Base64Reader
from mock_server.files.endpoint import StreamedCall
from mock_server.files.extraction import Extraction
from mock_server.files.forms import OVERHEAD, FormReader
from mock_server.http.bodies import check_media_type
from mock_server.simulator import Simulator
from mock_server.store.depot import Incoming

FETCH_SECONDS: Final = 60.0
"""How long fetching a file from a URL may take, in all."""

_OTHER_NAMES: Final = {"uploadPath": "upload_path", "fileName": "file_name"}
_UPLOAD_HEADER: Final = b"x-evo-upload-id"
_LONGEST_UPLOAD: Final = 128


async def upload_base64(simulator: Simulator, call: Call) -> Answer:
    """Store a file that is written into the request as base64 text (FILE-UPLOAD-BASE64)."""
    limit, settings = simulator.settings.file_limit, simulator.settings
    check_media_type(call.headers)
    with simulator.depot.receive(limit) as incoming:
        reader = Base64Reader(incoming.write)
        extraction = Extraction("base64_data", reader.feed, limit=settings.body_limit)
        async for piece in _pieces(call, most=2 * limit + settings.body_limit):
            extraction.feed(piece)
        body = extraction.finish()
        refuse(simulator.operations["uploadFileBase64"].request_violations(body))
        reader.feed(body["base64_data"].encode())  # nothing, unless its name was written in another way
        reader.finish()
        return await _keep(simulator, call, incoming, body, came_as="")


async def upload_stream(simulator: Simulator, call: Call) -> Answer:
    """Store a file that is sent as a form (FILE-UPLOAD-STREAM)."""
    limit = simulator.settings.file_limit
    with simulator.depot.receive(limit) as incoming:
        form = FormReader(call.header(b"content-type") or "", incoming.write)
        async for piece in _pieces(call, most=limit + OVERHEAD):
            form.feed(piece)
        fields = {_OTHER_NAMES.get(name, name): text for name, text in form.finish().items()}
        refuse(simulator.operations["uploadFileStream"].request_violations(fields))
        return await _keep(simulator, call, incoming, fields, came_as=form.file_name)


async def upload_url(simulator: Simulator, call: Call) -> Answer:
    """Fetch a file and store it (FILE-UPLOAD-URL). What may be connected to is what holds for callbacks."""
    body = call.json()
    refuse(simulator.operations["uploadFileUrl"].request_violations(body))
    url = body["file_url"]
    try:
        target = read_url(url).target
    except UrlError as error:
        raise InvalidRequest(f"file_url: {error}", param="file_url", clauses=("FILE-UPLOAD-URL",)) from error
    with simulator.depot.receive(simulator.settings.file_limit) as incoming:
        try:
            await simulator.egress.fetch(url, incoming.write, seconds=FETCH_SECONDS)
        except EgressError as error:
            raise FileDownloadFailed(str(error), clauses=("FILE-UPLOAD-URL",)) from error
        name = unquote(target.partition("?")[0].rpartition("/")[2])
        return await _keep(simulator, call, incoming, body, came_as=name)


async def list_files(simulator: Simulator, call: Call) -> Answer:
    """Show a page of the caller's files, newest first (FILE-LIST)."""
    operation = simulator.operations["listFiles"]
    refuse(operation.query_violations(call.query))
    wanted: dict[str, Any] = operation.query_values(call.query)
    now = await _tidied(simulator, call)
    page = await simulator.store.list_files(
        call.caller.account, page=wanted["page"], page_size=wanted["pageSize"], now=now
    )
    return _answer({"total": page.total, "files": [file_row(file) for file in page.files]})


async def get_quota(simulator: Simulator, call: Call) -> Answer:
    """Show how many files the caller has and may have (FILE-QUOTA)."""
    now, group = await _tidied(simulator, call), call.rules.group
    used = await simulator.store.file_usage(call.caller.account, now=now)
    most = simulator.settings.file_quota(group)
    reason = f"set for the group {group}" if simulator.settings.has_file_quota(group) else ""
    return Answer({"success": True, "code": 200, "data": quota_data(group, used, most, reason=reason)})


async def delete_file(simulator: Simulator, call: Call) -> Answer:
    """Delete a file of the caller's (FILE-DELETE)."""
    now, name = await _tidied(simulator, call), call.path_parameters["file_id"]
    file = await simulator.store.file(call.universe.name, name, now=now)
    if file is None or file.account != call.caller.account:
        raise FileNotFound(clauses=("FILE-DELETE",))
    await simulator.store.delete_file(file.universe, file.id)
    await simulator.sweep_files()
    return Answer({"success": True, "code": 200, "msg": "File deleted successfully"})


async def get_receipt(simulator: Simulator, call: Call) -> Answer:
    """Show what came of an upload, by the name that the client gave it (FILE-RECEIPT)."""
    now, upload = await _tidied(simulator, call), call.path_parameters["upload_id"]
    file = await simulator.store.file_of_upload(call.caller.account, upload, now=now)
    if file is None:
        raise FileNotFound("there is no receipt of this upload", clauses=("FILE-RECEIPT",))
    told = {
        "upload_id": upload,
        "state": "done",
        "result_verified": True,
        "file": file_data(file, origin=simulator.link_origin(call)),
    }
    return _answer(told)


async def _keep(
    simulator: Simulator, call: Call, incoming: Incoming, said: Mapping[str, Any], *, came_as: str
) -> Answer:
    """Store what has arrived under the names that were said; `came_as` is what it was called where it came from."""
    for field in ("file_name", "upload_path"):
        if len(said.get(field, "")) > LONGEST_NAME:
            raise InvalidRequest(f"{field} has more than {LONGEST_NAME} characters", param=field)
    kind = media_type(incoming.head)
    if kind is None:
        raise FileTypeNotAllowed("pictures, sound and films are taken, by their content", clauses=("FILE-TYPE",))
    universe, now = call.universe, await _tidied(simulator, call)
    name = file_id(universe.name, call.exchange.id, universe.seed)
    given = said.get("file_name", "")
    file = StoredFile(
        universe=universe.name,
        id=name,
        account=call.caller.account,
        name=clean_name(given) or default_name(name, kind),
        path=clean_path(said.get("upload_path", "")) or default_path(kind),
        original_name=given or came_as[:LONGEST_NAME] or default_name(name, kind),
        type=kind,
        size=incoming.size,
        digest=incoming.digest,
        created_at=now,
        expires_at=now + FILE_LIFETIME,
        upload=_upload(call),
    )
    most = simulator.settings.file_quota(call.rules.group)
    if not await simulator.store.add_file(file, most, place=incoming.place):
        told = f"the account may store {most.files} files of {most.bytes} bytes in all"
        raise FileQuotaExceeded(told, clauses=("FILE-QUOTA",))
    await simulator.sweep_files()
    return _answer(file_data(file, origin=simulator.link_origin(call)), "File uploaded successfully")


async def _tidied(simulator: Simulator, call: Call) -> int:
    """Let go of what has expired in the caller's universe, and return the time there."""
    now = call.universe.now()
    await simulator.store.expire_files(call.universe.name, now=now)
    await simulator.sweep_files()
    return now


def _pieces(call: Call, *, most: int) -> AsyncIterator[memoryview]:
    return cast("StreamedCall", call).pieces(most)


def _upload(call: Call) -> str | None:
    name = call.header(_UPLOAD_HEADER)
    if name is not None and not 0 < len(name) <= _LONGEST_UPLOAD:
        told = f"X-Evo-Upload-Id must have 1 to {_LONGEST_UPLOAD} characters"
        raise InvalidRequest(told, param="X-Evo-Upload-Id", clauses=("FILE-RECEIPT",))
    return name


def _answer(data: Any, remark: str = "success") -> Answer:
    return Answer({"success": True, "code": 200, "msg": remark, "data": data})
