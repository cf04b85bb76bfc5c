"""What a user can set, and where it comes from: flags over environment (`EVOLINK_MOCK_*`) over a file over defaults."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from mock_server.core.files.file import FileUsage
from mock_server.core.limits.limits import Limits, make_limits
from mock_server.core.types import CREDIT, Microcredits
from mock_server.reading import ReadingError, read
from mock_server.universes.clock import FASTEST

ENVIRONMENT_PREFIX: Final = "EVOLINK_MOCK_"
"""What the names of environment variables start with: EVOLINK_MOCK_PORT for `port`."""


Text: TypeAlias = Annotated[str, Meta(min_length=1)]
"""A text that cannot be empty: an empty host would mean every address of the machine, an empty path no file."""

Origin: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$|^https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$",
        description="a scheme, a host and maybe a port, such as https://mock.example.com",
    ),
]
"""Where something is served, without a path."""

GroupSlots: TypeAlias = Annotated[
    str, Meta(pattern=r"^(default|vip)=[0-9]{1,9}$", description="default or vip and a number, such as vip=4")
]
"""How many tasks of a user group may run at once."""

GroupFiles: TypeAlias = Annotated[
    str, Meta(pattern=r"^(default|vip)=[0-9]{1,9}$", description="default or vip and a number, such as vip=5000")
]
"""How many files an account of a user group may store."""

GroupBytes: TypeAlias = Annotated[
    str, Meta(pattern=r"^(default|vip)=[0-9]{1,15}$", description="default or vip and bytes, such as vip=1000000000")
]
"""How many bytes of files an account of a user group may store."""

Egress: TypeAlias = Literal["routes", "public"]
"""What may be connected to: routes alone, or public addresses as well."""

Media: TypeAlias = Literal["lenient", "strict"]
"""Whether a reference video that cannot be reached counts as one of 5 seconds, or is refused."""

Videos: TypeAlias = Literal["rendered", "packaged"]
"""What a result link shows: a video that is made for its task, or one clip for all."""

_LISTS: Final = (
    "allowed_hosts",
    "allowed_hosts_out",
    "callback_routes",
    "files_per_group",
    "file_bytes_per_group",
    "pages",
    "scenarios",
    "slots_per_group",
)


MOST_FILES: Final = 2_000
"""How many files an account may store unless its group has a number of its own (FILE-QUOTA)."""

MOST_FILE_BYTES: Final = 10 * 2**30
"""How many bytes of files an account may store unless its group has a number of its own."""


class SettingsError(ValueError):
    """A setting is unknown or has a value that it cannot have. The message names it, its source and the rule."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set. Sizes are bytes, `speed` is seconds of the simulator for each real second.

    Without `control_port` the control API has the API's port; without `control` it is not served, whatever its port.
    Without `files_port` the file service has the API's port. `pages` are files and folders of pages that are served
    besides those that come with the package. `tls` and `proxy` are more ways in, on ports of their own; `proxy` has
    both, and lets clients out to `allowed_hosts_out`.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 8765
    speed: Annotated[float, Meta(ge=0, le=FASTEST)] = 20.0
    state: Text | None = None
    credits: Annotated[float, Meta(ge=0, le=1e9)] = 1_000.0
    seed: str = "1"
    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    slots: Annotated[int, Meta(ge=0)] | None = None
    slots_per_account: Annotated[int, Meta(ge=0)] | None = None
    slots_per_group: tuple[GroupSlots, ...] = ()
    journal_bytes: Annotated[int, Meta(ge=0)] = 67_108_864
    journal_secrets: bool = False
    body_limit: Annotated[int, Meta(ge=1_024)] = 1_048_576
    pages: tuple[Text, ...] = ()
    scenarios: tuple[Text, ...] = ()
    plans: tuple[Text | dict[str, Any], ...] = ()
    access_log: bool = True
    allowed_hosts: tuple[Text, ...] = ()
    ready_file: Text | None = None
    egress: Egress = "routes"
    callback_routes: tuple[Text, ...] = ()
    callback_ca: Text | None = None
    control: bool = True
    control_port: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    files_port: Annotated[int, Meta(ge=0, le=65_535)] | None = None
    files_directory: Text | None = None
    file_limit: Annotated[int, Meta(ge=1, le=2**32)] = 104_857_600
    files_per_group: tuple[GroupFiles, ...] = ()
    file_bytes_per_group: tuple[GroupBytes, ...] = ()
    media: Media = "lenient"
    videos: Videos = "rendered"
    video_cache_bytes: Annotated[int, Meta(ge=0)] = 268_435_456
    public_url: Origin | None = None
    tls: bool = False
    proxy: bool = False
    allowed_hosts_out: tuple[Text, ...] = ()

    @property
    def limits(self) -> Limits:
        """What limits the accounts of a universe that has no limits of its own."""
        groups = dict(text.split("=") for text in self.slots_per_group)
        return make_limits(
            requests_per_minute=self.requests_per_minute,
            slots=self.slots,
            slots_per_account=self.slots_per_account,
            slots_per_group={name: int(number) for name, number in groups.items()},
        )

    def file_quota(self, group: str) -> FileUsage:
        """Return how many files, and bytes of them, an account of a user group may store."""
        return FileUsage(
            _of_group(self.files_per_group, group, MOST_FILES),
            _of_group(self.file_bytes_per_group, group, MOST_FILE_BYTES),
        )

    def has_file_quota(self, group: str) -> bool:
        """Tell whether the number of files was set for a user group."""
        return _of_group(self.files_per_group, group, -1) >= 0

    @property
    def opening(self) -> Microcredits:
        """What a new account opens with."""
        return round(self.credits * CREDIT)


def _of_group(texts: Iterable[str], group: str, otherwise: int) -> int:
    """Return the number that was set for a group."""
    return int(dict(text.split("=") for text in texts).get(group, otherwise))


def load_settings(
    flags: Mapping[str, object], *, environment: Mapping[str, str], config: Path | None = None
) -> Settings:
    """Put the settings together; a flag that is None was not given.

    Raises:
        SettingsError: A value cannot be, a name is unknown, or the file cannot be read.
    """
    values: dict[str, object] = {}
    for source, layer in (
        (f"{config}: ", read_config(config) if config else {}),
        (ENVIRONMENT_PREFIX, read_environment(environment)),
        ("the command line: ", {name: value for name, value in flags.items() if value is not None}),
    ):
        _read(layer, source)
        values |= layer
    return _read(values, "the settings: ")


def read_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """Pick our variables out of an environment; an empty one is not set. EVOLINK_MOCK_CONFIG is the command's own."""
    ours: dict[str, object] = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX) and value
    }
    ours.pop("config", None)
    lists = {name: str(value).split(",") for name, value in ours.items() if name in _LISTS}
    plans = {name: [value] for name, value in ours.items() if name == "plans"}  # there are commas in a plan
    return {**ours, **lists, **plans}


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
        reason = " ".join(str(error).split()).replace(' in "<byte string>"', "")
        raise SettingsError(f"{path} is not YAML: {reason}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise SettingsError(f"{path} must hold names and values, such as 'speed: 1'")
    return content


def _read(values: Mapping[str, object], source: str) -> Settings:
    """Read a layer; a seed may be written as a number. What is said of a variable names the variable."""
    seed = values.get("seed")
    texts = {**values, "seed": str(seed)} if isinstance(seed, int) else values
    try:
        return read(texts, Settings, texts=True)
    except ReadingError as error:
        path = error.path.upper() if source == ENVIRONMENT_PREFIX else error.path
        raise SettingsError(f"{source}{path}: {error.rule}") from error
