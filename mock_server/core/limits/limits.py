"""What a universe allows at once, and in a minute."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.core.limits.queueing import Slots


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """The limits of a universe's accounts; None is no limit. `slots` are for tasks that run at once."""

    requests_per_minute: int | None = None
    slots: Slots | None = None


def make_limits(
    *,
    requests_per_minute: int | None,
    slots: int | None,
    slots_per_account: int | None,
    slots_per_group: Mapping[str, int],
) -> Limits:
    """Return limits by the names that settings, snapshots and the control API have for them."""
    limited = Slots(slots, slots_per_account, slots_per_group)
    return Limits(requests_per_minute, None if limited == Slots() else limited)


def name_limits(limits: Limits) -> dict[str, Any]:
    """Return limits by those names: the arguments of `make_limits`."""
    slots = limits.slots or Slots()
    return {
        "requests_per_minute": limits.requests_per_minute,
        "slots": slots.universe,
        "slots_per_account": slots.account,
        "slots_per_group": dict(sorted(slots.groups.items())),
    }
