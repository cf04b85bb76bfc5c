"""Killing a program at a step of its conversation, and starting it again."""

from threading import Event as Signal
from threading import Thread
from time import time
from typing import Final

from contracts.drive.programs.program import Program
from contracts.drive.programs.running import Run
from contracts.evolink.evolink import Evolink
from contracts.recording.happenings import Event

GRACE_SECONDS: Final = 1.0
"""How long a program has, in real time, to do something with an answer before it is killed."""

_PAUSE_SECONDS: Final = 0.1


def has_struck(evolink: Evolink, plan: str) -> bool:
    """Tell whether the plan of a name has struck."""
    return any(each.struck for each in evolink.plans if each.name == plan)


def run_killed(program: Program, evolink: Evolink, plan: str) -> tuple[Run, tuple[Event, ...]]:
    """Run a program, kill it when a plan has struck, and run it again; return what came of it, and when it was killed.

    Args:
        program: The program.
        evolink: The simulator that it meets.
        plan: The plan's name.
    """
    over, killed = Signal(), list[float]()

    def watch() -> None:
        while not over.wait(_PAUSE_SECONDS):
            if has_struck(evolink, plan):
                if not over.wait(GRACE_SECONDS):
                    killed.append(time())
                    program.kill()
                return

    watching = Thread(target=watch, name="kill at a step", daemon=True)
    watching.start()
    try:
        run = program.run()
    finally:
        over.set()
        watching.join()
    if run.ended != "killed":
        return run, ()
    event = Event(kind="kill", at=killed[0], to=time())
    return program.run(), (event,)
