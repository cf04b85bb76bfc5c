"""What reference videos and the length of the video that is made cost, from the request to the ledger."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.plans import made_length, read_words
from mock_server.core.tasks.billing import EntryKind, counted_input, deliver, entries, make_bill
from mock_server.core.types import CREDIT, SECOND, Status
from mock_server.media import studio
from mock_server.media.boxes import read_boxes
from mock_server.models.layers import bundled_models
from mock_server.store import SqliteStore
from tests.references.videos import referring
from tests.serving import CREATE, START, Serve, Wall, example

pytestmark = pytest.mark.uncounted

PRICE = bundled_models()["wan2.6-reference-video-flash"].price
AWAY = "https://videos.example.com/cat.mp4"
LONGEST_TASK = 140

lengths = st.one_of(st.none(), st.integers(2 * SECOND, 30 * SECOND))


@pytest.mark.clauses("BILL-IN-1", "BILL-IN-2", "BILL-IN-3", "BILL-PARTS", "BILL-IN-CAP")
@pytest.mark.parametrize(
    ("measured", "counted"),
    [
        ([None], "5"),
        ([None, None], "5"),
        ([None, None, None], "5"),
        ([2, None], "4.5"),
        ([None, 30], "5"),
        ([2, 2, None], "4.95"),
        ([None, None, 2], "4.95"),
        ([2], "2"),
        ([4.99], "4.99"),
        ([5], "5"),
        ([30], "5"),
        ([2, 2.5], "4.5"),
        ([2.499, 2.501], "4.999"),
        ([30, 30], "5"),
        ([2, 30, 30], "4.95"),
        ([], "0"),
    ],
    ids=str,
)
def test_what_is_not_measured_counts_the_default(measured: list[float | None], counted: str) -> None:
    """Once for the task if nothing was measured; beside others, each as a video of 5 seconds, which is then cut."""
    inputs = [None if seconds is None else round(seconds * SECOND) for seconds in measured]
    assert make_bill(PRICE, {}, input_lengths=inputs).input_length == Decimal(counted) * SECOND


@pytest.mark.clauses("BILL-IN-CAP", "BILL-PARTS")
@given(inputs=st.lists(lengths, min_size=1, max_size=3), data=st.data())
def test_not_measuring_never_makes_a_task_cheaper(inputs: list[int | None], data: st.DataObject) -> None:
    """A video that is not measured counts as much as any can, all together at most 5 s, in any order."""
    bill = make_bill(PRICE, {}, input_lengths=inputs)
    measured = [length or data.draw(st.integers(2 * SECOND, 30 * SECOND)) for length in inputs]
    assert counted_input(PRICE, measured) <= bill.input_length <= 5 * SECOND
    assert make_bill(PRICE, {}, input_lengths=data.draw(st.permutations(inputs))) == bill
    assert bill.reserved == bill.charge


@pytest.mark.clauses("BILL-OUT")
@given(
    asked=st.integers(2, 10), made=st.integers(1, 15), audio=st.booleans(), quality=st.sampled_from(["720p", "1080p"])
)
def test_the_video_that_is_made_is_charged(asked: int, made: int, audio: bool, quality: str) -> None:  # noqa: FBT001 - drawn
    """As if its length had been asked for; the reserve stays, and so do the input and the rule."""
    request = {"duration": asked, "generate_audio": audio, "quality": quality}
    bill = make_bill(PRICE, request, input_lengths=[3 * SECOND])
    delivered = deliver(bill, PRICE, request, length=made * SECOND)
    as_asked = make_bill(PRICE, {**request, "duration": made}, input_lengths=[3 * SECOND])
    assert (delivered.charge, delivered.output_length) == (as_asked.charge, made * SECOND)
    assert (delivered.reserved, delivered.input_length, delivered.rule) == (bill.reserved, 3 * SECOND, bill.rule)


def test_a_plan_says_how_long_a_video_is() -> None:
    """The first that says it is followed; without one it is as long as asked for."""
    assert made_length(read_words("task length=3 runs=1")) == 3 * SECOND
    assert made_length(read_words("task length=3; task length=4")) == 3 * SECOND
    assert made_length(read_words("task runs=1; link html")) is None
    assert made_length(()) is None


async def planned(client: httpx2.AsyncClient, words: str, **changes: Any) -> dict[str, Any]:
    """Create a task of 5 s with a reference of 3 s, and plans for it."""
    body = example(video_urls=[f"{AWAY}#t=3"], duration=5, **changes)
    answer = await client.post(CREATE, json=body, headers={"x-mock-plan": words} if words else {})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.anyio
@pytest.mark.clauses("BILL-OUT", "BILL-SUCCESS", "BILL-PARTS", "RES-RESERVED")
@pytest.mark.parametrize(
    ("words", "options", "reserve", "charge"),
    [
        ("", {}, "19.04", "19.04"),
        ("task length=2", {}, "19.04", "11.9"),
        ("task length=5", {}, "19.04", "19.04"),
        ("task length=15", {}, "19.04", "19.04"),
        ("task length=2", {"generate_audio": False}, "9.52", "9"),
        ("task length=4", {"quality": "1080p"}, "31.7968", "27.8222"),
        ("task length=2; fail=service_error", {}, "19.04", "0"),
    ],
)
async def test_reserve_charge_and_release(
    serve: Serve, wall: Wall, words: str, options: dict[str, Any], reserve: str, charge: str
) -> None:
    """What was asked for is reserved, what was made is charged, at most that, and the rest is released."""
    store = SqliteStore()
    client = await serve(store=store)
    made = await planned(client, words, **options)
    assert Decimal(str(made["usage"]["credits_reserved"])) == Decimal(reserve)
    wall.advance(LONGEST_TASK)
    shown = (await client.get(f"/v1/tasks/{made['id']}")).json()
    billing = {name: Decimal(str(shown["billing"][name])) for name in ("charged_credits", "refunded_credits")}
    assert billing["charged_credits"] == Decimal(charge)
    task = await store.task("default", made["id"])
    assert task is not None
    booked = {line.kind: line.amount for line in entries(task, START + LONGEST_TASK * SECOND)}
    owed, left = Decimal(charge) * CREDIT, (Decimal(reserve) - Decimal(charge)) * CREDIT
    assert booked.get(EntryKind.CHARGE, 0) == owed
    assert booked.get(EntryKind.RELEASE, 0) == left
    assert booked[EntryKind.RESERVE] == owed + left
    assert task.timeline.outcome is (Status.COMPLETED if Decimal(charge) else Status.FAILED)
    (account,) = (await client.get("/_mock/accounts")).json()["accounts"]
    assert Decimal(str(account["charged_credits"])) == Decimal(charge)
    assert account["reserved_credits"] == 0
    assert Decimal(str(account["available_credits"])) == 1_000 - Decimal(charge)


@pytest.mark.anyio
@pytest.mark.clauses("BILL-OUT")
async def test_the_file_is_as_long_as_it_is_charged_for(
    serve: Serve, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that makes a video shorter makes its file shorter."""
    monkeypatch.setattr(studio, "available", lambda: True)
    client = await serve(videos="rendered")
    made = await planned(client, "task length=1")
    wall.advance(LONGEST_TASK)
    (link,) = (await client.get(f"/v1/tasks/{made['id']}")).json()["results"]
    assert read_boxes(BytesIO((await client.get(link)).content)).length == pytest.approx(SECOND, rel=0.05)


@pytest.mark.anyio
@pytest.mark.clauses("BILL-IN-2", "BILL-IN-3", "ERR-402")
@pytest.mark.parametrize(("videos", "needed"), [(1, "16.66"), (2, "21.42"), (3, "23.681")])
async def test_a_balance_is_looked_at_last(serve: Serve, videos: int, needed: str) -> None:
    """What measured videos cost must be there, to the last digit; a video that breaks a rule is told first."""
    urls = [f"{AWAY}?{number}#t=2" for number in range(videos)]
    enough, short = await serve(credits=float(needed)), await serve(credits=float(needed) - 0.0001)
    assert (await referring(enough, *urls)).status_code == 200
    assert (await referring(short, *urls)).status_code == 402
    assert (await referring(short, f"{AWAY}#t=1")).status_code == 400
