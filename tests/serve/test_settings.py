from pathlib import Path
from typing import Any

import pytest

from mock_server.assembly import open_egress
from mock_server.core.files.file import FileUsage
from mock_server.core.limits.limits import Limits
from mock_server.core.limits.queueing import Slots
from mock_server.core.types import CREDIT
from mock_server.settings import ENVIRONMENT_PREFIX, Settings, SettingsError, load_settings

EVERY_NAME = (
    "host, port, speed, state, credits, seed, requests_per_minute, slots, slots_per_account, slots_per_group,"
    " journal_bytes, journal_secrets, body_limit, pages, scenarios, plans, access_log, allowed_hosts, ready_file,"
    " egress, callback_routes, callback_ca, control, control_port, files_port, files_directory, file_limit,"
    " files_per_group,"
    " file_bytes_per_group, media, videos, video_cache_bytes, public_url, tls, proxy, allowed_hosts_out"
)
ROUTES = ("https://a.test=http://b.test", "https://c.test=http://d.test")


def written(folder: Path, text: str | bytes) -> Path:
    """Write a settings file."""
    path = folder / "settings.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_defaults() -> None:
    """Nothing set: loopback, fast time, in memory, a thousand credits."""
    settings = load_settings({}, environment={})
    assert settings == Settings()
    assert (settings.host, settings.port, settings.speed, settings.state) == ("127.0.0.1", 8765, 20.0, None)
    assert settings.opening == 1_000 * CREDIT


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    """Each layer shows where no layer above it says anything."""
    settings = load_settings(
        {"port": 1, "speed": None, "credits": None, "seed": None},
        environment={"EVOLINK_MOCK_PORT": "2", "EVOLINK_MOCK_SPEED": "2", "OTHER": "x"},
        config=written(tmp_path, "port: 3\nspeed: 3\ncredits: 3\n"),
    )
    assert (settings.port, settings.speed, settings.credits, settings.seed) == (1, 2.0, 3.0, "1")


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("PORT", "0", 0),
        ("SPEED", "0.5", 0.5),
        ("STATE", "a b.db", "a b.db"),
        ("CREDITS", "12.5", 12.5),
        ("SEED", "7", "7"),
        ("REQUESTS_PER_MINUTE", "60", 60),
        ("SLOTS", "2", 2),
        ("SLOTS_PER_ACCOUNT", "0", 0),
        ("SLOTS_PER_GROUP", "vip=4,default=1", ("vip=4", "default=1")),
        ("JOURNAL_BYTES", "0", 0),
        ("JOURNAL_SECRETS", "true", True),
        ("BODY_LIMIT", "4096", 4096),
        ("ACCESS_LOG", "false", False),
        ("ALLOWED_HOSTS", "one.test,two.test", ("one.test", "two.test")),
        ("READY_FILE", "ready", "ready"),
        ("EGRESS", "public", "public"),
        ("CALLBACK_ROUTES", "https://a.test=http://b.test,https://c.test=http://d.test", ROUTES),
        ("CALLBACK_CA", "ca.pem", "ca.pem"),
        ("HOST", "::1", "::1"),
        ("CONTROL", "false", False),
        ("CONTROL_PORT", "0", 0),
        ("FILES_PORT", "0", 0),
        ("FILES_DIRECTORY", "files", "files"),
        ("FILE_LIMIT", "1000", 1_000),
        ("FILES_PER_GROUP", "vip=4,default=1", ("vip=4", "default=1")),
        ("FILE_BYTES_PER_GROUP", "vip=4,default=1", ("vip=4", "default=1")),
        ("MEDIA", "strict", "strict"),
        ("VIDEOS", "packaged", "packaged"),
        ("VIDEO_CACHE_BYTES", "0", 0),
        ("TLS", "true", True),
        ("PROXY", "true", True),
        ("ALLOWED_HOSTS_OUT", "one.test,two.test", ("one.test", "two.test")),
        ("PUBLIC_URL", "https://mock.example.com:8443", "https://mock.example.com:8443"),
    ],
)
def test_every_setting_can_come_from_the_environment(variable: str, text: str, expected: object) -> None:
    """A variable's text becomes the setting's own type."""
    settings = load_settings({}, environment={f"EVOLINK_MOCK_{variable}": text})
    assert getattr(settings, variable.lower()) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Limits()),
        ({"requests_per_minute": 6}, Limits(6)),
        ({"slots": 0}, Limits(None, Slots(0))),
        ({"slots": 9, "slots_per_account": 2}, Limits(None, Slots(9, 2))),
        ({"slots_per_group": ("vip=4", "default=0")}, Limits(None, Slots(None, None, {"vip": 4, "default": 0}))),
    ],
)
def test_limits(given: dict[str, Any], expected: Limits) -> None:
    """What is limited comes from the settings, and nothing is unless it is said."""
    assert load_settings(given, environment={}).limits == expected


@pytest.mark.parametrize(
    "text", ["http://a", "https://a.example:443", "http://127.0.0.1:8765", "https://[2001:db8::1]:8443"]
)
def test_a_public_url(text: str) -> None:
    """It is a scheme, a host and maybe a port."""
    assert load_settings({"public_url": text}, environment={}).public_url == text


@pytest.mark.parametrize(
    "text",
    ["mock.example.com", "https://a/", "https://a/b", "ftp://a", "https://u@a", "https://", "HTTPS://a", "https://a:"],
)
def test_a_public_url_that_is_none(text: str) -> None:
    """A path would be in the way of the links' own, and so would anything else; the message shows how to write one."""
    with pytest.raises(SettingsError, match=r"^the command line: public_url: expected .*https://mock\.example\.com"):
        load_settings({"public_url": text}, environment={})


@pytest.mark.parametrize("text", ["vip", "vip=", "=2", "vip=-1", "vip=two", "VIP=2", "vip=1=2", "vip=1234567890"])
def test_slots_of_a_group_that_cannot_be(text: str) -> None:
    """A group's slots are a name and a whole number; the message names the setting and the entry."""
    with pytest.raises(SettingsError, match=r"^the command line: slots_per_group\[0\]: expected "):
        load_settings({"slots_per_group": (text,)}, environment={})


@pytest.mark.parametrize(
    ("group", "expected", "own"),
    [("vip", FileUsage(7, 9), True), ("default", FileUsage(2_000, 10 * 2**30), False)],
)
def test_quotas_of_files(group: str, expected: FileUsage, own: bool) -> None:  # noqa: FBT001
    """Each group has what was set for it, or what every group has."""
    settings = load_settings({"files_per_group": ("vip=7",), "file_bytes_per_group": ("vip=9",)}, environment={})
    assert (settings.file_quota(group), settings.has_file_quota(group)) == (expected, own)


def test_every_setting_is_tried_above() -> None:
    """The list above leaves out none."""
    assert ", ".join(Settings.__struct_fields__) == EVERY_NAME


def test_an_empty_variable_is_not_set() -> None:
    """An empty variable leaves the layer below as it is, as shells and compose files have it."""
    names = (f"EVOLINK_MOCK_{name.strip().upper()}" for name in EVERY_NAME.split(","))
    assert load_settings({}, environment=dict.fromkeys(names, "")) == Settings()


def test_the_variable_of_the_file_is_no_setting() -> None:
    """EVOLINK_MOCK_CONFIG says where the file is, which the command has read by then."""
    assert load_settings({}, environment={"EVOLINK_MOCK_CONFIG": "anything"}) == Settings()


def test_a_seed_may_be_written_as_a_number(tmp_path: Path) -> None:
    """YAML reads 7 as a number; the seed is its text."""
    assert load_settings({}, environment={}, config=written(tmp_path, "seed: 7")).seed == "7"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_a_file_may_be_empty(tmp_path: Path, text: str) -> None:
    """A file without settings sets none."""
    assert load_settings({}, environment={}, config=written(tmp_path, text)) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("port", -1, "port: expected a whole number from 0 to 65535, got -1"),
        ("port", 65_536, "port: expected a whole number from 0 to 65535, got 65536"),
        ("speed", -0.1, "speed: expected a number from 0 to 1000000, got -0.1"),
        ("speed", 1_000_001.0, "speed: expected a number from 0 to 1000000, got 1000001.0"),
        ("speed", float("nan"), "speed: expected a number from 0 to 1000000, got nan"),
        ("credits", -1.0, "credits: expected a number from 0 to 1000000000, got -1.0"),
        ("credits", 1e10, "credits: expected a number from 0 to 1000000000, got 10000000000.0"),
        ("requests_per_minute", 0, "requests_per_minute: expected a whole number from 1 to 1000000, got 0"),
        (
            "requests_per_minute",
            1_000_001,
            "requests_per_minute: expected a whole number from 1 to 1000000, got 1000001",
        ),
        ("file_limit", 0, "file_limit: expected a whole number from 1 to 4294967296, got 0"),
        ("files_directory", "", 'files_directory: expected a text that is not empty, got ""'),
        ("slots", -1, "slots: expected a whole number of at least 0, got -1"),
        ("slots_per_account", -1, "slots_per_account: expected a whole number of at least 0, got -1"),
        ("host", "", 'host: expected a text that is not empty, got ""'),
        ("state", "", 'state: expected a text that is not empty, got ""'),
        ("ready_file", "", 'ready_file: expected a text that is not empty, got ""'),
        ("allowed_hosts", ("one.test", ""), 'allowed_hosts[1]: expected a text that is not empty, got ""'),
        ("callback_routes", ("",), 'callback_routes[0]: expected a text that is not empty, got ""'),
        ("callback_ca", "", 'callback_ca: expected a text that is not empty, got ""'),
        ("egress", "all", 'egress: expected public or routes, got "all"'),
        ("media", "loose", 'media: expected lenient or strict, got "loose"'),
        ("videos", "none", 'videos: expected packaged or rendered, got "none"'),
        ("video_cache_bytes", -1, "video_cache_bytes: expected a whole number of at least 0, got -1"),
    ],
)
def test_a_flag_out_of_bounds(name: str, value: object, rule: str) -> None:
    """The message names the source, the setting and the rule."""
    with pytest.raises(SettingsError) as raised:
        load_settings({name: value}, environment={})
    assert str(raised.value) == f"the command line: {rule}"


@pytest.mark.parametrize(
    ("variable", "text", "rule"),
    [
        ("PORT", "x", 'PORT: expected a whole number from 0 to 65535, got "x"'),
        ("PORT", "1.5", 'PORT: expected a whole number from 0 to 65535, got "1.5"'),
        ("SPEED", "fast", 'SPEED: expected a number from 0 to 1000000, got "fast"'),
        ("ACCESS_LOG", "maybe", 'ACCESS_LOG: expected true or false, got "maybe"'),
        ("BODY_LIMIT", "10", "BODY_LIMIT: expected a whole number of at least 1024, got 10"),
        ("ALLOWED_HOSTS", "one.test,", 'ALLOWED_HOSTS[1]: expected a text that is not empty, got ""'),
        ("PROT", "1", "PROT: unknown name; did you mean port?"),
    ],
)
def test_a_wrong_variable(variable: str, text: str, rule: str) -> None:
    """The message names the variable and the rule; for an unknown one, what was perhaps meant."""
    with pytest.raises(SettingsError) as raised:
        load_settings({}, environment={f"EVOLINK_MOCK_{variable}": text})
    assert str(raised.value) == f"{ENVIRONMENT_PREFIX}{rule}"


def test_a_wrong_layer_is_refused_even_where_another_wins() -> None:
    """A mistake in the environment does not hide behind a flag."""
    with pytest.raises(SettingsError, match=r"^EVOLINK_MOCK_PORT: "):
        load_settings({"port": 1}, environment={"EVOLINK_MOCK_PORT": "x"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port: yes", ": port: expected a whole number from 0 to 65535, got true"),
        ("seed: 1.5", ": seed: expected a text, got 1.5"),
        ("allowed_hosts: one.test", ': allowed_hosts: expected a list, got "one.test"'),
        ("spede: 1", ": spede: unknown name; did you mean speed?"),
        ("- port", " must hold names and values, such as 'speed: 1'"),
        ("port", " must hold names and values, such as 'speed: 1'"),
        ("1: 2", " must hold names and values, such as 'speed: 1'"),
    ],
)
def test_a_wrong_file(tmp_path: Path, text: str, problem: str) -> None:
    """The message starts with the file."""
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        load_settings({}, environment={}, config=path)
    assert str(raised.value) == f"{path}{problem}"


@pytest.mark.parametrize("text", ["speed: [", "a: b: c", b"\xff\xfe\x00", b"\x00", "!!python/name:os.system"])
def test_a_file_that_is_not_yaml(tmp_path: Path, text: str | bytes) -> None:
    """The message says so in one line, and nothing in the file is run."""
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        load_settings({}, environment={}, config=path)
    assert str(raised.value).startswith(f"{path} is not YAML: ")
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a folder are told apart by the system's own words."""
    with pytest.raises(SettingsError) as missing:
        load_settings({}, environment={}, config=tmp_path / "none.yaml")
    assert str(missing.value) == f"{tmp_path / 'none.yaml'} cannot be read: No such file or directory"
    with pytest.raises(SettingsError) as folder:
        load_settings({}, environment={}, config=tmp_path)
    assert str(folder.value) == f"{tmp_path} cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            Settings(callback_routes=("hooks.example.com",)),
            "callback_routes: 'hooks.example.com' is no route; write",
        ),
        (Settings(callback_ca="missing.pem"), "callback_ca: the CA file missing.pem cannot be used: No such file"),
    ],
    ids=["a route", "a CA file"],
)
def test_a_way_out_that_cannot_be_opened(settings: Settings, problem: str) -> None:
    """A route that is none and a CA file that cannot be read are refused by the names of their settings."""
    with pytest.raises(SettingsError) as raised:
        open_egress(settings)
    assert str(raised.value).startswith(problem)
