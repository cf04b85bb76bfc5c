"""What a user can set, and where it comes from: flags over environment (`EVOLINK_MOCK_*`) over a file over defaults."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from mock_server.clock import FASTEST
from mock_server.core.types import CREDIT, Microcredits

ENVIRONMENT_PREFIX: Final = "EVOLINK_MOCK_"
"""What the names of environment variables start with: EVOLINK_MOCK_PORT for `port`."""


Text: TypeAlias = Annotated[str, Meta(min_length=1)]
"""A text that cannot be empty: an empty host would mean every address of the machine, an empty path no file."""

Egress: TypeAlias = Literal["routes", "public"]
"""What may be connected to: routes alone, or public addresses as well."""

_LISTS: Final = ("allowed_hosts", "callback_routes")

_WORDS: Final = {
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`array`": "a list",
    "`str` of length >= 1": "a text that is not empty",
    "`str`": "a text",
}
"""What msgspec's names of types mean to a person."""


class SettingsError(ValueError):
    """A setting is unknown or has a value that it cannot have. The message names it, its source and the rule."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Sizes are bytes, `speed` is seconds of the simulator for each real second."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8765
    speed: Annotated[float, Meta(ge=0, le=FASTEST)] = 20.0
    state: Text | None = None
    credits: Annotated[float, Meta(ge=0, le=1e9)] = 1_000.0
    seed: str = "1"
    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    body_limit: Annotated[int, Meta(ge=1_024)] = 1_048_576
    access_log: bool = True
    allowed_hosts: tuple[Text, ...] = ()
    ready_file: Text | None = None
    egress: Egress = "routes"
    callback_routes: tuple[Text, ...] = ()
    callback_ca: Text | None = None

    @property
    def opening(self) -> Microcredits:
        """What a new account opens with."""
        return round(self.credits * CREDIT)


def load_settings(
    flags: Mapping[str, object], *, environment: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Put the settings together; a flag that is None was not given.

    Raises:
        SettingsError: A value cannot be, a name is unknown, or the file cannot be read.
    """
    layers = [
        (str(config), read_config(config) if config else {}),
        ("the environment", read_environment(environment)),
        ("the command line", {name: value for name, value in flags.items() if value is not None}),
    ]
    values: dict[str, object] = {}
    for source, layer in layers:
        _convert(layer, source)
        values |= layer
    return _convert(values, "the settings")


def read_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Pick our variables out of an environment; an empty one is not set. EVOLINK_MOCK_CONFIG is the command's own."""
    ours: dict[str, object] = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and value
    }
    ours.pop("config", None)
    return {name: str(value).split(",") if name in _LISTS else value for name, value in ours.items()}


def read_config(path: Path) -> dict[str, object]:
    """Read a settings file: YAML, one name and value a line.

    Raises:
        SettingsError: The file cannot be read, or is no such file.
    """
    try:
        content: Any = msgspec.yaml.decode(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise SettingsError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise SettingsError(f"{path} must hold names and values, such as 'speed: 1'")
    return content


def _convert(values: Mapping[str, object], source: str) -> Settings:
    try:
        return msgspec.convert(_texts(values), Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{source}: {_explained(str(error))}") from error


def _texts(values: Mapping[str, object]) -> dict[str, object]:
    """Let a seed be written as a number."""
    seed = values.get("seed")
    return {**values, "seed": str(seed)} if isinstance(seed, int) else dict(values)


def _explained(message: str) -> str:
    """Turn msgspec's message into one that starts with the setting, or names the settings when one is unknown."""
    rule, _, path = message.partition(" - at `$.")
    if not path:
        return f"unknown setting{rule.rpartition('field')[2]}; known are {', '.join(Settings.__struct_fields__)}"
    if rule.startswith("Invalid enum value"):
        rule = f"expected {' or '.join(get_args(Egress))}, got {rule.rpartition(' ')[2]}"
    for kind, words in _WORDS.items():
        rule = rule.replace(kind, words)
    return f"{path.rstrip('`')}: {rule[0].lower()}{rule[1:]}"
