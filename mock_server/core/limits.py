"""What a universe allows at once, and in a minute."""

import msgspec

from mock_server.core.queueing import Slots


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """The limits of a universe's accounts; None is no limit. `slots` are for tasks that run at once."""

    requests_per_minute: int | None = None
    slots: Slots | None = None
