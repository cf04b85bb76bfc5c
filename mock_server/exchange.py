"""What is noted of one request while it is served."""

import msgspec


class Exchange(msgspec.Struct):
    """One request and its answer. `started` counts nanoseconds; the rest is filled in on the way."""

    id: str
    method: str
    path: str
    started: int
    status: int = 0
    operation: str | None = None
    universe: str | None = None
    account: str | None = None
    task: str | None = None
    clauses: tuple[str, ...] = ()
