"""Where the callbacks of one test go: into its own web apps, or to receivers."""

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from contracts.drive.delivery import App, deliver_into
from mock_server.core.urls import UrlError, read_authority
from mock_server.egress import Egress, read_origin

if TYPE_CHECKING:
    from contracts.drive.receiver import Receiver

HOST: Final = "hooks.example.com"
"""The host of callback URLs, where a test names no other."""


class Deliveries:
    """Leads callbacks, while it is used as a context manager.

    Args:
        egress: What sends them.
    """

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
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
        self._led.enter_context(self._egress.leading(origin, deliver_into(app, failed=failed)))

    def lead_to(self, receiver: "Receiver") -> None:
        """Lead callbacks for the host of a receiver to it."""
        origin, place = read_origin(receiver.url), read_origin(receiver.address)
        ca_file = receiver.ca_file if place.scheme == "https" else None
        self._led.enter_context(self._egress.leading(origin, place, ca_file=ca_file))

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

    def _note(self, host: str, error: BaseException) -> None:
        error.add_note(f"(raised by the app that callbacks for {host} are delivered into)")
        self._errors.append(error)
