"""Whether a client looks at who answers in the API's name (A14)."""

from typing import Final

from contracts.recording.client import ClientRecord
from contracts.verdict import Examination, Ground, Rule, breach


def check_certificates(record: ClientRecord) -> Examination:
    """A14: yield once if something is wrong with the certificate that was shown, and the client came so far."""
    fault = record.view.impostor
    if fault is not None and record.api:
        expected = f"nothing sent to a server whose certificate is {fault}"
        yield breach("", expected, f"{len(record.api)} requests", *record.api[:3])
    elif fault is not None and "tls" in record.view.sees:
        yield None


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="A14",
        title="Nothing is sent to a server whose certificate does not prove that it is the API.",
        check=check_certificates,
        ground=Ground.SEC,
        clauses=("OP-SERVER",),
        exposure="The client connected to a server with a certificate that does not hold.",
        advice="Leave the check of certificates as it is: no verify=False, no rejectUnauthorized: false, no -k.",
        applies=lambda record: record.view.impostor is not None,
    ),
)
"""The rule on certificates."""
