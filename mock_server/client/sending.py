"""Methods that send calls: each is made of the function that writes its call, whose parameters and words it has."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, get_args

from mock_server.client.call import Call

Given = ParamSpec("Given")
Shown = TypeVar("Shown")

_SELF: Final = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Sender(ABC):
    """Sends calls."""

    @abstractmethod
    def _send(self, call: Call[Shown]) -> Shown:
        """Send a call and read its answer."""


class AsyncSender(ABC):
    """Sends calls, for coroutines."""

    @abstractmethod
    async def _send(self, call: Call[Shown]) -> Shown:
        """Send a call and read its answer."""


def sending(write: Callable[Given, Call[Shown]]) -> Callable[Concatenate[Sender, Given], Shown]:
    """Return the method that sends the call which a function writes, and returns what is answered.

    Args:
        write: A function whose annotations are types, `Call[Answer]` the last of them.
    """

    def method(self: Sender, /, *places: Given.args, **names: Given.kwargs) -> Shown:
        return self._send(write(*places, **names))

    _describe(method, write)
    return method


def awaiting(
    write: Callable[Given, Call[Shown]],
) -> Callable[Concatenate[AsyncSender, Given], Coroutine[Any, Any, Shown]]:
    """Return the same method as `sending` does, as a coroutine.

    Args:
        write: A function whose annotations are types, `Call[Answer]` the last of them.
    """

    async def method(self: AsyncSender, /, *places: Given.args, **names: Given.kwargs) -> Shown:
        return await self._send(write(*places, **names))

    _describe(method, write)
    return method


def _describe(method: Any, write: Callable[..., Call[Any]]) -> None:
    """Let a method look as what it does: the name, words and parameters of its call, and the answer to that."""
    signature = inspect.signature(write)
    (answer,) = get_args(signature.return_annotation)
    update_wrapper(method, write)
    method.__annotations__ = {**write.__annotations__, "return": answer}
    parameters = [_SELF, *signature.parameters.values()]
    method.__signature__ = signature.replace(parameters=parameters, return_annotation=answer)
