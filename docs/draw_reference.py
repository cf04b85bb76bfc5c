"""Draw the shorter tables of the reference: errors, scenarios of the battery, what the pytest plugin has."""

import ast
import inspect
import json
from pathlib import Path
from typing import Any, Final

from contracts import plugin
from contracts.battery.scenario import load_scenarios
from docs.tables import escaped, table
from mock_server.core import errors
from mock_server.core.files.errors import FileRefused, StorageFailed
from mock_server.core.keys import MAGIC_KEYS, Profile
from mock_server.core.plans import write_plans
from mock_server.core.tasks.errors import TASK_ERRORS

_FILE_ERRORS: Final[tuple[type[FileRefused] | type[StorageFailed], ...]] = (
    *FileRefused.__subclasses__(),
    StorageFailed,
)
"""The errors that have a number of the file service's own."""


def draw_errors() -> str:
    """Draw the errors of the API, by status."""
    found = [kind for kind in vars(errors).values() if inspect.isclass(kind) and issubclass(kind, errors.ApiError)]
    found.remove(errors.ApiError)
    rows = [
        (str(error.status), f"`{error.code}`", f"`{error.type}`", _doc(error)) for error in sorted(found, key=_place)
    ]
    return table(("status", "`code`", "`type`", "when"), rows)


def draw_file_errors() -> str:
    """Draw the numbers that the file service has for errors."""
    return table(("`code`", "when"), [(f"`{error.number}`", _doc(error)) for error in _FILE_ERRORS])


def draw_task_errors() -> str:
    """Draw the codes with which a task can fail."""
    rows = [(f"`{code}`", " ".join(error.message.split())) for code, error in TASK_ERRORS.items()]
    return table(("`error.code`", "what its message says"), rows)


def draw_keys() -> str:
    """Draw the keys that stand for an error."""
    return table(("key", "what it does"), [(f"`{key}`", _profile(profile)) for key, profile in MAGIC_KEYS.items()])


def draw_battery() -> str:
    """Draw the scenarios of `evolink-contracts client`."""
    rows = [
        (f"`{each.name}`", escaped(each.title), ", ".join(sorted(each.needs)), ", ".join(map(_rule, each.exposes)))
        for each in load_scenarios().values()
    ]
    return table(("name", "what happens", "`--expects`", "rules that it puts to the test"), rows)


def draw_fixtures() -> str:
    """Draw the fixtures that a test can ask for."""
    found = ast.parse(Path(inspect.getfile(plugin)).read_text("utf-8")).body
    functions = [part for part in found if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")]
    fixtures = [part for part in functions if "pytest.fixture" in map(ast.unparse, part.decorator_list)]
    rows = [(f"`{each.name}`", escaped(ast.get_docstring(each) or "")) for each in fixtures]
    return table(("fixture", "what it is"), rows)


def draw_plugin_options() -> str:
    """Draw the options of pytest's command line and configuration."""
    options = _Options()
    plugin.pytest_addoption(options)  # type: ignore[arg-type] # it takes what the plugin asks of a parser
    return table(("option", "what it does"), options.rows)


class _Options:
    """A parser of pytest that only notes what it is given."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def getgroup(self, *_: str) -> "_Options":
        return self

    def addoption(self, name: str, *, metavar: str, help: str, **_: Any) -> None:  # noqa: A002 - as pytest names it
        self.rows.append((f"`{name}={metavar}`", escaped(help)))

    def addini(self, name: str, says: str, **_: Any) -> None:
        self.rows.append((f"`{name}` in the configuration", escaped(says)))


def _place(error: type[errors.ApiError]) -> tuple[int, str]:
    return error.status, error.code


def _doc(kind: type[errors.ApiError]) -> str:
    return escaped(inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")


def _profile(profile: Profile) -> str:
    if profile.opening_credits is not None:
        return f"Its account opens with {profile.opening_credits} credits."
    return f"At each request: `{json.dumps(write_plans(profile.plans)[0])}`"


def _rule(name: str) -> str:
    return f"[{name}](rules/{name}.md)"
