from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.models.model import Model
from mock_server.core.tasks.billing import (
    Entry,
    EntryKind,
    Factor,
    Price,
    amount,
    balance,
    counted_input,
    credits_number,
    deliver,
    entries,
    make_bill,
    output_length,
    settlement,
)
from mock_server.core.types import CREDIT, SECOND, Balance, Bill, Status, Task

MILLISECOND = SECOND // 1_000

lengths = st.lists(st.integers(2 * SECOND, 30 * SECOND), min_size=1, max_size=3)
durations = st.integers(2, 10)
options = st.fixed_dictionaries({"quality": st.sampled_from(["720p", "1080p"]), "generate_audio": st.booleans()})
money = st.integers(0, 10**9)
outcomes = st.sampled_from([Status.COMPLETED, Status.FAILED, Status.CANCELLED])
bills = st.builds(
    Bill, rule=st.just("per_second"), input_length=st.just(0), output_length=st.just(0), reserved=money, charge=money
)


def cost(model: Model, inputs: list[int], **request: object) -> int:
    """Quote a request for this model."""
    return make_bill(model.price, request, input_lengths=inputs).charge


@pytest.mark.clauses("BILL-PARTS", "BILL-1080P", "AUDIO-DEFAULT", "AUDIO-EFFECT", "QUALITY-DEFAULT", "RES-RESERVED")
@pytest.mark.parametrize(
    ("seconds", "request_", "cost_in_credits"),
    [
        (5, {"duration": 5}, "23.8"),
        (5, {"duration": 5, "quality": "720p", "generate_audio": True}, "23.8"),
        (5, {"duration": 5, "generate_audio": False}, "11.9"),
        (5, {"duration": 5, "quality": "1080p"}, "39.746"),
        (5, {"duration": 5, "quality": "1080p", "generate_audio": False}, "19.873"),
        (2, {"duration": 2}, "9.52"),
        (2, {"duration": 2, "generate_audio": False}, "9"),
        (5, {"duration": 10, "quality": "1080p"}, "59.619"),
        (30, {}, "23.8"),
    ],
)
def test_worked_figures(flash: Model, seconds: int, request_: dict[str, object], cost_in_credits: str) -> None:
    """The figures of the price list, worked out by hand, are what the model's file gives to the last digit."""
    bill = make_bill(flash.price, request_, input_lengths=[seconds * SECOND])
    assert bill.charge == bill.reserved == Decimal(cost_in_credits) * CREDIT
    assert bill.rule == "per_second"
    assert bill.output_length == output_length(flash.price, request_)


@pytest.mark.clauses("BILL-PARTS", "AUDIO-DEFAULT")
@pytest.mark.parametrize(
    ("default", "value", "rate"),
    [
        ("false", True, 3),
        ("false", False, 2),
        ("false", None, 2),
        ("true", True, 3),
        ("true", False, 2),
        ("true", None, 3),
        ("false", "no option", 2),
        ("true", "no option", 3),
    ],
)
def test_an_option_has_its_default_where_it_has_no_price(default: str, value: object, rate: int) -> None:
    """What a request leaves out, or what the price list does not know, costs what the default costs."""
    price = Price("per_second", 1, 0, (Factor("sound", default, {"true": Fraction(3), "false": Fraction(2)}),))
    assert amount(price, {} if value is None else {"sound": value}, length=SECOND) == rate


@pytest.mark.clauses("BILL-PARTS")
@pytest.mark.parametrize("length", [0, 1, SECOND, 90 * SECOND])
def test_a_price_for_the_call_is_the_same_however_long(length: int) -> None:
    """With a price for the call its options count, and its length does not."""
    price = Price(
        "per_call", 7, 0, (Factor("quality", "720p", {"720p": Fraction(1), "4K": Fraction(2)}),), per_call=True
    )
    assert amount(price, {}, length=length) == 7
    assert amount(price, {"quality": "4K"}, length=length) == 14


@pytest.mark.clauses("BILL-IN-1", "BILL-IN-2", "BILL-IN-3", "BILL-IN-CAP")
@pytest.mark.parametrize(("videos", "cap"), [(1, "5"), (2, "2.5"), (3, "1.65")])
@pytest.mark.parametrize("beside", [-MILLISECOND, 0, MILLISECOND])
def test_each_video_counts_up_to_the_cap_for_their_number(flash: Model, videos: int, cap: str, beside: int) -> None:
    """A video counts with its length up to the cap for one, two or three, just below it, at it and above it."""
    limit = int(Decimal(cap) * SECOND)
    assert counted_input(flash.price, [limit + beside] * videos) == min(limit + beside, limit) * videos


@pytest.mark.clauses("BILL-IN-2")
def test_short_videos_are_not_made_up_for_by_long_ones(flash: Model) -> None:
    """Two videos of 2 s and 30 s count 2 s and 2.5 s: each is cut for itself."""
    assert counted_input(flash.price, [2 * SECOND, 30 * SECOND]) == 4_500 * MILLISECOND


@pytest.mark.clauses("BILL-IN-CAP")
@given(inputs=lengths, data=st.data())
def test_input_never_counts_more_than_five_seconds(flash: Model, inputs: list[int], data: st.DataObject) -> None:
    """All inputs together count 5 s at most, and their order does not matter."""
    counted = counted_input(flash.price, inputs)
    assert 0 < counted <= min(5 * SECOND, sum(inputs))
    assert counted == counted_input(flash.price, data.draw(st.permutations(inputs)))


@pytest.mark.clauses("BILL-PARTS")
def test_input_that_is_not_measured_counts_the_default(flash: Model) -> None:
    """Without a measurement the pricing default of 5 s counts; without inputs or caps nothing does."""
    assert make_bill(flash.price, {}).input_length == 5 * SECOND
    assert make_bill(flash.price, {}, input_lengths=[]).input_length == 0
    assert counted_input(Price("per_second", 1, 1), [9 * SECOND]) == 0


@pytest.mark.clauses("BILL-PARTS", "BILL-IN-2", "BILL-IN-3")
@pytest.mark.parametrize(
    ("lengths", "counted"),
    [
        ([None], 5_000),
        ([None, None], 5_000),
        ([2 * SECOND, None], 4_500),
        ([None, SECOND], 3_500),
        ([None, SECOND, None], 4_300),
    ],
)
def test_one_input_that_is_not_measured_counts_the_default_up_to_its_cap(
    flash: Model, lengths: list[int | None], counted: int
) -> None:
    """If none is measured the default counts once for all; else it counts for each of the others, cut like a length."""
    assert make_bill(flash.price, {}, input_lengths=lengths).input_length == counted * MILLISECOND


@pytest.mark.clauses("BILL-OUT", "BILL-SUCCESS", "RES-RESERVED")
@pytest.mark.parametrize(
    ("options", "made", "charge"),
    [
        ({}, "5", "23.8"),
        ({}, "2.5", "17.85"),
        ({}, "7", "28.56"),
        ({"quality": "1080p", "generate_audio": False}, "2.5", "14.9048"),
        ({}, "0", "11.9"),
    ],
)
def test_what_is_delivered_is_charged_and_the_rest_released(
    flash: Model, options: dict[str, object], made: str, charge: str
) -> None:
    """A bill is made out anew for the output's true length; the reserve stays, and is all that can be charged."""
    quoted = make_bill(flash.price, options, input_lengths=[5 * SECOND])
    length, owed = int(Decimal(made) * SECOND), int(Decimal(charge) * CREDIT)
    delivered = deliver(quoted, flash.price, options, length=length)
    assert delivered == Bill("per_second", 5 * SECOND, length, quoted.reserved, owed)
    charged, released = settlement(delivered, Status.COMPLETED)
    assert charged == min(owed, quoted.reserved)
    assert charged + released == quoted.reserved


@pytest.mark.clauses("BILL-OUT")
@pytest.mark.parametrize(
    ("asked", "made"),
    [
        (2, 2_000_000),
        (10, 10_000_000),
        (2.01, 2_010_000),
        (1, 1_000_000),
        (None, 5_000_000),
        (0, 5_000_000),
        (-1, 5_000_000),
    ],
)
def test_output_is_what_the_request_asks_for(flash: Model, asked: float | None, made: int) -> None:
    """The requested duration counts to the microsecond, and the model's default where the request leaves it open."""
    assert output_length(flash.price, {} if asked is None else {"duration": asked}) == made


@pytest.mark.clauses("BILL-PARTS")
@given(inputs=lengths, seconds=durations, more=st.integers(0, 8), options=options)
def test_longer_never_costs_less(
    flash: Model, inputs: list[int], seconds: int, more: int, options: dict[str, object]
) -> None:
    """More seconds of output or of input never cost less, and nothing costs less than the minimum."""
    price = cost(flash, inputs, duration=seconds, **options)
    longer = [length + more * SECOND for length in inputs]
    assert flash.price.minimum <= price <= cost(flash, inputs, duration=seconds + more, **options)
    assert price <= cost(flash, longer, duration=seconds, **options)


@pytest.mark.clauses("BILL-1080P", "AUDIO-EFFECT")
@pytest.mark.parametrize(("field", "cheap", "dear"), [("quality", "720p", "1080p"), ("generate_audio", False, True)])
@given(inputs=lengths, seconds=durations, options=options)
def test_quality_and_sound_cost_more(
    flash: Model, field: str, cheap: object, dear: object, inputs: list[int], seconds: int, options: dict[str, object]
) -> None:
    """1080p costs more than 720p and sound more than silence, unless both come to the minimum."""
    less, more = (cost(flash, inputs, duration=seconds, **{**options, field: value}) for value in (cheap, dear))
    assert more > less or more == less == flash.price.minimum == 9 * CREDIT


@given(
    length=st.integers(0, 10**9),
    rate=st.integers(0, 10**7),
    minimum=st.integers(0, 10**6),
    factors=st.lists(st.fractions(0, 10, max_denominator=1_000), max_size=3),
)
def test_amounts_are_rounded_half_up_once(length: int, rate: int, minimum: int, factors: list[Fraction]) -> None:
    """An amount is the exact product rounded half up at the very end, and not below the minimum."""
    price = Price(
        "per_second", rate, minimum, tuple(Factor(f"f{i}", "x", {"x": value}) for i, value in enumerate(factors))
    )
    exact = Fraction(length * rate, SECOND)
    for value in factors:
        exact *= value
    assert amount(price, {}, length=length) == max(minimum, floor(exact + Fraction(1, 2)))


@pytest.mark.clauses("BILL-SUCCESS", "RES-RESERVED")
@given(bill=bills, outcome=outcomes, ended=st.integers(0, 200 * SECOND), looks=st.lists(st.integers(0, 300 * SECOND)))
def test_money_is_conserved(task: Task, bill: Bill, outcome: Status, ended: int, looks: list[int]) -> None:
    """A task's reserve comes back as charge and release at its end, and until then only the reserve is booked."""
    created = task.timeline.created_at
    timeline = msgspec.structs.replace(task.timeline, ends_at=created + ended, outcome=outcome)
    billed = msgspec.structs.replace(task, bill=bill, timeline=timeline)
    charged, released = settlement(bill, outcome)
    assert charged + released == bill.reserved
    assert min(charged, released) >= 0
    assert outcome is Status.COMPLETED or charged == 0
    reserve = Entry(task.id, EntryKind.RESERVE, bill.reserved, created)
    for after in sorted(looks):
        first, *booked = entries(billed, created + after)
        assert first == reserve
        assert all(line.task == task.id and line.amount > 0 and line.at == created + ended for line in booked)
        assert sum(line.amount for line in booked) == (bill.reserved if after >= ended else 0)


@pytest.mark.clauses("BILL-SUCCESS")
def test_the_ledger_of_three_tasks(task: Task) -> None:
    """A living task holds its reserve, a completed one is charged, and a failed one is free."""
    now = task.timeline.ends_at
    alive = msgspec.structs.replace(task, timeline=msgspec.structs.replace(task.timeline, ends_at=now + 1))
    failed = msgspec.structs.replace(task, timeline=msgspec.structs.replace(task.timeline, outcome=Status.FAILED))
    price = task.bill.reserved
    assert balance(10 * price, [alive, task, failed], now) == Balance(10 * price, price, price)
    assert balance(10 * price, [alive, task, failed], now - 1) == Balance(10 * price, 3 * price, 0)
    assert [line.kind for line in entries(task, now)] == [EntryKind.RESERVE, EntryKind.CHARGE]
    assert [line.kind for line in entries(failed, now)] == [EntryKind.RESERVE, EntryKind.RELEASE]


@pytest.mark.uncounted
@given(task_bills=st.lists(st.tuples(bills, outcomes, st.booleans())), opening=money)
def test_a_balance_is_the_sum_of_its_tasks(
    task: Task, task_bills: list[tuple[Bill, Status, bool]], opening: int
) -> None:
    """What is available, reserved and charged adds up to the opening balance, whatever the tasks."""
    now = task.timeline.starts_at
    tasks = [
        msgspec.structs.replace(
            task, bill=bill, timeline=msgspec.structs.replace(task.timeline, ends_at=now + alive, outcome=outcome)
        )
        for bill, outcome, alive in task_bills
    ]
    seen = balance(opening, tasks, now)
    assert seen.available + seen.reserved + seen.charged == opening
    assert seen.reserved == sum(bill.reserved for bill, _, alive in task_bills if alive)
    assert seen.charged == sum(settlement(bill, outcome)[0] for bill, outcome, alive in task_bills if not alive)


@given(st.integers(-(10**14), 10**14))
def test_credits_are_shown_exactly(amount_of_money: int) -> None:
    """A number of credits says the amount to the last digit, also after a trip through JSON."""
    shown = credits_number(amount_of_money)
    travelled = msgspec.json.decode(msgspec.json.encode(shown))
    assert Decimal(repr(travelled)) * CREDIT == amount_of_money
    assert isinstance(shown, int) is (amount_of_money % CREDIT == 0)


@given(st.lists(st.integers(-(10**14), 10**14), min_size=2, unique=True))
def test_different_amounts_are_shown_as_different_numbers(amounts: list[int]) -> None:
    """The number of credits grows with the amount: no two amounts look the same."""
    shown = [credits_number(each) for each in sorted(amounts)]
    assert all(before < after for before, after in pairwise(shown))
