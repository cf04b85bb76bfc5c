"""What `evolink-contracts client --prove` does: it strikes a program at each step of its conversation."""

import shlex
from collections.abc import Collection, Sequence
from importlib.metadata import version
from typing import Final

from contracts.battery.capabilities import Capability
from contracts.battery.trial import Trial
from contracts.commands.client_battery import open_drive, options_of, stop_at, teller
from contracts.commands.reports import put_text, read_places
from contracts.commands.wishes import Judging, Wish
from contracts.proof.cells import Cell, CellError
from contracts.proof.proof import Course, Proof, find_cells, run_cells, run_clean
from contracts.proof.writers import PROOF_WRITERS
from mock_server.commands.usage import WrongUsageError

_USUAL: Final = ("download",)
_NOT_PROVED: Final = frozenset({"cancel", "several"})
"""What a program may do that has no part in the proof: one video is made, and nobody is told to end."""


def show_proof(wish: Wish, judging: Judging, *, cells: Sequence[str], expects: Collection[Capability]) -> int:
    """Put a program to the proof, tell what came of it, and return what to exit with.

    Args:
        wish: What to run, and how.
        judging: In which forms it is told, `text`, `html` or `json`, and where these go.
        cells: The names of the cells to run; all if there are none.
        expects: What the program does.

    Raises:
        WrongUsageError: A form is none of these, a file cannot be written, or there is no such cell.
    """
    places = read_places(judging)
    for form, _ in places:
        if form not in PROOF_WRITERS:
            raise WrongUsageError(f"--prove is told as {', '.join(PROOF_WRITERS)}, not as {form}")
    proof = _prove(wish, cells, expects)
    for form, place in places:
        put_text(PROOF_WRITERS[form](proof), place)
    return proof.exit_code


def _prove(wish: Wish, names: Sequence[str], expects: Collection[Capability]) -> Proof:
    with open_drive(wish) as drive:
        course = Course(
            drive=drive,
            target=shlex.join(wish.command),
            repeat=lambda cell: _repeat(cell, wish, expects),
            tool_version=version("evolink-mock"),
            needs=tuple(need for need in expects if need not in _NOT_PROVED),
            jobs=1 if wish.receiver else wish.jobs,
        )
        clean = run_clean(course, tell=teller(1, wish.keep))
        stop_at([clean])
        found = _find_cells(clean, names)
        return run_cells(course, clean, found, tell=teller(len(found), wish.keep))


def _find_cells(clean: Trial, names: Sequence[str]) -> tuple[Cell, ...]:
    try:
        return find_cells(clean, names)
    except CellError as error:
        raise WrongUsageError(f"--cell: {error}") from error


def _repeat(cell: str, wish: Wish, expects: Collection[Capability]) -> str:
    """Return the command that runs one cell as this one did."""
    words = ["evolink-contracts", "client", "--prove", "--cell", cell]
    words += [] if tuple(expects) == _USUAL else ["--expects", ",".join(expects)]
    return shlex.join([*words, *options_of(wish), "--", *wish.command])
