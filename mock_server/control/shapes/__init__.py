"""What the control API takes and answers. Times are seconds since the epoch, money is credits.

These shapes are the API: requests are read into them, answers are written from them, its OpenAPI document is made of
them, and the Python client returns them.
"""

from mock_server.control.shapes.accounts import AccountChange, AccountList, AccountState, LimitsState
from mock_server.control.shapes.base import (
    LONGEST_SECONDS,
    AccountId,
    Count,
    Credits,
    Duration,
    ErrorCode,
    Group,
    Instant,
    Key,
    Name,
    Number,
    Problem,
    Refusal,
    Seconds,
    Shape,
    UniverseName,
    given,
    one_of,
)
from mock_server.control.shapes.callbacks import (
    AttemptShown,
    CallbackList,
    CallbackQuery,
    CallbackShown,
    Redelivered,
)
from mock_server.control.shapes.clock import AttemptMade, ClockChange, ClockChanged, ClockState
from mock_server.control.shapes.journal import JournalCleared, JournalQuery, JournalState, Statuses
from mock_server.control.shapes.plans import PlanChange, PlanList, PlanShown, ScenarioList, ScenarioShown
from mock_server.control.shapes.service import Health, ModelList
from mock_server.control.shapes.tasks import (
    Failure,
    LedgerEntry,
    TaskChanged,
    TaskFacts,
    TaskList,
    TaskQuery,
    TaskState,
)
from mock_server.control.shapes.universes import (
    Forgotten,
    Fork,
    Reset,
    SnapshotQuery,
    UniverseList,
    UniverseState,
)

__all__ = [
    "LONGEST_SECONDS",
    "AccountChange",
    "AccountId",
    "AccountList",
    "AccountState",
    "AttemptMade",
    "AttemptShown",
    "CallbackList",
    "CallbackQuery",
    "CallbackShown",
    "ClockChange",
    "ClockChanged",
    "ClockState",
    "Count",
    "Credits",
    "Duration",
    "ErrorCode",
    "Failure",
    "Forgotten",
    "Fork",
    "Group",
    "Health",
    "Instant",
    "JournalCleared",
    "JournalQuery",
    "JournalState",
    "Key",
    "LedgerEntry",
    "LimitsState",
    "ModelList",
    "Name",
    "Number",
    "PlanChange",
    "PlanList",
    "PlanShown",
    "Problem",
    "Redelivered",
    "Refusal",
    "Reset",
    "ScenarioList",
    "ScenarioShown",
    "Seconds",
    "Shape",
    "SnapshotQuery",
    "Statuses",
    "TaskChanged",
    "TaskFacts",
    "TaskList",
    "TaskQuery",
    "TaskState",
    "UniverseList",
    "UniverseName",
    "UniverseState",
    "given",
    "one_of",
]
