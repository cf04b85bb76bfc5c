"""What a user says of where things are."""

import pytest

from contracts.probes.places import read_keys, read_listen, read_origin
from contracts.probes.targets import TargetError


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://api.evolink.ai", "https://api.evolink.ai"),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_origins(text: str, origin: str) -> None:
    """A slash at the end does no harm."""
    assert read_origin(text, "URL") == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "api.evolink.ai",
        "ftp://x",
        "https://",
        "https://x/v1",
        "https://x?a=1",
        "https://x:no",
        "https://[::",
        "https://a b",
        "https://a..b",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    """The message names what it was to be."""
    with pytest.raises(TargetError, match=r"^URL must be https:// or http://, a host and maybe a port, without a path"):
        read_origin(text, "URL")


def test_passwords_are_not_shown() -> None:
    """A URL with a user is refused without telling the password."""
    with pytest.raises(TargetError) as refused:
        read_origin("https://me:secret@x", "URL")
    assert "secret" not in str(refused.value)


def test_addresses_to_listen_at() -> None:
    """Of both kinds."""
    assert read_listen("127.0.0.1:9000") == ("127.0.0.1", 9_000)
    assert read_listen("[::1]:0") == ("::1", 0)


@pytest.mark.parametrize("text", ["", "9000", "127.0.0.1:", ":9000", "127.0.0.1:99999", "x:y", "\u00e9:1"])
def test_what_nobody_can_listen_at(text: str) -> None:
    """The message says what would be right."""
    with pytest.raises(TargetError, match=r"--listen must be an address and a port"):
        read_listen(text)


@pytest.mark.parametrize(
    ("environment", "keys"),
    [
        ({}, ()),
        ({"EVOLINK_API_KEY": " "}, ()),
        ({"EVOLINK_API_KEY": "sk-1\n"}, ("sk-1",)),
        ({"EVOLINK_API_KEY": "sk-1", "EVOLINK_API_KEY_2": "sk-2"}, ("sk-1", "sk-2")),
    ],
)
def test_keys(environment: dict[str, str], keys: tuple[str, ...]) -> None:
    """None, one or two, without what a shell leaves around them."""
    assert read_keys(environment) == keys


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"EVOLINK_API_KEY": "sk secret"}, "EVOLINK_API_KEY has characters"),
        ({"EVOLINK_API_KEY": "sk-1", "EVOLINK_API_KEY_2": "sk-secret\u00e9"}, "EVOLINK_API_KEY_2 has characters"),
        ({"EVOLINK_API_KEY_2": "sk-secret"}, "EVOLINK_API_KEY_2 is set, and EVOLINK_API_KEY is not"),
        ({"EVOLINK_API_KEY": "sk-secret", "EVOLINK_API_KEY_2": "sk-secret"}, "they are the same"),
    ],
)
def test_what_is_no_key(environment: dict[str, str], message: str) -> None:
    """The message names the variable, and never what is in it."""
    with pytest.raises(TargetError, match=message) as refused:
        read_keys(environment)
    assert "secret" not in str(refused.value)
