"""Plans from Python: what a test wants to go wrong, as structs (docs/reference/plans.md has all of them).

    from mock_server import Settings, create_app
    from mock_server.plans import AnswerPlan, Match, read_words

    app = create_app(plans=(AnswerPlan(status=503, match=Match(operation=("create",)), times=2),))
    same = create_app(plans=read_words("answer 503 on=create times=2"))
    also = create_app(Settings(plans=("answer 503 on=create times=2",)))

The methods `add_plans` and `replace_plans` of `mock_server.Control` take them too.
"""

from mock_server.core.plans import (
    AnswerPlan,
    BodyPlan,
    CallbackPlan,
    DateIn,
    DelayPlan,
    DisconnectPlan,
    FramingPlan,
    HeadPlan,
    LimitPlan,
    LinkPlan,
    Match,
    Plan,
    PlanError,
    Plans,
    ReadsPlan,
    Scenario,
    TaskPlan,
    WordError,
    read_json,
    read_plans,
    read_words,
    read_yaml,
    write_plans,
)
from mock_server.http.wire import WireFault
from mock_server.scenarios.bundled import UnknownScenario, load_scenario, load_scenarios

__all__ = [
    "AnswerPlan",
    "BodyPlan",
    "CallbackPlan",
    "DateIn",
    "DelayPlan",
    "DisconnectPlan",
    "FramingPlan",
    "HeadPlan",
    "LimitPlan",
    "LinkPlan",
    "Match",
    "Plan",
    "PlanError",
    "Plans",
    "ReadsPlan",
    "Scenario",
    "TaskPlan",
    "UnknownScenario",
    "WireFault",
    "WordError",
    "load_scenario",
    "load_scenarios",
    "read_json",
    "read_plans",
    "read_words",
    "read_yaml",
    "write_plans",
]
