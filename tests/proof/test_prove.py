"""Functions put to the proof: good ones, two that are careless, and all other ways to end."""

import io
import sys
import threading
import time
from contextlib import redirect_stdout, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from contracts import Evolink
from contracts.proof import Proof, ProofError, prove, write_text
from contracts.proof.cells import CellError
from contracts.proof.life import MOST_CONTACTS
from contracts.recording.outcomes import read_outcomes
from tests.clients.small import TASKS, connect, create, follow, poll
from tests.good_clients.running import WISH, load
from tests.proof.clients import Client, careful, forgets, pays_twice


def colours(proof: Proof) -> dict[str, str]:
    """Return the colour of each cell."""
    return {tried.cell: tried.colour for tried in proof.tried}


def only(proof: Proof) -> tuple[str, str]:
    """Return the colour of the only cell, and why it has it."""
    (tried,) = proof.tried
    return tried.colour, tried.reason


@pytest.mark.uncounted
def test_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole matrix of a client to copy is green, but for where it has ended before it could be killed."""
    client = load("python_sync", monkeypatch)

    def make_video(evolink: Evolink, directory: Path) -> int:
        with redirect_stdout(io.StringIO()) as output:
            code: int = client.main([str(directory / "clip.mp4"), *WISH])
        evolink.report_output(output.getvalue())
        assert (code == 0) is all(each.outcome == "completed" for each in read_outcomes(output.getvalue()))
        return code

    proof = prove(make_video)
    assert [step.name for step in proof.steps] == ["create", "pending", "processing", "completed", "download"]
    assert proof.is_green, write_text(proof)
    assert [tried.cell for tried in proof.of("grey")] == ["download/killed-after"]
    assert proof.of("grey")[0].reason == "it had ended before it could be killed"
    assert len(proof.tried) == 53
    assert {tried.charges for tried in proof.tried} <= {0, 1}
    assert not [tried for tried in proof.tried if tried.findings]
    assert proof.target == "make_video"


@pytest.mark.uncounted
def test_who_asks_again_without_a_key() -> None:
    """Where an answer is lost it pays twice, and the judge says why; where nothing was done it does not."""
    cells = [
        "create/lost-after-commit",
        "create/lost-before-commit",
        "create/killed-waiting",
        "create/killed-after",
        "create/rate-limited",
    ]
    proof = prove(pays_twice, cells=cells)
    assert colours(proof) == dict(zip(cells, ["red", "green", "red", "green", "green"], strict=True))
    lost, waiting = proof.red
    assert lost.reason.startswith("2 charges instead of 1: 47.6 credits for task-unified-")
    assert (lost.charges, [found.rule for found in lost.findings]) == (2, ["B3"])
    assert lost.repeat == 'prove(..., cells=["create/lost-after-commit"])'
    assert waiting.charges == 2
    assert proof.exit_code == 1


def test_who_forgets_the_task() -> None:
    """When it is started again it begins anew, which is what B8 is about; without a kill all is well."""
    proof = prove(forgets, cells=["create/killed-after", "processing/killed-waiting", "create/lost-after-commit"])
    assert list(colours(proof).values()) == ["red", "red", "green"]
    assert [[found.rule for found in tried.findings] for tried in proof.red] == [["B1", "B8"], ["B8"]]


def test_directories(tmp_path: Path) -> None:
    """Each run has a directory of its own, and finds it again when it is started again."""
    seen: list[tuple[Path, int]] = []

    def note(evolink: Evolink, directory: Path) -> None:
        seen.append((directory.relative_to(tmp_path), len(list(directory.iterdir()))))
        careful(evolink, directory)

    proof = prove(note, cells=["create/killed-after", "create/internal-error"], directory=tmp_path)
    assert proof.is_green, write_text(proof)
    assert seen == [
        (Path("clean"), 0),
        (Path("create/killed-after"), 0),
        (Path("create/killed-after"), 1),
        (Path("create/internal-error"), 0),
    ]


def make(evolink: Evolink, directory: Path, **wrong: bool) -> Any:  # noqa: ARG001 - it keeps nothing
    """Make a video, and take every error for the end of it, unless it is told to do that wrongly."""
    with connect(evolink) as client:
        try:
            task = follow(client, create(client, key="order-1")["id"], every=wrong.get("every", 20))
            return client.get(task["results"][0]).raise_for_status().status_code - 200
        except (httpx2.HTTPError, ValueError):
            if wrong.get("quiet"):
                return None
            if wrong.get("exits"):
                sys.exit(0)
            if wrong.get("code"):
                return 3
            raise


@pytest.mark.parametrize(
    ("wrong", "cell", "told"),
    [
        ({}, "create/internal-error", ("green", "a clear error (HTTPStatusError: ")),
        ({"code": True}, "create/cut-json", ("green", "a clear error (exit code 3), and no second charge")),
        ({"quiet": True}, "create/unavailable", ("red", "it ended as if all were well, though nothing was paid for")),
        ({"exits": True}, "create/unavailable", ("red", "it ended as if all were well, though nothing was paid for")),
        ({"quiet": True}, "processing/lost", ("red", "it ended as if all were well, and fetched no result whole")),
        ({"quiet": True}, "download/cut-file", ("red", "it ended as if all were well, and fetched no result whole")),
        ({}, "create/killed-waiting", ("green", "one charge and one result")),
    ],
)
def test_ends(wrong: dict[str, bool], cell: str, told: tuple[str, str]) -> None:
    """An error is clear if it is told: by an exception, or an exit code; to be quiet is to say that all is well."""

    def client(evolink: Evolink, directory: Path) -> Any:
        return make(evolink, directory, **wrong)

    colour, reason = only(prove(client, cells=[cell]))
    assert colour == told[0]
    assert reason.startswith(told[1])


def test_what_is_reported() -> None:
    """Whoever reports an error has said so, even if it ends well."""

    def tell(evolink: Evolink, directory: Path) -> None:
        try:
            make(evolink, directory)
        except httpx2.HTTPError as error:
            evolink.report("error", error=type(error).__name__)

    assert only(prove(tell, cells=["create/internal-error"])) == (
        "green",
        "a clear error (error HTTPStatusError), and no second charge",
    )


def test_an_end_that_nobody_looked_at() -> None:
    """Who fetches nothing must know of the end at least, if it does so where nothing goes wrong."""

    def look(evolink: Evolink, _: Path) -> None:
        with connect(evolink) as client:
            task = create(client)["id"]
            time.sleep(100)
            client.get(f"{TASKS}/{task}")

    proof = prove(look, cells=["completed/internal-error"])
    assert only(proof) == ("red", "it ended as if all were well, and never knew of the end of its task")


def wait_for_ever(evolink: Evolink, _: Path) -> None:
    """Wait for ever if the first look fails."""
    with connect(evolink) as client:
        task = create(client)["id"]
        time.sleep(100)
        while not client.get(f"{TASKS}/{task}").is_success:
            while True:
                time.sleep(3_600)


def test_no_end() -> None:
    """Who never ends is stopped after a day of its own time."""
    proof = prove(wait_for_ever, cells=["completed/internal-error"])
    assert only(proof) == ("red", "it did not end: it went on after 24 hours of its own time")


def hammer(evolink: Evolink, _: Path, *, most: int = 60) -> None:
    """Ask again without a pause, so many times at most."""
    with connect(evolink) as client:
        task = create(client)["id"]
        time.sleep(100)
        answer = client.get(f"{TASKS}/{task}")
        for _again in range(0 if answer.is_success else most):
            answer = client.get(f"{TASKS}/{task}")


def test_a_storm() -> None:
    """More requests than anybody has use for are red, even if all comes right in the end."""
    proof = prove(hammer, cells=["completed/internal-error"])
    assert only(proof) == ("red", "it sent more than 50 requests within 10 s")
    assert proof.tried[0].requests == 62


def test_too_many_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A storm that does not end is ended."""
    monkeypatch.setattr("contracts.proof.life.MOST_CONTACTS", 40)
    proof = prove(hammer, cells=["completed/internal-error"])
    assert MOST_CONTACTS == 20_000
    assert only(proof) == ("red", "it did not end: it went on after 40 requests and sleeps")


def other_times(first: float, later: float) -> Client:
    """Return a client that waits for so long before its first look, another time for so long."""
    pauses = [first]

    def look(evolink: Evolink, _: Path) -> None:
        with connect(evolink) as client:
            task = create(client)["id"]
            time.sleep(pauses.pop() if pauses else later)
            if poll(client, task)["status"] != "completed":
                time.sleep(100)
                poll(client, task)

    return look


def test_a_fault_that_struck_elsewhere() -> None:
    """Who asks at other times each time is struck in another state, which says nothing of that cell."""
    assert only(prove(other_times(10, 30), cells=["pending/internal-error"])) == (
        "grey",
        "the fault struck while the task was processing: this time the client asked at other times",
    )
    proof = prove(other_times(10, 100), cells=["completed/internal-error"])
    assert only(proof) == ("grey", "the fault did not strike: no request was number 2 of query")
    assert proof.exit_code == 2


def test_a_task_that_nobody_knows() -> None:
    """A look at a task that there is none of is no step."""

    def look(evolink: Evolink, directory: Path) -> None:
        with connect(evolink) as client:
            client.get(f"{TASKS}/task-unified-1757169743-00000000")
            client.get("/v1/credits")
        make(evolink, directory)

    proof = prove(look, cells=["credits/lost"])
    assert [step.name for step in proof.steps] == ["credits", "create", "processing", "completed", "download"]
    assert [step.nth for step in proof.steps] == [1, 1, 2, 5, 1]
    assert only(proof)[0] == "green"


def test_callbacks() -> None:
    """Where a callback comes, it can be lost, late and doubled; who is dead is not called back."""

    def take(evolink: Evolink, directory: Path) -> None:
        heard = threading.Event()

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            async with httpx2.AsyncClient(base_url=evolink.url) as client:
                await client.get("/v1/models", headers={"Authorization": f"Bearer {evolink.key}"})
            heard.set()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        evolink.deliver_to(app)
        ticket = directory / "task"
        with connect(evolink) as client:
            if not ticket.exists():
                made = create(client, key="order-1", callback_url="https://hooks.example.com/x")
                ticket.write_text(made["id"])
            heard.wait(200)
            follow(client, ticket.read_text(), every=1)

    cells = [f"callback/callback-{what}" for what in ("lost", "late", "twice", "early")]
    proof = prove(take, cells=[*cells, "create/killed-after"])
    assert [step.name for step in proof.steps] == ["create", "callback", "models", "completed"]
    assert set(colours(proof).values()) == {"green"}, write_text(proof)


def test_a_callback_at_the_end() -> None:
    """One that comes after the last request is a step, too."""

    def order(evolink: Evolink, _: Path) -> None:
        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        evolink.deliver_to(app)
        with connect(evolink) as client:
            create(client, callback_url="https://hooks.example.com/x")
        time.sleep(200)

    proof = prove(order, cells=["callback/callback-lost"])
    assert [step.name for step in proof.steps] == ["create", "callback"]
    assert only(proof) == ("red", "it ended as if all were well, and never knew of the end of its task")


def test_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said of threads that end because their client is dead; of those that fail by themselves it is."""
    told: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda failed: told.append(failed.exc_type))

    def side(evolink: Evolink, directory: Path) -> None:
        thread = Thread(target=careful, args=(evolink, directory))
        thread.start()
        thread.join()
        failing = Thread(target=lambda: 1 / 0)
        failing.start()
        failing.join()

    assert only(prove(side, cells=["pending/killed-after"])) == ("green", "one charge and one result")
    assert set(told) == {ZeroDivisionError}


def test_who_catches_everything() -> None:
    """A client that is dead stays dead, whatever it catches."""

    def clings(evolink: Evolink, directory: Path) -> None:
        for _ in range(3):
            with suppress(BaseException):
                careful(evolink, directory)
                return

    assert only(prove(clings, cells=["pending/killed-waiting"])) == ("green", "one charge and one result")


def test_who_fails_anyway() -> None:
    """There is nothing to prove of a client that fails where nothing goes wrong, or that asks for nothing."""

    def fail(_: Evolink, __: Path) -> None:
        raise ValueError("no video")

    with pytest.raises(ProofError, match=r"fails where nothing goes wrong \(clean\): ValueError: no video$"):
        prove(fail)
    with pytest.raises(ProofError, match="it asked for nothing"):
        prove(lambda _, __: None)


def test_an_interruption() -> None:
    """Ctrl-C ends the proof."""

    def interrupted(_: Evolink, __: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prove(interrupted)


def test_cells_that_there_are_not() -> None:
    """A near one is named, or the steps that there are."""
    with pytest.raises(CellError, match=r"^there is no cell 'create/lost'; did you mean create/"):
        prove(careful, cells=["create/lost"])
    with pytest.raises(
        CellError, match="the steps of this client are create, pending, processing, completed, download"
    ):
        prove(careful, cells=["x"])
