"""That no credit of an account is lost, made or taken twice, and none taken that is not there (M2, M3, M5, M6, M9)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from contracts.invariants.leaks import find_leak
from contracts.invariants.money.ledger import Ledger, Step, open_ledgers
from contracts.invariants.money.prices import NEAR, read_order
from contracts.invariants.protocol.repetition import KEPT
from contracts.recording.accounts import Account, Creation
from contracts.recording.server import SeenTask, ServerRecord
from contracts.recording.sights import Sight, number_in, part, text_in
from contracts.verdict import Examination, Finding, Rule, breach

_FREE: Final = {"failed", "cancelled"}


def check_conservation(record: ServerRecord) -> Examination:
    """M2: yield for each look at an ended task that shows its money, and for each step of a balance."""
    for task in record.tasks.values():
        for sight in task.current:
            if sight.settled and sight.way != "list":
                yield _check_figures(task, sight)
    yield from _check_steps(record, lambda _: True)


def _check_figures(task: SeenTask, sight: Sight) -> Finding | None:
    """Check what a booked task shows: what was set aside is what was charged and what was given back."""
    billing, usage = part(sight.body, "billing"), part(sight.body, "usage")
    reserved, charged = number_in(billing, "reserved_credits"), number_in(billing, "charged_credits")
    returned = number_in(billing, "refunded_credits")
    booked = text_in(billing, "refund_status") in {"completed", "not_required"}
    if charged is not None and returned is not None and booked and _differ(reserved, charged + returned):
        return breach(
            sight.task, f"{reserved:g} credits in all, charged or refunded", f"{charged:g} and {returned:g}", sight
        )
    before = None if task.creation is None else task.creation.reserved
    if _differ(before, sight.reserved):
        return breach(sight.task, f"{before:g} credits reserved, as in the beginning", f"{sight.reserved:g}", sight)
    shown = {"credits_used": number_in(usage, "credits_used"), "cost": number_in(part(usage, "cost"), "credits")}
    for name, other in shown.items():
        if _differ(sight.used, other):
            return breach(
                sight.task, f"{sight.used:g} credits charged, wherever that is shown", f"{name} {other:g}", sight
            )
    return None


def _differ(one: float | None, other: float | None) -> bool:
    """Tell whether two amounts are known, and are not the same."""
    return one is not None and other is not None and abs(one - other) > NEAR


def _check_steps(record: ServerRecord, concerns: Callable[[Step], bool]) -> Examination:
    """Yield for each step of a balance that concerns a rule."""
    steps = (step for _, ledger in open_ledgers(record) for step in ledger.steps())
    for step in filter(concerns, steps):
        least, most = step.bounds
        wanted = f"{least:.4f}" if most - least <= NEAR else f"{least:.4f} to {most:.4f}"
        if least - NEAR <= step.spent <= most + NEAR:
            yield None
        else:
            expected = f"{wanted} credits less, for {', '.join(task.id for task in step.tasks) or 'no task'}"
            yield breach(step.account.name, expected, f"{step.spent:.4f} less", step.first, step.second)


def check_failures(record: ServerRecord) -> Examination:
    """M3: yield for each look at a failed or cancelled task's money, and for each step of a balance over one."""
    for task in record.tasks.values():
        for sight in task.current:
            if sight.status in _FREE and sight.settled and sight.used is not None:
                fine, expected = abs(sight.used) <= NEAR, f"no credits for a task that is {sight.status}"
                yield None if fine else breach(sight.task, expected, f"{sight.used:g}", sight)
    yield from _check_steps(record, lambda step: any(_is_free(task) for task in step.tasks))


def _is_free(task: SeenTask) -> bool:
    return task.last is not None and task.last.status in _FREE


def check_shortage(record: ServerRecord) -> Examination:
    """M5: yield for each request that an account with known credits made, if it was accepted or got 402."""
    for account, ledger in open_ledgers(record):
        for creation in account.creations:
            short = creation.exchange.status == HTTPStatus.PAYMENT_REQUIRED and creation.refused
            if short or (creation.task is not None and not creation.replayed):
                yield from _check_shortage(ledger, creation, short=short)
            if short:
                yield find_leak(record, account, creation)


def _check_shortage(ledger: Ledger, creation: Creation, *, short: bool) -> Examination:
    order = read_order(creation.body)
    known = ledger.left_before([creation])
    needed = creation.reserved if not short else None if order is None else order.cost(order.most_input)
    if known is not None and needed is not None:
        balance, gone = known
        left, most = balance.spendable - gone.most, balance.remaining - gone.least
        if short and left >= needed + NEAR:
            expected, seen = f"a task, as it costs at most {needed:g} of {left:g} credits", "402"
            yield breach(creation.task or "", expected, seen, balance, creation)
        elif not short and most < needed - NEAR:
            expected, seen = f"402, as {needed:g} credits are more than {most:g}", "a task"
            yield breach(creation.task or "", expected, seen, balance, creation)
        else:
            yield None


def check_single_charge(record: ServerRecord) -> Examination:
    """M6: yield for each request that was repeated with its key, and for each step of a balance over one."""
    groups: defaultdict[tuple[str | None, str | None, bytes], list[Creation]] = defaultdict(list)
    for creation in record.creations:
        if creation.key is not None and creation.task is not None:
            groups[creation.account, creation.key, creation.exchange.request_body].append(creation)
    for kept in groups.values():
        group = [each for each in kept if each.exchange.started_at < kept[0].exchange.started_at + KEPT]
        if len(group) > 1:
            paid = sorted({str(creation.task) for creation in group})
            expected = "one task that is paid for, however often the request is repeated with its key"
            seen = f"{len(paid)} tasks: {', '.join(paid)}"
            yield breach(paid[0], expected, seen, *group) if len(paid) > 1 else None
    yield from _check_steps(record, _is_repeated)


def _is_repeated(step: Step) -> bool:
    return any(step.start < c.exchange.started_at < step.end for c in step.account.creations if c.replayed)


def check_overdraft(record: ServerRecord) -> Examination:
    """M9: yield for each crowd of requests that were under way together, on an account with known credits."""
    for account, ledger in open_ledgers(record):
        for crowd in _crowds(account):
            known = ledger.left_before(crowd)
            taken = sum(each.reserved or 0 for each in crowd if each.task is not None and not each.replayed)
            if known is not None and taken:
                most = known[0].remaining - known[1].least
                expected = f"at most {most:g} credits reserved by all together"
                over = breach(account.name, expected, f"{taken:g}", known[0], *crowd)
                yield over if taken > most + NEAR else None


def _crowds(account: Account) -> Iterator[list[Creation]]:
    """Find the requests of an account that overlap, each with the one before it."""
    crowd: list[Creation] = []
    for creation in account.creations:
        if crowd and creation.exchange.started_at > max(each.exchange.ended_at for each in crowd):
            if len(crowd) > 1:
                yield crowd
            crowd = []
        crowd.append(creation)
    if len(crowd) > 1:
        yield crowd


RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    Rule(
        id="M2",
        title="No credit is lost or made: what was set aside is charged or given back, and the balance shows it.",
        check=check_conservation,
        clauses=("CRED-READ", "CRED-USER-REMAINING", "TASK-USAGE", "TASK-BILLING", "BILL-SUCCESS"),
        exposure="A booked task was seen, or a balance was read twice.",
        advice="Derive the balance from the same entries as the tasks' figures.",
    ),
    Rule(
        id="M3",
        title="A task that failed or was cancelled costs nothing.",
        check=check_failures,
        clauses=("BILL-SUCCESS",),
        exposure="A failed or cancelled task showed its money, or a balance was read before and after its end.",
        advice="Release the whole reserve of a task that has no result.",
    ),
    Rule(
        id="M5",
        title="402 comes exactly when an account has less than a task would set aside, and leaves no task.",
        check=check_shortage,
        clauses=("ERR-402", "RES-RESERVED"),
        exposure="A request was accepted, or got 402, on an account whose credits had been read.",
        advice="Compare the reserve with what is left in the transaction that creates the task.",
    ),
    Rule(
        id="M6",
        title="A request that is repeated with its idempotency key is paid for once.",
        check=check_single_charge,
        clauses=("IDEM-REPLAY",),
        exposure="A request was repeated with its key and accepted.",
        advice="Claim the key, set the credits aside and create the task in one transaction.",
    ),
    Rule(
        id="M9",
        title="Requests that come at once never set aside more than there is.",
        check=check_overdraft,
        clauses=("ERR-402", "CRED-USER-REMAINING"),
        exposure="Requests overlapped on an account whose credits had been read.",
        advice="Let the transaction that takes credits be the one that checks them.",
    ),
)
"""The rules on accounts."""
