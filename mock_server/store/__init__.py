"""Where the simulator keeps what must not be lost: the protocol of a store, and the embedded one."""

from mock_server.store.protocol import StateError, Store
from mock_server.store.sqlite import SqliteStore

__all__ = ["SqliteStore", "StateError", "Store"]
