"""The plan language: what a test wants to happen, as data.

- Reading: `read_plans`, `read_json`, `read_yaml`, `read_words`, `read_directive`, `read_header`, `read_scenario`; and
  writing: `write_plans`.
- Matching: `compile_plans`, `open_state`, `strike` (a request), `strike_task` (a task that is created), `forgive`,
  `note_task`, `forget_task`, `tally`, `unused`.
- What follows, as functions: `divert`, `callback_plan`, `keep`, `show_task`, `show_row`, `seen_at`, `follow_links`,
  `render_answer`, `change_head`, `spoil`; and `Script` says what is left to the server.
"""

from mock_server.core.plans.answers import AnswerPlan, HeadPlan, change_head, render_answer
from mock_server.core.plans.bodies import BodyFault, BodyPlan, spoil
from mock_server.core.plans.book import PlanBook, compile_plans
from mock_server.core.plans.callbacks import CallbackFault, CallbackPlan, callback_plan
from mock_server.core.plans.directive import HEADER, read_directive, read_header
from mock_server.core.plans.engine import TaskScript, forgive, strike, strike_task
from mock_server.core.plans.examples import EXAMPLES, Example
from mock_server.core.plans.kept import keep, pack, unpack
from mock_server.core.plans.kinds import KINDS, KeptPlan, Plan, Plans, fields_of
from mock_server.core.plans.language import PlanError, read_json, read_plans, read_yaml, write_plans
from mock_server.core.plans.limits import LimitPlan
from mock_server.core.plans.links import LinkFault, LinkPlan, follow_links
from mock_server.core.plans.match import OPERATIONS, Match, short_name
from mock_server.core.plans.reads import ReadsPlan, seen_at
from mock_server.core.plans.reply import DateIn, Reply
from mock_server.core.plans.scenarios import Scenario, read_scenario
from mock_server.core.plans.script import FAITHFUL, Script
from mock_server.core.plans.state import (
    Occasion,
    PlanState,
    Tally,
    forget_task,
    note_task,
    open_state,
    tally,
    unused,
)
from mock_server.core.plans.tasks import TaskPlan, divert, made_length, show_row, show_task
from mock_server.core.plans.wire import DelayPlan, DisconnectPlan, FramingFault, FramingPlan, Pause
from mock_server.core.plans.words import WordError, read_words

__all__ = [
    "EXAMPLES",
    "FAITHFUL",
    "HEADER",
    "KINDS",
    "OPERATIONS",
    "AnswerPlan",
    "BodyFault",
    "BodyPlan",
    "CallbackFault",
    "CallbackPlan",
    "DateIn",
    "DelayPlan",
    "DisconnectPlan",
    "Example",
    "FramingFault",
    "FramingPlan",
    "HeadPlan",
    "KeptPlan",
    "LimitPlan",
    "LinkFault",
    "LinkPlan",
    "Match",
    "Occasion",
    "Pause",
    "Plan",
    "PlanBook",
    "PlanError",
    "PlanState",
    "Plans",
    "ReadsPlan",
    "Reply",
    "Scenario",
    "Script",
    "Tally",
    "TaskPlan",
    "TaskScript",
    "WordError",
    "callback_plan",
    "change_head",
    "compile_plans",
    "divert",
    "fields_of",
    "follow_links",
    "forget_task",
    "forgive",
    "keep",
    "made_length",
    "note_task",
    "open_state",
    "pack",
    "read_directive",
    "read_header",
    "read_json",
    "read_plans",
    "read_scenario",
    "read_words",
    "read_yaml",
    "render_answer",
    "seen_at",
    "short_name",
    "show_row",
    "show_task",
    "spoil",
    "strike",
    "strike_task",
    "tally",
    "unpack",
    "unused",
    "write_plans",
]
