"""What asks a server, so that rules have something to look at: is this server the API?

    agenda = make_agenda(PROBES, RULES, offers=target.offers, budget=None)
    course = run(target, agenda, tell=print)
    verdict = judge_records(RULES, course.records)

A probe says beforehand what it costs at most and what it needs. The command `evolink-contracts server` runs them.
"""

from typing import Final

from contracts import invariants
from contracts.probes import billing, broken, callbacks, conformance, files, lifecycle, protocol, refusals, served
from contracts.probes.probe import NEEDS, Need, Probe
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

__all__ = ["NEEDS", "PROBES", "RULES", "Need", "Probe"]

PROBES: Final[tuple[Probe, ...]] = (
    *lifecycle.PROBES,
    *protocol.PROBES,
    *broken.PROBES,
    *files.PROBES,
    *billing.PROBES,
    *callbacks.PROBES,
    *served.PROBES,
)
"""All of them, in the order in which they are run."""

RULES: Final[tuple[Rule[ServerRecord], ...]] = (
    *invariants.RULES,
    *conformance.RULES,
    *refusals.RULES,
)
"""What servers are judged by: the invariants, that answers fit their pages, and that broken requests are refused."""
