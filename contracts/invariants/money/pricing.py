"""What a task sets aside and costs, worked out anew from the price list (M1, M4, M7, M8)."""

import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, TypeAlias

from contracts.invariants.money.prices import NEAR, Order, read_order
from contracts.recording.accounts import Creation
from contracts.recording.server import SeenTask, ServerRecord
from contracts.recording.sights import Sight, number_in
from contracts.verdict import Examination, Finding, Ground, Level, Rule, breach

Options: TypeAlias = tuple[str, tuple[str, ...], Fraction]
"""What a price follows from besides quality and sound: the model, the inputs, sorted, and the seconds of output."""


def check_reserve(record: ServerRecord) -> Examination:
    """M1: yield for each accepted request of a model whose price is known."""
    inputs: dict[tuple[str, ...], tuple[Fraction, Creation]] = {}
    for creation, order, reserved in _reserves(record):
        yield _check_bounds(record, creation, order, reserved) or _check_inputs(creation, order, reserved, inputs)


def _reserves(record: ServerRecord) -> Iterator[tuple[Creation, Order, float]]:
    """Find the requests that reserved credits, with what they asked for and what was reserved."""
    for creation in record.creations:
        order, reserved = read_order(creation.body), creation.reserved
        if creation.task is not None and order is not None and reserved is not None and not creation.replayed:
            yield creation, order, reserved


def _check_bounds(record: ServerRecord, creation: Creation, order: Order, reserved: float) -> Finding | None:
    counted = order.count_input(record.media)
    standard = order.cost(order.price.input_default)
    if abs(reserved - standard) <= NEAR:
        return None
    if counted is not None:
        exact = order.cost(counted)
        expected = (
            f"{exact:g} credits for {float(counted):g} + {float(order.seconds):g} s, or {standard:g} if unmeasured"
        )
        return None if abs(reserved - exact) <= NEAR else _finding(creation, expected, f"{reserved:g}")
    least, most = order.cost(Fraction(0)), order.cost(order.most_input)
    fine = least - NEAR <= reserved <= most + NEAR
    return None if fine else _finding(creation, f"{least:g} to {most:g} credits", f"{reserved:g}")


def _check_inputs(
    creation: Creation, order: Order, reserved: float, inputs: dict[tuple[str, ...], tuple[Fraction, Creation]]
) -> Finding | None:
    """Hold the seconds of input that a price stands for against those of an earlier request with the same inputs."""
    found = order.find_input(reserved)
    names = tuple(sorted(order.inputs))
    if found is not None:
        inputs.setdefault(names, (found, creation))
    if names not in inputs:
        return None
    seconds, earlier = inputs[names]
    cost = order.cost(seconds)
    expected = f"{cost:g} credits, as the same videos counted {float(seconds):.4g} s before"
    return None if abs(cost - reserved) <= 2 * NEAR else _finding(creation, expected, f"{reserved:g}", earlier)


def check_charge(record: ServerRecord) -> Examination:
    """M4: yield for each completed task whose charge, and the length of whose result, is known."""
    for task in record.tasks.values():
        sight = next((look for look in task.current if look.status == "completed" and look.settled), None)
        if sight is not None and sight.used is not None and task.creation is not None:
            order, length = read_order(task.creation.body), _length(record, task)
            if order is not None and length is not None:
                yield _check_charge(record, sight, order, task.creation, length)


def _length(record: ServerRecord, task: SeenTask) -> float | None:
    """Return how many seconds a result lasts, if that was measured or is shown."""
    for sight in task.current:
        shown = number_in(sight.body, "video_duration")
        measured = (record.media[link] for link in sight.links if isinstance(link, str) and link in record.media)
        length = next(measured, shown)
        if length is not None:
            return length
    return None


def _check_charge(
    record: ServerRecord, sight: Sight, order: Order, creation: Creation, length: float
) -> Finding | None:
    """Hold a charge against the length of the result, in whole seconds down or up; the reserve is the most."""
    counted = order.count_input(record.media)
    reserved, used = creation.reserved, sight.used or 0.0
    found = None if reserved is None else order.find_input(reserved)
    known = (found,) if found is not None else (counted,) if counted is not None else (Fraction(0), order.most_input)
    ceiling = math.inf if reserved is None else reserved
    least = min(ceiling, order.cost(known[0], Fraction(math.floor(length))))
    most = min(ceiling, order.cost(known[-1], Fraction(math.ceil(length))))
    fine = least - 2 * NEAR <= used <= most + 2 * NEAR
    expected = f"{least:g} to {most:g} credits for {length:g} s of output"
    return None if fine else breach(sight.task, expected, f"{used:g}", sight)


def check_monotony(record: ServerRecord) -> Examination:
    """M7: yield for each two requests that differ in quality or in sound alone."""
    seen: defaultdict[Options, dict[tuple[bool, bool], tuple[float, Creation]]] = defaultdict(dict)
    for creation, order, reserved in _reserves(record):
        known = seen[_options(order)]
        kind = creation.body.get("quality") == "1080p", creation.body.get("generate_audio") is not False
        for other, (cost, earlier) in known.items():
            if sum(ours != theirs for ours, theirs in zip(kind, other, strict=True)) == 1:
                less, more = (cost, reserved) if kind > other else (reserved, cost)
                least = float(order.price.least) + NEAR
                fine = less + NEAR < more or (less <= more + NEAR and more <= least)
                expected = "more credits for 1080p than for 720p, and with sound than without"
                yield None if fine else _finding(creation, expected, f"{more:g} against {less:g}", earlier)
        known.setdefault(kind, (reserved, creation))


def check_order(record: ServerRecord) -> Examination:
    """M8: yield for each request that asks for what an earlier one asked for, with its videos in whatever order."""
    seen: dict[tuple[Options, Fraction], tuple[float, Creation]] = {}
    for creation, order, reserved in _reserves(record):
        options = _options(order), order.factor
        cost, earlier = seen.setdefault(options, (reserved, creation))
        if earlier is not creation:
            fine, expected = abs(cost - reserved) <= NEAR, f"{cost:g} credits, as for the same videos before"
            yield None if fine else _finding(creation, expected, f"{reserved:g}", earlier)


def _options(order: Order) -> Options:
    return order.model, tuple(sorted(order.inputs)), order.seconds


def _finding(creation: Creation, expected: str, seen: str, *earlier: Creation) -> Finding:
    return breach(creation.task or "", expected, seen, *earlier, creation)


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="M1",
        title="A task sets aside its input and output seconds times the rate and the factors of its options.",
        check=check_reserve,
        clauses=("BILL-PARTS", "BILL-IN-1", "BILL-IN-2", "BILL-IN-3", "BILL-IN-CAP", "RES-RESERVED"),
        exposure="A request was accepted for a model whose price is known.",
        advice="Cut each input to the cap for their number, and multiply before rounding; or correct the price list.",
    ),
    Rule(
        id="M4",
        title="A completed task is charged for the seconds that were produced.",
        check=check_charge,
        clauses=("BILL-OUT", "BILL-PARTS"),
        exposure="The charge of a completed task was seen, and the length of its result is known.",
        advice="Measure the result, and settle by that.",
    ),
    Rule(
        id="M7",
        title="1080p costs more than 720p, and sound more than none.",
        check=check_monotony,
        clauses=("BILL-1080P", "AUDIO-EFFECT"),
        exposure="Two requests differed in quality or in sound alone.",
        advice="Multiply input and output by the factors of quality and sound; only the least price may be the same.",
    ),
    Rule(
        id="M8",
        title="The price does not depend on the order of the videos, nor on when it is asked for.",
        check=check_order,
        level=Level.SHOULD,
        ground=Ground.ROB,
        clauses=("BILL-PARTS", "BILL-IN-2", "BILL-IN-3"),
        exposure="The same videos were asked for twice with the same options.",
        advice="Sum over the videos, whatever their order, and count one that stands twice the same each time.",
    ),
)
"""The rules on prices."""
