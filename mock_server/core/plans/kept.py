"""What is kept of plans with a task, as bytes: it says how the task and its result are shown."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from mock_server.core.plans.kinds import KeptPlan, Plan
from mock_server.core.plans.links import LinkPlan
from mock_server.core.plans.match import ANY
from mock_server.core.plans.reads import ReadsPlan
from mock_server.core.plans.tasks import TaskPlan, lies_only

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[KeptPlan, ...]).decode


def keep(plans: Iterable[Plan]) -> tuple[KeptPlan, ...]:
    """Return what of a new task's plans has to be kept with it: not when they strike, nor what its timeline says."""
    kept: list[KeptPlan] = []
    for plan in plans:
        left = lies_only(plan) if isinstance(plan, TaskPlan) else plan
        if isinstance(left, TaskPlan | LinkPlan | ReadsPlan):
            kept.append(msgspec.structs.replace(left, match=ANY, times=None, name=None))
    return tuple(kept)


def pack(kept: tuple[KeptPlan, ...]) -> bytes:
    """Write what is kept; nothing is b""."""
    return _encode(kept) if kept else b""


@lru_cache(maxsize=1_024)
def unpack(packed: bytes) -> tuple[KeptPlan, ...]:
    """Read what was kept."""
    return _decode(packed) if packed else ()
