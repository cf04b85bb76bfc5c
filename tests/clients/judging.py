"""Small clients, each run in a simulator of its own, and what the judge says of what they did there."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec
from anyio.from_thread import BlockingPortal

from contracts import Evolink
from contracts.evolink.options import Options
from contracts.evolink.simulator import open_simulator
from contracts.recording import ClientRecord, Reported
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, Verdict, judge

Client: TypeAlias = Callable[[Evolink], object]
"""What uses the API; what it raises is taken for its way to end. A list of `Reported` that it returns is its report."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A client that breaks one rule, and one that differs in the one thing and does not.

    `options` are those of the simulator, such as a scenario or plans; `grade` is WARN where the rule is no MUST.
    """

    rule: str
    broken: Client
    control: Client
    options: dict[str, Any] = {}
    grade: Grade = Grade.FAIL


def record_client(portal: BlockingPortal, client: Client, **options: Any) -> ClientRecord:
    """Run a client in a simulator with these options, and return the record of it."""
    with open_simulator(portal, Options(**options)) as evolink:
        reported = _run(client, evolink)
        return msgspec.structs.replace(evolink.client_record(), reported=tuple(reported))


def _run(client: Client, evolink: Evolink) -> Sequence[Reported]:
    try:
        told = client(evolink)
    except Exception:  # noqa: BLE001 - a client ends as it likes
        return ()
    return told if isinstance(told, list) else ()


def check_case(portal: BlockingPortal, case: Case) -> None:
    """Have the judge name the one rule that the broken client breaks, and no binding one for its control."""
    broken = judge(ALL_RULES, record_client(portal, case.broken, **case.options))
    named = grades(broken, Grade.FAIL)
    assert named == ({case.rule} if case.grade is Grade.FAIL else set()), tell(broken)
    assert case.rule in grades(broken, case.grade), tell(broken)
    control = judge(ALL_RULES, record_client(portal, case.control, **case.options))
    assert not grades(control, Grade.FAIL, Grade.ERROR), tell(control)
    assert case.rule in grades(control, Grade.PASS), tell(control)


def tell(verdict: Verdict[ClientRecord]) -> str:
    """Say what was found, a line for each finding."""
    found = [f"{each.rule.id} {finding}" for each in verdict.outcomes for finding in each.findings]
    return "\n".join([*found, *(f"{each.rule.id} {each.error}" for each in verdict.of(Grade.ERROR))])


def grades(verdict: Verdict[ClientRecord], *wanted: Grade) -> set[str]:
    """Return the ids of the rules that came to one of these grades."""
    return {outcome.rule.id for outcome in verdict.of(*wanted)}
