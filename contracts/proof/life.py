"""The life of a client that is a function: how far it has come, and what ends it."""

from threading import Lock
from typing import Final

from contracts.battery.killing import has_struck
from contracts.drive.sleeping.sleepers import is_delivering
from contracts.evolink.evolink import Evolink

LONGEST_SECONDS: Final = 24 * 3_600.0
"""For how long a client may be busy, in its own time."""

MOST_CONTACTS: Final = 20_000
"""How many requests and sleeps it may take."""


class Ended(BaseException):
    """The client's life is over. No `except Exception` catches it: where it is raised, a process would have ended."""


class Life:
    """Lets a client live until it is killed, or until it has taken too long.

    A client that is dead stays dead: whatever it still asks for or waits for raises, until it has returned.

    Args:
        plan: The name of the plan at whose strike it is killed; None to let it live.
    """

    def __init__(self, plan: str | None) -> None:
        self._plan = plan
        self._evolink: Evolink | None = None
        self._lock = Lock()
        self._contacts = 0
        self._until = 0.0
        self.was_killed = False
        self.over = ""

    def begin(self, evolink: Evolink) -> None:
        """Let it live in a simulator."""
        self._evolink, self._until = evolink, evolink.clock.now + LONGEST_SECONDS

    @property
    def is_struck(self) -> bool:
        """Whether it is to die, be it by its own hand: it met what it was to be killed at."""
        return self._plan is not None and self._evolink is not None and has_struck(self._evolink, self._plan)

    def begin_again(self) -> None:
        """Let it live once more; it is not killed again."""
        self._plan, self.over = None, ""

    def meet(self) -> None:
        """Let it go on to a request or a sleep.

        Raises:
            Ended: It is over.
        """
        if self._evolink is None or is_delivering():  # who is called back is on the loop that would be asked
            return
        with self._lock:
            self._contacts += 1
            if not self.over:
                self._look(self._evolink)
        if self.over:
            raise Ended(self.over)

    def _look(self, evolink: Evolink) -> None:
        if self.is_struck:
            self.was_killed, self.over = True, "it was killed"
        elif self._contacts > MOST_CONTACTS:
            self.over = f"it went on after {MOST_CONTACTS} requests and sleeps"
        elif evolink.clock.now > self._until:
            self.over = f"it went on after {LONGEST_SECONDS / 3_600:g} hours of its own time"
