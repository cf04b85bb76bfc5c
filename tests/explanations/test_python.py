"""The fixes in Python, put together: a client that is judged, and finds its way in every scenario."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

import httpx
import httpx2
import pytest
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.recording import Reported
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, Verdict, judge
from mock_server.scenarios.bundled import load_scenarios
from tests.clients.judging import grades, record_client, tell
from tests.files.uploading import MP4

pytestmark = pytest.mark.uncounted

Part: TypeAlias = Callable[[str], ModuleType]
KEY: Final = "0d5f8f6e-2f0f-4b5e-9f0b-8f7f6e5d4c3b"
VIDEOS: Final = ["https://example.com/a.mp4"]
HOOK: Final = "https://hooks.example.com/callbacks/evolink"


def check(portal: BlockingPortal, client: Callable[[Evolink], object], *passed: str, **options: Any) -> Verdict[Any]:
    """Have a client run, and no rule find anything; these rules were put to the test."""
    verdict = judge(ALL_RULES, record_client(portal, client, **options))
    assert not grades(verdict, Grade.FAIL, Grade.WARN, Grade.ERROR), tell(verdict)
    assert set(passed) <= grades(verdict, Grade.PASS)
    return verdict


def make(part: Part, folder: Path) -> Callable[[Evolink], list[Reported]]:
    """Return a client that makes a video, and tells what came of it."""

    def run(evolink: Evolink) -> list[Reported]:
        body = part("asking").write_body("A cat dances", VIDEOS, sound=False, quality="720p", shots="multi")
        with part("connecting").connect(evolink.key, evolink.url) as client:
            part("limiting").Limiter().attach(client)
            try:
                task = part("creating").create(client, body, key=KEY)
                part("telling").log_create(task, body["prompt"])
                task = part("following").follow(client, task)
                (path,) = part("downloading").save(client, task, folder)
            except Exception as error:  # noqa: BLE001 - what a client tells is judged, too
                return [Reported(outcome="error", error=type(error).__name__, message=str(error), wanted=body)]
        assert path.read_bytes()[4:8] == b"ftyp"
        return [Reported(outcome="completed", task=task.id, path=str(path), wanted=body)]

    return run


@pytest.mark.parametrize("scenario", sorted(load_scenarios()))
def test_every_scenario(part: Part, portal: BlockingPortal, tmp_path: Path, scenario: str) -> None:
    """Whatever goes wrong, no rule finds anything."""
    check(portal, make(part, tmp_path), "A1", "A5", "A6", "A10", "B4", scenario=scenario)


@pytest.mark.parametrize(
    ("plans", "passed"),
    [
        (("answer 503 on=create nth=1-3",), {"B3", "D6", "D11"}),
        (("answer 503 retry-after=7 on=create nth=1",), {"B6", "D3"}),
        (("answer 429 retry-after=7 on=query nth=2",), {"C9", "D3"}),
        (("answer 429 retry-after=90000 on=create",), {"D5"}),
        (("disconnect on=create nth=1", "answer 409 on=create nth=2"), {"B3"}),
        (("answer 400 on=create",), {"B7", "B11"}),
        (("head headers.retry-after=20 on=query",), {"C5"}),
        (("task slower=10 estimate=5",), {"C7"}),
        (('head headers.x-trace=["1","2"] on=query nth=3',), {"I6"}),
        (("body set.created=1757169743.5 on=query nth=3",), {"I3"}),
        (("body set.model=null on=query nth=3",), {"I4"}),
        (("body truncated on=create nth=1",), {"B2"}),
    ],
)
def test_troubles(part: Part, portal: BlockingPortal, tmp_path: Path, plans: tuple[str, ...], passed: set[str]) -> None:
    """Each trouble puts its rule to the test, and the client passes."""
    check(portal, make(part, tmp_path), *passed, plans=plans)


def test_a_batch_within_a_budget(part: Part, portal: BlockingPortal) -> None:
    """The budget and the first 402 end it, and each order has its own task."""

    def run(evolink: Evolink) -> list[Reported]:
        spending = part("spending")
        orders = [(f"{KEY}-{name}", part("asking").write_body(name, VIDEOS)) for name in ("cat", "dog", "cow")]
        with part("connecting").connect(evolink.key, evolink.url) as client:
            made = spending.create_all(client, orders, budget=70)
            assert [order for order in dict(orders) if order in made] == [orders[0][0], orders[1][0]]
            ended = [part("following").follow(client, task) for task in made.values()]
            assert spending.charged(ended[0]) == made[orders[0][0]].credits
            assert spending.charged(part("reading").Task("cat", "failed", credits=9)) == 0
        bodies = dict(orders)
        facts = {"budget": 70.0}
        return [
            Reported(outcome="completed", task=task.id, wanted=bodies[name], facts=facts) for name, task in made.items()
        ]

    check(portal, run, "B9", "H1")
    assert part("spending").paid_seconds([9, 2, 1], 5) == pytest.approx(1.65 + 1.65 + 1 + 5)


def test_no_credits(part: Part, portal: BlockingPortal) -> None:
    """A batch stops where the credits do."""

    def run(evolink: Evolink) -> None:
        orders = [(f"{KEY}-{name}", part("asking").write_body(name, VIDEOS)) for name in ("cat", "dog")]
        with part("connecting").connect(evolink.key, evolink.url) as client:
            assert part("spending").create_all(client, orders, budget=9_000) == {}

    check(portal, run, "H4", credits=0)


def test_uploads(part: Part, portal: BlockingPortal, tmp_path: Path) -> None:
    """Both ways of uploading, an upload that is old, and files that are none."""
    cat, dog = tmp_path / "cat.mp4", tmp_path / "dog.txt"
    cat.write_bytes(MP4)
    dog.write_bytes(b"dog")

    def run(evolink: Evolink) -> None:
        uploading = part("uploading")
        with part("connecting").connect(evolink.key, evolink.url) as client:
            first = uploading.upload(client, cat)
            body = part("asking").write_body("A cat", [uploading.upload_as_text(client, cat).url, first.url])
            part("following").follow(client, part("creating").create(client, body, key=KEY))
            assert uploading.renew(client, first) is first
            old = uploading.Upload(cat, first.url, uploading.datetime.now(uploading.UTC))
            assert uploading.renew(client, old).url != first.url
            with pytest.raises(ValueError, match=r"dog\.txt must be mp4 or mov"):
                uploading.upload(client, dog)

    check(portal, run, "G1", "G2", "G5")


def test_an_upload_that_is_refused_with_200(part: Part, portal: BlockingPortal, tmp_path: Path) -> None:
    """It is an error."""
    (tmp_path / "cat.mp4").write_bytes(MP4)

    def run(evolink: Evolink) -> None:
        with (
            part("connecting").connect(evolink.key, evolink.url) as client,
            pytest.raises(part("uploading").NotUploaded),
        ):
            part("uploading").upload(client, tmp_path / "cat.mp4")

    check(portal, run, "G8", plans=("body set.success=false on=upload",))


@pytest.mark.parametrize(
    "plan", ["callback twice", "callback never", "callback extra-fields", "body truncated on=callback"]
)
def test_callbacks(part: Part, portal: BlockingPortal, tmp_path: Path, plan: str) -> None:
    """Whatever becomes of callbacks, the result is fetched once."""
    saved: list[Path] = []

    def run(evolink: Evolink) -> list[Reported]:
        settling = part("settling")
        desk = settling.Desk(str(tmp_path / "desk.db"))
        evolink.deliver_to(part("receiving").make_receiver(desk.note, "/callbacks/evolink"))
        with part("connecting").connect(evolink.key, evolink.url) as client:
            body = part("asking").write_body("A cat dances", VIDEOS, callback_url=HOOK)
            task = part("creating").create(client, body, key=KEY)
            desk.expect(task.id)
            for told in (True, False):
                part("following").time.sleep(240)
                settling.settle(
                    client,
                    desk,
                    lambda ended: saved.extend(part("downloading").save(client, ended, tmp_path)),
                    told=told,
                )
            assert desk.open() == []
        return [Reported(outcome="completed", task=task.id)]

    check(portal, run, plans=(plan,))
    assert len(saved) == 1


def post(app: Any, body: bytes, kind: str = "application/json") -> int:
    """Send a receiver something, and return the status of its answer."""

    async def send() -> int:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="https://hooks") as client:
            return (await client.post("/done", content=body, headers={"content-type": kind})).status_code

    return asyncio.run(send())


def test_what_a_receiver_answers(part: Part) -> None:
    """204 to what is ours, and something fitting to all else."""
    app = part("receiving").make_receiver(lambda task: task == "cat", "/done")
    known, other = json.dumps({"id": "cat", "new": None}).encode(), json.dumps({"id": "dog"}).encode()
    assert [post(app, body) for body in (known, other, b"{", b"[]", b"a" * (2**20 + 1))] == [204, 404, 400, 400, 400]
    assert post(app, known, "text/plain") == 415


def test_what_cannot_be_asked_for(part: Part) -> None:
    """It is told before anything is sent."""
    write_body = part("asking").write_body
    for prompt, videos, options in (
        ("a" * 1501, VIDEOS, {}),
        ("a", [], {}),
        ("a", ["cat.mp4"], {}),
        ("a", VIDEOS, {"duration": 2.5}),
        ("a", VIDEOS, {"callback_url": "http://hooks.example.com"}),
    ):
        with pytest.raises(ValueError, match=r"^(?:a prompt|1 to 3|a video|callback_url)"):
            write_body(prompt, videos, **options)


def test_errors_are_told_by_their_status(part: Part) -> None:
    """Whatever their body is, and what a hint says in whatever form."""
    errors, waiting = part("errors"), part("waiting")
    for body in (b"<html>", b'{"error": "No."}', b'{"error": {"code": 402, "message": "No."}}', b"[]"):
        assert type(errors.error_of(httpx.Response(402, content=body))) is errors.OutOfCredits
    told = {"date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    hints = {"7": 7, "Wed, 21 Oct 2015 07:28:09 GMT": 9, "soon": None}
    for hint, seconds in hints.items():
        assert waiting.retry_after(httpx.Response(429, headers={**told, "retry-after": hint})) == seconds


def test_an_end_by_a_signal(part: Part) -> None:
    """The task is named while it is waited for, and whoever handled the signal before does so again."""
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match=r"^told to end: task-1 goes on"), part("ending").naming("task-1"):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
