"""Draw the control API's clients from the table of its operations: the calls, and a method for each of them."""

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec

from mock_server.control.document import described
from mock_server.control.operation import Nothing, Operation, path_parameters
from mock_server.control.shapes import PlanChange

CALLS: Final = '''\
"""Calls of `mock_server/control/{module}.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

# ruff: noqa: A002, PLR0913 - parameters are the API's own, in name and number

{imports}
{functions}'''

FUNCTION: Final = '''

def {name}({signature}) -> Call[{answer}]:
    """{text}"""
    return Call({call})
'''

METHODS: Final = '''\
"""The methods of the clients, drawn by docs/draw.py from the table of the control API's operations.

What a method takes and answers is said by the function that writes its call, in `calls/`.
"""

from mock_server.client.calls import {modules}
from mock_server.client.sending import AsyncSender, Sender, awaiting, sending


class Methods(Sender):
    """A method for each operation of the control API."""

{sending}


class AsyncMethods(AsyncSender):
    """The same methods as coroutines."""

{awaiting}
'''

WIDER: Final = {(PlanChange, "plans"): ("mock_server.client.given", "GivenPlans", "plain_plans")}
"""Fields for which a client takes more than the API does: where that is said, its type, and what makes the field of it.
"""

NO_WIDER: Final = ("", "", "")

WIDTH: Final = 108
"""How long a line of a method's docstring may be."""


class Pen:
    """Draws one module of calls, and remembers what it has to import."""

    def __init__(self) -> None:
        self._imports = {("mock_server.client.call", "Call")}

    def module(self, operations: Iterable[Operation], *, module: str) -> str:
        """Draw the calls of operations that stand in one module of the control API, formatted."""
        functions = "".join(self._function(operation) for operation in operations)
        imports = "\n".join(f"from {origin} import {name}" for origin, name in sorted(self._imports))
        return formatted(CALLS.format(module=module, imports=imports, functions=functions))

    def _function(self, operation: Operation) -> str:
        answer = self._answer(operation)
        return FUNCTION.format(
            name=method_name(operation),
            signature=", ".join(self._signature(operation)),
            answer=answer,
            text=text_of(operation).replace("\n", f"\n{' ' * 4}").replace(f"{' ' * 4}\n", "\n"),
            call=", ".join([f'"{operation.method}"', f'"{operation.path}"', answer, *self._sent(operation)]),
        )

    def _signature(self, operation: Operation) -> list[str]:
        """Return the parameters: parts of the path and a whole document by place, the rest by name."""
        places = [f"{name}: {self._type(shape)}" for name, shape in path_parameters(operation).items()]
        if operation.raw:
            places.append(f"{operation.body.__name__.lower()}: {self._type(operation.body)}")
        shapes = (operation.query, Nothing if operation.raw else operation.body)
        fields = [self._parameter(shape, field) for shape in shapes for field in msgspec.structs.fields(shape)]
        return [*places, *(["*", *fields] if fields else [])]

    def _parameter(self, shape: type[Any], field: msgspec.structs.FieldInfo) -> str:
        default = f" = {field.default!r}"
        if field.default is msgspec.NODEFAULT:
            default = "" if field.required else f" = {field.default_factory()!r}"
        module, wider, _ = WIDER.get((shape, field.name), NO_WIDER)
        if wider:
            self._imports.add((module, wider))
        return f"{field.name}: {wider or self._type(field.type)}{default}"

    def _sent(self, operation: Operation) -> list[str]:
        parts = ", ".join(f'"{name}": {name}' for name in path_parameters(operation))
        sent = [f"parts={{{parts}}}"] if parts else []
        if operation.query is not Nothing:
            sent.append(f"query={self._made(operation.query)}")
        if operation.raw:
            sent.append(f"body={operation.body.__name__.lower()}")
        elif operation.body is not Nothing:
            sent.append(f"body={self._made(operation.body)}")
        return sent

    def _made(self, shape: type[Any]) -> str:
        fields = ", ".join(f"{name}={self._value(shape, name)}" for name in shape.__struct_fields__)
        return f"{self._type(shape)}({fields})"

    def _value(self, shape: type[Any], name: str) -> str:
        module, _, makes = WIDER.get((shape, name), NO_WIDER)
        if makes:
            self._imports.add((module, makes))
        return f"{makes}({name})" if makes else name

    def _answer(self, operation: Operation) -> str:
        if operation.answer is None:
            return "str" if operation.media_type.startswith("text/") else "bytes"
        return self._type(operation.answer)

    def _type(self, kind: Any) -> str:
        """Draw a type without what bounds its values, which the server checks."""
        origin, arguments = get_origin(kind), get_args(kind)
        if origin is Annotated:
            return self._type(arguments[0])
        if origin in {Union, UnionType}:
            return " | ".join(dict.fromkeys(self._type(choice) for choice in arguments))
        if kind is NoneType or kind is Ellipsis:
            return "None" if kind is NoneType else "..."
        if origin is None:
            return self._named(kind)
        inner = map(repr, arguments) if origin is Literal else map(self._type, arguments)
        return f"{self._named(origin)}[{', '.join(inner)}]"

    def _named(self, kind: Any) -> str:
        name: str = kind.__name__
        if kind.__module__ != "builtins":
            self._imports.add((kind.__module__, name))
        return name


def draw_client(operations: Sequence[Operation]) -> Mapping[str, str]:
    """Return the drawn files of the clients, by their paths below `mock_server/client/`."""
    modules: dict[str, list[Operation]] = {}
    for operation in operations:
        modules.setdefault(module_name(operation), []).append(operation)
    calls = {f"calls/{module}.py": Pen().module(found, module=module) for module, found in modules.items()}
    return {**calls, "methods.py": draw_methods(operations)}


def draw_methods(operations: Sequence[Operation]) -> str:
    """Draw the methods of both clients, formatted."""
    calls = {method_name(operation): module_name(operation) for operation in operations}
    sending, awaiting = (
        "\n".join(f"    {name} = {way}({module}.{name})" for name, module in calls.items())
        for way in ("sending", "awaiting")
    )
    modules = ", ".join(sorted(set(calls.values())))
    return formatted(METHODS.format(modules=modules, sending=sending, awaiting=awaiting))


def module_name(operation: Operation) -> str:
    """Return the name of the module that an operation's function stands in."""
    return operation.function.__module__.rpartition(".")[2]


def method_name(operation: Operation) -> str:
    """Return the name of an operation's method: `changeClock` is `change_clock`."""
    return re.sub("([A-Z])", r"_\1", operation.id).lower()


def text_of(operation: Operation) -> str:
    """Return a method's docstring: what the operation does, and what its parameters mean."""
    shapes = [shape for shape in (operation.query, operation.body) if shape is not Nothing and not operation.raw]
    more = [_wrapped(paragraph) for shape in shapes for paragraph in described(shape).split("\n\n")]
    return "\n\n".join([f"{operation.summary}.", *more]) + ("\n" if more else "")


def _wrapped(paragraph: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(paragraph.split()), WIDTH))


def formatted(source: str) -> str:
    """Format Python source as the repository's is; what it says that no rule asks for is left out."""
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["check", "--select", "I,RUF100,A002,PLR0913", "--fix", "--quiet"], ["format"]):
        source = subprocess.run(  # noqa: S603 - our own program
            [ruff, *command, "--stdin-filename", "mock_server/client/methods.py", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[1],
        ).stdout
    return source
