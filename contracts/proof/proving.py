"""The proof of a client that is a function."""

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio.from_thread import start_blocking_portal

from contracts.battery.paces import STEADY
from contracts.proof.cells import CLEAN
from contracts.proof.function import Client, FunctionDrive
from contracts.proof.proof import Course, Proof, find_cells, run_cells, run_clean


class ProofError(AssertionError):
    """A client that fails where nothing goes wrong, so that there is nothing to prove of it."""


def prove(client: Client, *, cells: Iterable[str] = (), directory: Path | None = None) -> Proof:
    """Run a client once, learn what it asks, and run it again with each fault at each step; return what came of it.

        def make_video(evolink, directory): ...

        proof = prove(make_video)
        assert proof.is_green, write_text(proof)

    Each run has a simulator of its own, on a clock that the client's sleeps move, and a directory of its own for what
    the client keeps. In some runs the client is killed at a step, and called again with the same directory: `Ended`, a
    BaseException, is raised where it next asks for something or sleeps. A cell is green if the client ends with one
    charge and one result, or with a clear error and no second charge; red if it does not; and grey if the fault never
    came to strike.

    Args:
        client: What makes a video; it gets the simulator (`Evolink`) and the directory. To raise something, or to
            return a number other than 0, is to say that there is no video.
        cells: The names of the cells to run, such as create/lost-after-commit; all if there are none.
        directory: Where the runs have their directories; a temporary place if it is left out. A folder `clean` and one
            for each step are made there.

    Raises:
        ProofError: The client fails where nothing goes wrong, or asks for nothing.
        CellError: There is no cell of a name.
    """
    wanted = tuple(cells)
    with start_blocking_portal("asyncio") as portal, TemporaryDirectory(prefix="evolink-") as folder:
        course = Course(
            drive=FunctionDrive(portal, client, directory=directory or Path(folder)),
            target=getattr(client, "__name__", "the client"),
            repeat=lambda cell: f'prove(..., cells=["{cell}"])',
            tool_version=version("evolink-mock"),
            pace=(STEADY,),
        )
        clean = run_clean(course, tell=_tell_nobody)
        if clean.ending != "well" or not clean.record.asked:
            told = clean.trouble or clean.told or "it asked for nothing"
            raise ProofError(f"the client fails where nothing goes wrong ({CLEAN}): {told}")
        return run_cells(course, clean, find_cells(clean, wanted), tell=_tell_nobody)


def _tell_nobody(_: object) -> None:
    """Say nothing of a trial."""
