"""G1 to G8: how files are uploaded, and what is done with them."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from contracts.recording import View
from contracts.rules.uploads import RULES
from contracts.verdict import Grade
from tests.rules.records import Traffic, check_broken, check_good, check_untested, outcome
from tests.rules.uploads import BODY, FILES, KEY, PLACE, TEXT, file, form, upload

OTHER = "https://files.evolink.ai/cats/dog.mp4"
DAY = 24 * 3600.0


def create(traffic: Traffic, *links: Any, **facts: Any) -> Traffic:
    """Ask for a task with videos at these links."""
    return traffic.wait(1).create(asked={"video_urls": list(links)}, **facts)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_without_uploads(rule: Any) -> None:
    """A record without uploads has nothing that these rules are about."""
    listed = Traffic().create().ask("GET", f"{FILES}/list", headers=KEY)
    assert outcome(rule.id, listed).grade is Grade.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("facts", "expected", "seen"),
    [
        ({"way": "stream"}, "multipart/form-data at /api/v1/files/upload/stream", "Content-Type: application/json"),
        ({"way": "stream", "headers": {"content-type": None}}, "multipart/form-data", "none"),
        (
            {"omitted": ("request",), "headers": {"content-type": "multipart/form-data"}},
            "application/json",
            "multipart",
        ),
        ({"sent": {"file": TEXT}}, "the field base64_data", "file"),
        ({"sent": {}}, "the field base64_data", "no field"),
        ({"sent": {**BODY, "uploadPath": "cats"}}, "the field upload_path", "uploadPath, which is ignored"),
        ({"sent": {"file_url": PLACE, "FileName": "a"}, "way": "url"}, "the field file_name", "FileName"),
        (form('name="upload"; filename="cat.mp4"'), "the field file", "upload"),
        (form('name="file"; filename="cat.mp4"', 'name="UploadPath"'), "the field upload_path", "UploadPath"),
    ],
)
def test_uploads_in_another_form(facts: dict[str, Any], expected: str, seen: str) -> None:
    """An upload with another Content-Type or other fields than its page has is found."""
    check_broken("G1", upload(Traffic(), **facts), expected, seen)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"omitted": ("request",), "sent": b""},
        {"sent": {**BODY, "upload_path": "cats", "colour": "red"}},
        {"sent": {"file_url": PLACE}, "way": "url"},
        {"sent": b"(it is not JSON that can be read)"},
        form('name="file"; filename="cat.mp4"', 'name="uploadPath"', 'name="fileName"'),
        form('filename="cat.mp4"; name="file"', 'name="file_name"'),
        {
            "way": "stream",
            "sent": b"",
            "omitted": ("request",),
            "headers": {"content-type": "Multipart/Form-Data; a=b"},
        },
    ],
)
def test_uploads_as_documented(facts: dict[str, Any]) -> None:
    """Uploads as their pages have them are fine, and so is what the record does not have."""
    check_good("G1", upload(Traffic(), **facts))


def test_uploads_to_another_path() -> None:
    """A file that is sent to a path that there is not is found; other operations of the service are not meant."""
    check_broken("G1", upload(Traffic(), way="form"), "/upload/stream", "POST /api/v1/files/upload/form")
    check_broken("G1", Traffic().ask("POST", "/v1/files", sent=BODY, status=404), "/upload/base64", "POST /v1/files")
    check_good("G1", upload(Traffic().ask("GET", f"{FILES}/list", headers=KEY)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"data:video/mp4,{TEXT}", "a data URL that begins data:video/mp4,"),
        (f"{TEXT[:8]}\n{TEXT[8:]}", "line breaks"),
        (urlsafe_b64encode(bytes(range(250, 256)) * 3).decode(), "alphabet for URLs"),
        (f"{TEXT[:-1]}!", "letters that base64 does not have"),
        (TEXT[:-1], "padding"),
        (f"{TEXT[:-2]}===", "letters"),
    ],
)
def test_base64_that_is_none(text: str, seen: str) -> None:
    """Text that not every reader takes for base64 is found."""
    check_broken("G3", upload(Traffic(), {"base64_data": text}), "the usual alphabet", seen)


@pytest.mark.parametrize("text", [TEXT, f"data:video/mp4;base64,{TEXT}", f"DATA:image/svg+xml;BASE64,{TEXT}", ""])
def test_base64_as_it_should_be(text: str) -> None:
    """Bare text and data URLs are fine."""
    check_good("G3", upload(Traffic(), {"base64_data": text}))


@pytest.mark.parametrize(
    "facts",
    [
        {"sent": {"base64_data": "(redacted: 12 characters)"}},
        {"sent": {"base64_data": 7}},
        {"omitted": ("request",), "sent": b""},
        {"sent": {"file_url": PLACE, "base64_data": "-"}, "way": "url"},
    ],
)
def test_base64_that_is_not_known(facts: dict[str, Any]) -> None:
    """What is not in the record, or is no text, is not judged."""
    check_untested("G3", upload(Traffic(), **facts))


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({"sent": {**BODY, "file_name": "/home/me/cat.mp4"}}, "/home/me/cat.mp4"),
        ({"sent": {**BODY, "file_name": "/cat.mp4"}}, "/cat.mp4"),
        ({"sent": {**BODY, "file_name": "C:\\cats\\cat.mp4"}}, "C:\\cats"),
        ({"sent": {**BODY, "upload_path": "/Users/me/cats"}}, "/Users/me"),
        ({"sent": {**BODY, "upload_path": "cats/../../x"}}, "cats/.."),
        ({"sent": {"file_url": "file:///srv/cat.mp4"}, "way": "url"}, "file:///srv"),
        (form('name="file"; filename="/srv/cat.mp4"'), "/srv/cat.mp4"),
        (form('name="file"; filename="~/cat.mp4"'), "~/cat.mp4"),
    ],
)
def test_names_that_tell_too_much(facts: dict[str, Any], seen: str) -> None:
    """A path of the client's machine is found, wherever it stands."""
    check_broken("G4", upload(Traffic(), **facts), "without the folders", seen)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"sent": {"base64_data": TEXT, "upload_path": "/cats/2025"}},
        {"sent": {"file_url": PLACE}, "way": "url"},
        {"sent": {**BODY, "file_name": "a..b.mp4"}},
        form('name="file"; filename="cat.mp4"'),
    ],
)
def test_names_that_tell_nothing(facts: dict[str, Any]) -> None:
    """A bare name, a folder of the service, and a link are fine."""
    check_good("G4", upload(Traffic(), **facts))


@pytest.mark.parametrize(
    "facts",
    [
        {"sent": {"base64_data": TEXT, "file_name": "(redacted: 9 characters)", "upload_path": "(redacted)"}},
        {"sent": {"base64_data": TEXT}},
        {"sent": b"", "omitted": ("request",)},
        form('name="file"'),
    ],
)
def test_names_that_are_not_known(facts: dict[str, Any]) -> None:
    """Where there is no name, or it is not in the record, nothing is said."""
    check_untested("G4", upload(Traffic(), **facts))


def test_files_that_do_not_fit() -> None:
    """A file of another kind, or too large, is found when a task is asked for with it."""
    large = 100 * 2**20
    picture = upload(Traffic(), answer=file(mime_type="image/gif"))
    check_broken("G2", create(picture, f"{PLACE}#t=4"), "mp4 or mov", "image/gif, and a task asked for")
    check_broken("G2", create(upload(Traffic(), answer=file(file_size=large + 1)), PLACE), "at most", "104857601 bytes")
    check_good("G2", create(upload(Traffic(), answer=file(file_size=large)), PLACE))
    check_good("G2", create(upload(Traffic(), answer=file(mime_type="video/quicktime")), PLACE))
    check_good("G2", create(upload(Traffic(), answer=file(mime_type=None, file_size=None)), PLACE))


@pytest.mark.parametrize(
    ("field", "kind", "largest", "other"),
    [("image_urls", "image/png", 10 * 2**20, "image/gif"), ("audio_url", "audio/mpeg", 15 * 2**20, "audio/wav")],
)
def test_pictures_and_sounds(field: str, kind: str, largest: int, other: str) -> None:
    """Each field of links of the model's page has files of its own kind and size."""

    def asked(**changes: Any) -> Traffic:
        link = PLACE if field == "audio_url" else [PLACE]
        body = {"model": "wan2.6-image-to-video", "video_urls": None, field: link}
        return upload(Traffic(), answer=file(**changes)).wait(1).create(asked=body)

    check_good("G2", asked(mime_type=kind, file_size=largest))
    check_broken("G2", asked(mime_type=other), "a picture that is" if "image" in kind else "a sound that is", other)
    check_broken("G2", asked(mime_type="video/mp4"), kind[-3:] if "png" in kind else "mp3", "video/mp4")
    check_broken("G2", asked(mime_type=kind, file_size=largest + 1), f"at most {largest} bytes", f"{largest + 1} bytes")
    check_good("G5", asked(mime_type=kind))
    check_untested("G5", upload(Traffic()).wait(1).create(asked={"video_urls": None, field: [PLACE]}))


def test_a_model_of_somebody_else() -> None:
    """Of a model whose page nobody has, which the server knows, every field may have a link, and any file."""
    body = {"model": "cat-9", "image_urls": [PLACE], "video_urls": None, "callback_url": OTHER}
    used = upload(Traffic(), answer=file(mime_type="image/gif")).wait(1).create(asked=body)
    check_good("G2", used)
    check_good("G5", used)


def test_files_that_are_not_used() -> None:
    """Without a task that uses the file nothing is put to the test."""
    bad = file(mime_type="image/gif")
    check_untested("G2", upload(Traffic(), answer=bad))
    check_untested("G2", create(upload(Traffic(), answer=bad), OTHER, 7))
    check_untested("G2", upload(create(Traffic(), PLACE), answer=bad))
    check_untested("G2", upload(Traffic(), answer=bad).create(asked={"video_urls": PLACE}))
    check_untested("G2", create(upload(Traffic(), answer=bad, status=500), PLACE))
    check_good("G2", create(upload(upload(Traffic(), answer=bad), answer=file()), PLACE))


def test_links_that_are_guessed() -> None:
    """A link that was put together is found; the links of any answer are fine, and so are others' files."""
    guess = "https://files.evolink.ai/cat.mp4"
    check_broken("G5", create(upload(Traffic()), guess), f"as it was answered: {PLACE}", guess)
    check_broken("G5", create(upload(Traffic()), "https://files.evolink.ai/v/file_cat"), "file_url", "v/file_cat")
    check_good("G5", create(upload(Traffic()), PLACE))
    check_good("G5", create(upload(Traffic()), f"{PLACE}#t=4"))
    check_good("G5", create(upload(Traffic()), file()["data"]["download_url"]))
    listed: dict[str, Any] = {"answer": {"success": True, "data": {"files": [{"file_url": guess, "file_id": 7}]}}}
    check_good("G5", create(upload(Traffic()).ask("GET", f"{FILES}/list", headers=KEY, **listed), guess))
    check_untested("G5", create(upload(Traffic()), "https://files.evolink.ai/old.mp4"))
    check_untested("G5", create(upload(Traffic()), "https://example.com/cat.mp4"))
    check_untested("G5", upload(create(Traffic(), guess)))


def test_files_that_have_expired() -> None:
    """A link that is used after its time is found, to the second; one that is new by then is fine."""
    check_broken("G6", create(upload(Traffic()).wait(3 * DAY - 1), PLACE), "(72 h)", "72 h after")
    check_untested("G6", create(upload(Traffic()).wait(3 * DAY - 1.02), PLACE))
    check_good("G6", create(upload(upload(Traffic()).wait(4 * DAY), answer=file(OTHER)), OTHER))
    check_good("G6", create(upload(upload(Traffic()).wait(4 * DAY)), PLACE))
    check_untested("G6", create(upload(Traffic()).wait(4 * DAY), "https://example.com/cat.mp4"))


@pytest.mark.parametrize(
    ("changes", "hours"),
    [
        ({"expires_at": "2025-10-09T02:00:00+08:00"}, 2),
        ({"expires_at": "soon"}, 72),
        ({"expires_at": None}, 72),
        ({"expires_at": "2025-10-12T00:00:00"}, 72),
    ],
)
def test_how_long_files_last(changes: dict[str, Any], hours: int) -> None:
    """A file lasts as long as its answer says, or else as the page does."""
    kept = upload(Traffic(), answer=file(**changes))
    check_broken("G6", create(kept.wait(hours * 3600), PLACE), f"({hours} h)", f"{hours} h after")
    check_untested("G6", create(upload(Traffic(), answer=file(**changes)).wait(hours * 3600 - 60), PLACE))


def test_files_on_a_fast_clock() -> None:
    """On a scaled clock the server's time counts."""
    fast = View(clock="scaled", pace=100.0)
    check_broken("G6", create(upload(Traffic(view=fast)).wait(0.03 * DAY), PLACE), "72 h", "72 h after")
    check_untested("G6", create(upload(Traffic(view=fast)).wait(0.02 * DAY), PLACE))


BARE: dict[str, Any] = {"sent": {"base64_data": TEXT}}
LOST: dict[str, Any] = {"status": None, "error": "the connection was lost"}


def test_uploads_that_are_sent_again() -> None:
    """An upload without a name that is repeated after a lost answer may be stored twice."""
    twice = upload(upload(Traffic(), **BARE, **LOST), **BARE)
    check_broken("G7", twice, "a look at the receipt or the list", "sent again under no name")
    bare = form('name="file"; filename="cat.mp4"')
    check_broken("G7", upload(upload(Traffic(), **bare, **LOST), **bare), "file_name", "no name")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"{FILES}/upload-receipts/run-1"), ("GET", f"{FILES}/list"), ("DELETE", f"{FILES}/file_cat")],
)
def test_uploads_that_are_looked_up(method: str, path: str) -> None:
    """Who looks what was stored first, or cleans up, leaves nothing behind."""
    lost = upload(Traffic(), **BARE, **LOST)
    check_good("G7", upload(lost.ask(method, path, headers=KEY, status=404, answer={}), **BARE))


def test_looks_that_come_at_another_time() -> None:
    """A look before the first, or after the second, helps nobody; cleaning up in the end does."""
    look: dict[str, Any] = {"headers": KEY, "status": 404, "answer": {}}
    early = upload(upload(Traffic().ask("GET", f"{FILES}/list", **look), **BARE, **LOST), **BARE)
    check_broken("G7", early, "a look", "nothing looked up")
    late = upload(upload(Traffic(), **BARE, **LOST), **BARE).ask("GET", f"{FILES}/list", **look)
    check_broken("G7", late, "a look", "nothing looked up")
    elsewhere = upload(upload(Traffic(), **BARE, **LOST).ask("GET", "/v1/credits"), **BARE)
    check_broken("G7", elsewhere, "a look", "nothing looked up")
    check_good("G7", upload(upload(Traffic(), **BARE, **LOST), **BARE).ask("DELETE", f"{FILES}/file_cat", headers=KEY))


def test_uploads_that_may_be_sent_again() -> None:
    """A name that the client gives, and an answer that says that nothing was stored, make repeating safe."""
    check_good("G7", upload(upload(Traffic(), **LOST)))
    named = form('name="file"; filename="cat.mp4"', 'name="fileName"')
    check_good("G7", upload(upload(Traffic(), **named, **LOST), **named))
    check_untested("G7", upload(upload(Traffic(), **BARE, status=429), **BARE))
    hidden: dict[str, Any] = {"sent": b"", "omitted": ("request",)}
    check_untested("G7", upload(upload(Traffic(), **hidden, **LOST), **hidden))
    check_untested("G7", upload(Traffic(), **BARE, **LOST))


def test_uploads_that_did_not_succeed() -> None:
    """An answer that says success false is an error whatever its status: nothing may be made of it."""
    failed = {**file(), "success": False}
    check_broken("G8", create(upload(Traffic(), answer=failed), PLACE), "success false", "in the place of a link")
    empty = {"success": False, "code": 40002, "msg": "no", "data": None}
    for nothing in (None, "None", "undefined", ""):
        check_broken("G8", create(upload(Traffic(), answer=empty), nothing), "success false", "a task asked for")
    check_good("G8", create(upload(Traffic(), answer=empty), OTHER, 7))
    check_good("G8", upload(Traffic(), answer=failed))
    check_good("G8", create(upload(Traffic(), answer=empty), OTHER))
    check_good("G8", upload(create(Traffic(), PLACE), answer=failed))
    check_good("G8", upload(Traffic(), answer=failed).create(asked={"video_urls": "None"}))
    check_untested("G8", create(upload(Traffic(), answer=failed, status=400), PLACE))
    check_untested("G8", create(upload(Traffic(), answer=["?"]), PLACE))
