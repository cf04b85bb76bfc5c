"""What a probe is: something that is asked of a server so that rules have something to look at."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias

import msgspec

from contracts.probes.session import Session

Need: TypeAlias = Literal["second key", "receiver", "unsafe receiver", "inward receiver", "files", "control", "restart"]
"""What a probe can do nothing without."""

NEEDS: Final[Mapping[Need, str]] = {
    "second key": "the key of another account in EVOLINK_API_KEY_2",
    "receiver": "a receiver that the server can reach: --callback-url and --listen",
    "unsafe receiver": "a receiver with a certificate that nobody vouches for, which --simulator has",
    "inward receiver": "a receiver whose name leads to an internal address, which --simulator has",
    "files": "the file service: --files URL",
    "control": "a simulator's control API, which moves its clock and sets credits and limits",
    "restart": "a server that can be restarted, which --simulator can",
}
"""What has to be given for each need."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One probe.

    Args:
        id: Its short name, such as life.
        title: What it does, in one sentence.
        rules: The ids of the rules that it puts to the test.
        run: Does it. Raises `ProbeError` where it cannot go on.
        orders: What the tasks that it may create ask for, as changes to the cheapest order; none are free calls only.
        needs: What it can do nothing without.
        in_real_time: Whether it is of no use on a clock that stands still.
    """

    id: str
    title: str
    rules: tuple[str, ...]
    run: Callable[[Session], object]
    orders: tuple[Mapping[str, Any], ...] = ()
    needs: tuple[Need, ...] = ()
    in_real_time: bool = False
