"""The judge: checks a server, and the traffic of a client, against the contract.

For tests it has `Evolink` and `EvolinkServer`, which the fixtures `evolink` and `evolink_server` give, and what tests
are parametrised over.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from contracts.evolink.evolink import Evolink
    from contracts.evolink.parameters import evolink_error_codes, evolink_scenarios
    from contracts.evolink.server import EvolinkServer

__all__ = ["Evolink", "EvolinkServer", "evolink_error_codes", "evolink_scenarios"]

_PLACES: Final = {
    "Evolink": "contracts.evolink.evolink",
    "EvolinkServer": "contracts.evolink.server",
    "evolink_error_codes": "contracts.evolink.parameters",
    "evolink_scenarios": "contracts.evolink.parameters",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: whoever has the plugin installed waits for none of it."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
