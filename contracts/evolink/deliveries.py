"""Where the callbacks of one test go: into its own web apps, or to receivers."""

from collections import deque
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from contracts.drive.delivery import App, deliver_into
from contracts.drive.witness import FullConnection, witness
from contracts.recording.received import Delivery
from mock_server.core.http.urls import Origin, UrlError, read_authority
from mock_server.egress.egress import Deliver, Egress, read_origin
from mock_server.universes.clock import Wall

if TYPE_CHECKING:
    from contracts.drive.receiver import Receiver

HOST: Final = "hooks.example.com"
"""The host of callback URLs, where a test names no other."""

MOST: Final = 10_000
"""Of how many attempts it is kept what was seen of them; the oldest give way."""


class Deliveries:
    """Leads callbacks, while it is used as a context manager, and keeps what was sent and answered.

    Args:
        egress: What sends them.
        wall: Real time, as the client has it.
    """

    def __init__(self, egress: Egress, *, wall: Wall) -> None:
        self._egress = egress
        self._wall = wall
        self._heard: deque[tuple[str, Delivery]] = deque(maxlen=MOST)
        self._led = ExitStack()
        self._errors: list[BaseException] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Lead nothing any more."""
        self._led.close()

    def lead_into(self, app: App, *, host: str, raise_errors: bool) -> None:
        """Lead callbacks for a host into an app.

        Raises:
            ValueError: It is no host.
        """
        try:
            origin = read_authority("https", host)
        except UrlError as error:
            raise ValueError(f"host: expected one such as {HOST}, got {host!r}: {error}") from None
        failed = partial(self._note, host) if raise_errors else lambda _: None
        self._lead(origin, deliver_into(app, failed=failed))

    def lead_to(self, receiver: "Receiver") -> None:
        """Lead callbacks for the host of a receiver to it."""
        ca_file = receiver.ca_file if receiver.address.startswith("https:") else None
        self.lead_on(receiver.url, receiver.address, ca_file=ca_file)

    def lead_on(self, origin: str, place: str, *, ca_file: Path | None = None) -> None:
        """Lead callbacks for an origin to another place, both as URLs; `ca_file` vouches for that.

        Raises:
            EgressError: The CA file cannot be used.
        """
        led = read_origin(origin)
        self._led.enter_context(self._egress.leading(led, read_origin(place), ca_file=ca_file))
        self._lead(led, partial(self._egress.connect, make=FullConnection))

    def heard(self, universe: str) -> tuple[Delivery, ...]:
        """Return what was seen of the attempts of a universe that reached an app or a receiver."""
        return tuple(seen for name, seen in tuple(self._heard) if name == universe)

    def raise_errors(self) -> None:
        """Raise what the apps have raised since this was last asked.

        Raises:
            BaseException: That of an app, or all of them as a group.
        """
        errors, self._errors = self._errors, []
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise BaseExceptionGroup("the apps that callbacks were delivered into failed", errors)

    def _lead(self, origin: Origin, deliver: Deliver) -> None:
        seen = witness(deliver, wall=self._wall, tell=lambda *told: self._heard.append(told))
        self._led.enter_context(self._egress.leading(origin, seen))

    def _note(self, host: str, error: BaseException) -> None:
        error.add_note(f"(raised by the app that callbacks for {host} are delivered into)")
        self._errors.append(error)
