"""What schemathesis does around each call: it is noted in the trace of its schema."""

from typing import Any

import schemathesis

from contracts.fuzz.trace import trace_of


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _options: dict[str, Any]) -> None:
    """Note that a call begins."""
    trace_of(case).begin(case)


@schemathesis.hook
def after_call(
    _context: schemathesis.HookContext, case: schemathesis.Case[Any], response: schemathesis.Response
) -> None:
    """Note what was answered."""
    trace_of(case).end(case, response)
