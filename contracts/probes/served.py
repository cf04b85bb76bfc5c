"""A probe of every page that creates tasks: its own examples are taken, and what breaks one of its clauses is not."""

from typing import Any, Final

from contracts.probes.probe import Probe
from contracts.probes.session import Session
from openapi.operations import Operation
from openapi.page_clauses import break_clauses

_CREDITS: Final = 1_000_000.0


def visit_pages(session: Session) -> None:
    """Ask for what each page shows, and for what each of its clauses forbids."""
    key = session.open_account(_CREDITS)
    for operation in session.means.contract.creations:
        for body in operation.examples:
            session.ask(operation.method, operation.path, key=key, json=body)
        for _, broken in break_clauses(operation, sound_body(operation)):
            session.ask(operation.method, operation.path, key=key, json=broken)


def sound_body(operation: Operation) -> dict[str, Any]:
    """Return a body that a page takes: its first example, or its model alone where it shows none."""
    example = operation.request_example
    return dict(example) if isinstance(example, dict) else {"model": operation.models[0]}


PROBES: Final = (
    Probe(
        id="served-pages",
        title="Asks each page that creates tasks for what it shows, and for what each of its clauses forbids.",
        rules=("S1", "S2", "S3"),
        run=visit_pages,
        needs=("control",),
    ),
)
"""The probe of pages."""
