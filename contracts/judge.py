"""The judge of clients: all rules on a record, and the verdict in words that show no secret."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any, Final

from contracts.recording.client import ClientRecord
from contracts.recording.journal import read_journal
from contracts.report.verdicts.report import Report
from contracts.report.verdicts.statement import Statement, state
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS, Strictness, Verdict, judge
from openapi.operations import Operations

_RULES: Final = frozenset(rule.id for rule in ALL_RULES)


def judge_journal(journal: Any, callbacks: Any, operations: Operations) -> Statement:
    """Judge the client whose traffic a journal has, by all rules: what the dashboard asks for.

    The simulator finds this by the entry point `evolink_mock.judges`.

    Args:
        journal: What `/_mock/journal` answers, as its struct, or as decoded from JSON.
        callbacks: What `/_mock/callbacks` answers, likewise.
        operations: Those that were served.
    """
    record = read_journal(journal, callbacks=callbacks, contract=operations)
    return state_verdict(judge_client(record), record)


def check_allowed(allowed: Mapping[str, str]) -> None:
    """Make sure that rules are allowed that exist, each for a reason.

    Raises:
        ValueError: There is no such rule, or no reason is given.
    """
    for rule, reason in allowed.items():
        if rule not in _RULES:
            near = get_close_matches(rule, _RULES, 1)
            hint = f"did you mean {near[0]}?" if near else "`evolink-contracts rules` lists them"
            raise ValueError(f"allow: there is no rule {rule[:60]!r}; {hint}")
        if not reason.strip():
            raise ValueError(f"allow: say why {rule} may be broken, as a text that is not empty")


def judge_client(
    record: ClientRecord, *, level: Strictness = "must", allow: Mapping[str, str] = {}
) -> Verdict[ClientRecord]:
    """Judge a client by all rules.

    Args:
        record: What it did.
        level: The least binding rules whose findings fail: "must", "should" or "all".
        allow: The rules that may be broken, by their ids, each with the reason.

    Raises:
        ValueError: There is no such level or rule, or a rule is allowed without a reason.
    """
    check_allowed(allow)
    if level not in LEVELS:
        raise ValueError(f"level: expected {', '.join(LEVELS)}, got {level!r}")
    return judge(ALL_RULES, record, binding=LEVELS[level], allowed=allow)


def state_verdict(verdict: Verdict[ClientRecord], record: ClientRecord) -> Statement:
    """Return a verdict in words; nothing of that is secret."""
    return state(
        Report(
            title="The client's contract",
            target="the client",
            verdict=verdict,
            exchanges=record.asked,
            callbacks=record.heard,
            started_at=record.asked[0].started_at if record.asked else 0.0,
            tool_version=version("evolink-mock"),
        )
    )
