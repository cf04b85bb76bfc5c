"""Plans that come with a request: in the header X-Mock-Plan, or in the prompt as `[mock: ...]`.

They are for this one request and the task that it makes, so they have no match. In a prompt they stand in the short
form, and several directives are read as one; a header can have JSON too.

    X-Mock-Plan: answer 503 retry-after=2; delay 1
    {"prompt": "A cat [mock: fail=content_policy_violation at=60%]"}
"""

import re
from functools import lru_cache
from typing import Final

from mock_server.core.errors import InvalidRequest
from mock_server.core.plans.kinds import Plans
from mock_server.core.plans.language import PlanError, decode_json, read_plans
from mock_server.core.plans.limits import LimitPlan
from mock_server.core.plans.match import ANY
from mock_server.core.plans.words import WordError, read_words

HEADER: Final = "X-Mock-Plan"
"""The header by which a request brings its own plans."""

_DIRECTIVE: Final = re.compile(r"\[mock:([^\]\[]*)\]")


def read_directive(prompt: str) -> Plans:
    """Read the directives in a prompt; a prompt without one plans nothing.

    Raises:
        InvalidRequest: There is a directive that cannot be understood; the message says which word, and what can be.
    """
    if "[mock:" not in prompt:
        return ()
    try:
        return _own(read_words(" ".join(_DIRECTIVE.findall(prompt))))
    except WordError as error:
        raise InvalidRequest(f"the directive [mock: ...] in the prompt has {error}", param="prompt") from None


@lru_cache(maxsize=256)
def read_header(value: str) -> Plans:
    """Read the header X-Mock-Plan: the short form, or JSON.

    Raises:
        InvalidRequest: It cannot be understood; the message says what, and what can be.
    """
    try:
        if value.lstrip()[:1] in ("{", "["):
            return _own(read_plans(decode_json(value, HEADER), where=HEADER))
        return _own(read_words(value))
    except WordError as error:
        raise InvalidRequest(f"the header {HEADER} has {error}", param=HEADER) from None
    except PlanError as error:
        raise InvalidRequest(str(error), param=HEADER) from None


def _own(plans: Plans) -> Plans:
    """Refuse what has no meaning for one request."""
    taken: dict[str, str] = {}
    for plan in plans:
        if plan.match != ANY or plan.times is not None:
            raise WordError(f"a match or times with {plan.kind}; it plans for one request, its own")
        if isinstance(plan, LimitPlan) and plan.requests is not None:
            raise WordError("a limit of requests; it plans for one request, its own")
        for slot in plan.slots():
            if slot in taken:
                raise WordError(f"{taken[slot]} and {plan.label}; only one of them can act")
            taken[slot] = plan.label
    return plans
