"""Limits by the names that settings, snapshots and the control API have for them."""

from typing import Any

import pytest

from mock_server.core.limits.limits import Limits, make_limits, name_limits
from mock_server.core.limits.queueing import Slots


@pytest.mark.parametrize(
    ("named", "limits"),
    [
        ((None, None, None, {}), Limits()),
        ((9, None, None, {}), Limits(9)),
        ((None, 3, None, {}), Limits(None, Slots(3))),
        ((None, None, 2, {}), Limits(None, Slots(account=2))),
        ((9, 0, 2, {"vip": 4, "default": 1}), Limits(9, Slots(0, 2, {"default": 1, "vip": 4}))),
    ],
)
def test_limits_have_names(named: tuple[Any, ...], limits: Limits) -> None:
    """Without any limit of slots there are none to be dealt out; groups are named in order."""
    names = ("requests_per_minute", "slots", "slots_per_account", "slots_per_group")
    arguments = dict(zip(names, named, strict=True))
    assert make_limits(**arguments) == limits
    assert name_limits(limits) == arguments
    assert list(name_limits(limits)["slots_per_group"]) == sorted(named[3])
