"""What a generation costs, and when the money moves.

Every amount is a whole number of microcredits (0.0001 credit). A task reserves its estimate when it is created; when it
ends it is charged (completed) or not (failed, cancelled) and the rest of the reserve is released. Entries are derived
from the task's facts and the time, so they can neither be lost nor be booked twice.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from mock_server.core.tasks.timeline import observe
from mock_server.core.types import CREDIT, SECOND, Balance, Bill, Instant, Microcredits, Status, Task

CREDITS_PER_USD: Final = 68
"""The platform's rate of 2026-10 (api: 1 USD = 6.8 CNY = 68 credits)."""

CREDITS_PER_CNY: Final = 10
"""The platform's rate (api: 1 CNY = 10 credits)."""


class Factor(msgspec.Struct, frozen=True):
    """A request field that makes a task dearer or cheaper: factors by the field's JSON value, and its default."""

    field: str
    default: str
    values: Mapping[str, Fraction]


class Price(msgspec.Struct, frozen=True):
    """A model's price: seconds x rate x factors, not below the minimum; with `per_call` one rate, however long.

    `rate` is microcredits for each second, or for the call; `input_caps` the counted microseconds for each input by the
    number of inputs (BILL-IN-1, BILL-IN-2, BILL-IN-3); `input_default` and `output_default` count where a length is not
    known: the first for all inputs together if none was measured, else for each that was not, before it is cut.
    """

    rule: str
    rate: Microcredits
    minimum: Microcredits
    factors: tuple[Factor, ...] = ()
    input_caps: tuple[int, ...] = ()
    input_default: int = 0
    output_field: str = "duration"
    output_default: int = 5 * SECOND
    per_call: bool = False


class EntryKind(StrEnum):
    """The three ways in which a task moves money."""

    RESERVE = "reserve"
    CHARGE = "charge"
    RELEASE = "release"


class Entry(msgspec.Struct, frozen=True):
    """One line of the ledger. Amounts are never negative; reserve = charge + release once the task has ended."""

    task: str
    kind: EntryKind
    amount: Microcredits
    at: Instant


def counted_input(price: Price, lengths: Iterable[int]) -> int:
    """Sum the inputs' lengths, each cut to the cap for their number (BILL-IN-1 to BILL-IN-CAP). Microseconds."""
    measured = tuple(lengths)
    if not measured or not price.input_caps:
        return 0
    cap = price.input_caps[min(len(measured), len(price.input_caps)) - 1]
    return sum(min(length, cap) for length in measured)


def output_length(price: Price, request: Mapping[str, object]) -> int:
    """Read the length asked for, in microseconds; the model's default where the request leaves it out, or open."""
    seconds = request.get(price.output_field)
    return round(seconds * SECOND) if isinstance(seconds, int | float) and seconds > 0 else price.output_default


def amount(price: Price, request: Mapping[str, object], *, length: int | Fraction) -> Microcredits:
    """Return what so many microseconds cost with the request's options, rounded half up (BILL-PARTS, BILL-1080P)."""
    numerator, denominator = (SECOND if price.per_call else length) * price.rate, SECOND
    for factor in price.factors:
        value = factor.values.get(_factor_key(request.get(factor.field)), factor.values[factor.default])
        numerator *= value.numerator
        denominator *= value.denominator
    return max(price.minimum, (2 * numerator + denominator) // (2 * denominator))


def make_bill(
    price: Price, request: Mapping[str, object], *, input_lengths: Iterable[int | None] | None = None
) -> Bill:
    """Quote a request. `input_lengths` are measured microseconds, None for what was not measured (BILL-PARTS)."""
    counted = price.input_default if input_lengths is None else _quoted_input(price, tuple(input_lengths))
    asked = output_length(price, request)
    cost = amount(price, request, length=counted + asked)
    return Bill(rule=price.rule, input_length=counted, output_length=asked, reserved=cost, charge=cost)


def deliver(bill: Bill, price: Price, request: Mapping[str, object], *, length: int) -> Bill:
    """Return the bill of a request whose output lasts so many microseconds, whatever was asked for (BILL-OUT).

    The reserve stays what it was, and no more than that is ever charged (`settlement`).
    """
    charge = amount(price, request, length=bill.input_length + length)
    return msgspec.structs.replace(bill, output_length=length, charge=charge)


def settlement(bill: Bill, outcome: Status) -> tuple[Microcredits, Microcredits]:
    """Return what an ended task is charged and what is released to the account (BILL-SUCCESS)."""
    charged = min(bill.charge, bill.reserved) if outcome is Status.COMPLETED else 0
    return charged, bill.reserved - charged


def entries(task: Task, now: Instant) -> tuple[Entry, ...]:
    """Derive the task's ledger lines up to now: the reserve, and once it has ended its charge and its release."""
    reserve = Entry(task.id, EntryKind.RESERVE, task.bill.reserved, task.timeline.created_at)
    if not observe(task.timeline, now).ended:
        return (reserve,)
    charged, released = settlement(task.bill, task.timeline.outcome)
    booked = (
        Entry(task.id, EntryKind.CHARGE, charged, task.timeline.ends_at),
        Entry(task.id, EntryKind.RELEASE, released, task.timeline.ends_at),
    )
    return (reserve, *(entry for entry in booked if entry.amount))


def balance(opening: Microcredits, tasks: Iterable[Task], now: Instant) -> Balance:
    """Add up an account's tasks from their entries: the slow truth that every store must agree with."""
    sums = dict.fromkeys(EntryKind, 0)
    for task in tasks:
        for entry in entries(task, now):
            sums[entry.kind] += entry.amount
    charged = sums[EntryKind.CHARGE]
    return Balance(opening, sums[EntryKind.RESERVE] - charged - sums[EntryKind.RELEASE], charged)


def credits_number(money: Microcredits) -> int | float:
    """Show money as the API does: a JSON number of credits, without a fraction when it is whole."""
    whole, rest = divmod(money, CREDIT)
    return money / CREDIT if rest else whole


def _quoted_input(price: Price, lengths: tuple[int | None, ...]) -> int:
    """Return what inputs count for of which some, or all, may not be measured."""
    if lengths and lengths.count(None) == len(lengths):
        return price.input_default
    return counted_input(price, (price.input_default if length is None else length for length in lengths))


def _factor_key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
