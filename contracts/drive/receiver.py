"""A receiver of callbacks that answers as it is told to, and records what came.

    with Receiver(Reply(500), Reply(500), Reply(200)) as receiver:
        ...  # a simulator with --callback-route receiver.route --callback-ca receiver.ca_file
        first, second, third = receiver.wait_for(3)
        assert first.json()["status"] == "completed"

It is a real server on a port of 127.0.0.1, with a certificate for the host that it stands for.
"""

import asyncio
import json
import socket
import ssl
import threading
import time
from asyncio import StreamReader, StreamReaderProtocol, StreamWriter
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import h11
import msgspec

from contracts.drive.actions import Action, Close, Dribble, Hang, Raw, Reply, Reset
from mock_server.entrance.authority import Authority, Certificate, MissingExtraError

__all__ = [
    "Action",
    "Close",
    "Dribble",
    "Hang",
    "MissingExtraError",
    "Raw",
    "Received",
    "Receiver",
    "Reply",
    "Reset",
]

_BACKLOG: Final = 2_048
_CHUNK: Final = 65_536


class Received(msgspec.Struct, frozen=True):
    """A request that came whole. `at` is in seconds of `time.monotonic`; the names of headers are in lower case."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return what the body says, as JSON."""
        return json.loads(self.body)


class Receiver:
    """Receives callbacks for `host` while it is used as a context manager, on a thread of its own.

    Args:
        script: What it does to the requests, in the order in which they come; afterwards it answers 200.
        host: The host that it stands for. Its callback URLs are https, whatever it really speaks.
        tls: Whether it really speaks TLS.
        certificate: The certificate that it shows, for tests of those who must look at it.

    Raises:
        MissingExtraError: TLS is wanted and trustme is not installed.
    """

    def __init__(
        self,
        *script: Action,
        host: str = "hooks.example.com",
        tls: bool = True,
        certificate: Certificate = "good",
    ) -> None:
        self.url: Final = f"https://{host}"
        self._host = host
        self._tls = tls
        self._certificate: Certificate = certificate
        self._script = deque(script)
        self._received: list[Received] = []
        self._failures: list[str] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        """Start to listen."""
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory())
            self._ca_file = Path(folder, "ca.pem")
            context = Authority(self.ca_file, self._host).context(self._certificate) if self._tls else None
            # asyncio sets TCP_NODELAY only on a socket that says it is TCP; without it an answer can take 44 ms.
            self._socket = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP))
            self._socket.bind(("127.0.0.1", 0))
            self._socket.listen(_BACKLOG)
            self._socket.setblocking(False)  # noqa: FBT003 - the standard library's signature
            stack.enter_context(self._running(context))
            self._resources = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, hanging up on whoever is still connected."""
        self._resources.close()

    @property
    def address(self) -> str:
        """The URL at which it really is, as http://127.0.0.1:PORT."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def route(self) -> str:
        """What the simulator's --callback-route takes, so that callbacks to `url` come here."""
        return f"{self.url}={self.address}"

    @property
    def ca_file(self) -> Path:
        """The CA that vouches for it; without TLS there is no such file."""
        return self._ca_file

    @property
    def received(self) -> tuple[Received, ...]:
        """What came so far."""
        with self._changed:
            return tuple(self._received)

    @property
    def failures(self) -> tuple[str, ...]:
        """What became of connections that brought no whole request."""
        with self._changed:
            return tuple(self._failures)

    def script(self, *actions: Action) -> None:
        """Add to what is done to the requests to come."""
        with self._changed:
            self._script.extend(actions)

    def wait_for(self, number: int, seconds: float = 5.0) -> tuple[Received, ...]:
        """Wait until so many requests have come, and return them.

        Raises:
            AssertionError: They did not come in time; the message says what came instead.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._received) >= number, seconds):
                came = [f"{each.method} {each.path} ({len(each.body)} bytes)" for each in self._received]
                told = "; ".join([*came, *self._failures]) or "nothing"
                raise AssertionError(f"{number} requests were to come within {seconds:g} s, but what came is: {told}")
            return tuple(self._received)

    @contextmanager
    def _running(self, context: ssl.SSLContext | None) -> Iterator[None]:
        """Serve on another thread, and stop that."""
        loop = asyncio.new_event_loop()
        serving = loop.create_task(self._serve(context))
        thread = threading.Thread(target=_run, args=(loop, serving), name=f"receiver of {self._host}", daemon=True)
        thread.start()
        yield
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()

    async def _serve(self, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as conversations:
            while True:
                accepted, _ = await loop.sock_accept(self._socket)
                conversations.create_task(self._converse(accepted, context))

    async def _converse(self, accepted: socket.socket, context: ssl.SSLContext | None) -> None:
        """Read one request and do what the script says."""
        try:
            reader, writer = await _open(accepted, context)
        except OSError as error:
            self._note(f"a connection that ended before it was safe ({_short(error)})")
            return
        try:
            with suppress(OSError):
                action = await self._hear(reader)
                await action.perform(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _hear(self, reader: StreamReader) -> Action:
        try:
            received = await _read_request(reader)
        except (OSError, h11.RemoteProtocolError) as error:
            self._note(f"a connection that brought no whole request ({_short(error)})")
            return Reply(400)
        with self._changed:
            self._received.append(received)
            self._changed.notify_all()
            return self._script.popleft() if self._script else Reply()

    def _note(self, failure: str) -> None:
        with self._changed:
            self._failures.append(failure)


def _run(loop: asyncio.AbstractEventLoop, serving: asyncio.Task[None]) -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(serving)


async def _open(accepted: socket.socket, context: ssl.SSLContext | None) -> tuple[StreamReader, StreamWriter]:
    loop, reader = asyncio.get_running_loop(), StreamReader()
    transport, protocol = await loop.connect_accepted_socket(
        lambda: StreamReaderProtocol(reader), accepted, ssl=context
    )
    return reader, StreamWriter(transport, protocol, reader, loop)


async def _read_request(reader: StreamReader) -> Received:
    connection = h11.Connection(h11.SERVER)
    request = await _next_event(connection, reader)
    if not isinstance(request, h11.Request):
        raise h11.RemoteProtocolError("it was closed at once")
    body = bytearray()
    while isinstance(data := await _next_event(connection, reader), h11.Data):
        body += data.data
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, text = name.decode("ascii"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    method, path = request.method.decode("ascii"), request.target.decode("ascii")
    return Received(time.monotonic(), method, path, headers, bytes(body))


async def _next_event(connection: h11.Connection, reader: StreamReader) -> object:
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(_CHUNK))
    return event


def _short(error: Exception) -> str:
    return str(error).partition(" (_ssl")[0] or type(error).__name__
