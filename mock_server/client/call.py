"""One call of the control API, without I/O: how it is written, and how its answer is read."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote, urlencode

import msgspec

from mock_server.control.operation import Nothing
from mock_server.control.shapes import Refusal

Shown = TypeVar("Shown")

_REFUSED = 400


class ControlError(Exception):
    """What was asked for was not done.

    Args:
        message: What is wrong.
        code: What kind of error it is, as the API names it; `no_answer` where none came, and `unknown_answer` where
            something else than the control API answered.
        status: The status of the answer, None where none came.
        param: The name of the parameter at fault, if one is.
    """

    def __init__(self, message: str, *, code: str, status: int | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.param = param


class Call(msgspec.Struct, Generic[Shown], frozen=True):
    """One call: the operation's method and path, the shape of its answer, and what is sent.

    `answer` is bytes or str where the answer is no JSON of a shape. `parts` are the parts of the path that vary.
    """

    method: str
    path: str
    answer: type[Shown]
    parts: Mapping[str, object] = {}
    query: msgspec.Struct = Nothing()
    body: msgspec.Struct = Nothing()

    def url(self, base: str) -> str:
        """Return the call's URL on a server; parameters that are None are left out."""
        path = self.path.format(**{name: quote(str(part), safe="") for name, part in self.parts.items()})
        given = msgspec.to_builtins(self.query)
        query = urlencode({name: _text(value) for name, value in given.items() if value is not None})
        return f"{base.rstrip('/')}{path}" + (f"?{query}" if query else "")

    def content(self) -> bytes | None:
        """Return the body as JSON, None where there is none."""
        return None if isinstance(self.body, Nothing) else msgspec.json.encode(self.body)

    def headers(self, universe: str | None) -> dict[str, str]:
        """Return the headers that say what the body is and which universe is meant."""
        headers = {} if isinstance(self.body, Nothing) else {"content-type": "application/json"}
        return headers if universe is None else {**headers, "x-mock-universe": universe}

    def read(self, status: int, content: bytes) -> Shown:
        """Read an answer.

        Raises:
            ControlError: It refuses the call, or does not come from a control API.
        """
        try:
            if status >= _REFUSED:
                problem = msgspec.json.decode(content, type=Refusal).error
            elif self.answer is bytes:
                return cast("Shown", content)
            else:
                return cast("Shown", content.decode()) if self.answer is str else self._decoded(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ControlError(
                f"{self.method} {self.path} was answered with {status}, but not by a control API of this version",
                code="unknown_answer",
                status=status,
            ) from error
        raise ControlError(problem.message, code=problem.code, status=status, param=problem.param)

    def silence(self, base: str, reason: object) -> ControlError:
        """Return the error for a call that was not answered."""
        return ControlError(f"{self.method} {self.url(base)} was not answered: {reason}", code="no_answer")

    def _decoded(self, content: bytes) -> Shown:
        return msgspec.json.decode(content, type=self.answer)


def _text(value: Any) -> str:
    """Write a parameter as JSON has it, and a text as it is."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
