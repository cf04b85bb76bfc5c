"""The journal of a simulator as it was, for the judge: rules compare what was asked for, and alike is not the same."""

from starlette.applications import Starlette

from mock_server.control.journal import PATIENCE_SECONDS, make_entries
from mock_server.journal.entries import Entry


async def read_entries(app: Starlette, universe: str) -> tuple[Entry, ...]:
    """Return the journal of a universe with all that is secret in it, on the app's own loop.

    What is told of it has to be redacted.
    """
    journal = (await app.state.universes.open(universe)).journal
    await journal.settle(PATIENCE_SECONDS)
    return await make_entries(tuple(journal), app.state.contract, secrets=True)
