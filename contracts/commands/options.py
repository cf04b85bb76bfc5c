"""Options that several commands have."""

from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import click

from contracts.verdict import LEVELS
from mock_server.commands.command import Decorator, option, section
from mock_server.commands.completion import complete
from mock_server.commands.usage import WrongUsageError

Named = TypeVar("Named")

FORMS: Final = ("text", "junit", "sarif", "github", "markdown", "html", "json")
"""The forms of verdicts: the names of `contracts.report.verdicts.WRITERS`, without what writes them."""

_TESTS: Final = Path("tests")


class Url(click.ParamType[str]):
    """An http or https URL of a server."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's own signature
        """Return the URL.

        Raises:
            WrongUsageError: It is none.
        """
        with suppress(ValueError):  # an address in brackets that is none
            parts = urlsplit(value)
            if parts.scheme in {"http", "https"} and parts.hostname:
                return str(value)
        named = param.opts[0] if param else self.name
        raise WrongUsageError(f"{named} must be an http or https URL, not {value[:80]!r}")


JUDGING: Final = section(
    "How it is judged and reported",
    option(
        "--level",
        type=click.Choice(tuple(LEVELS)),
        default="must",
        show_default=True,
        help="Fail for what breaks these rules; what breaks others warns.",
    ),
    option(
        "--baseline",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Allow the findings of this YAML file, and fail for those that are no longer found.  [default: none]",
    ),
    option(
        "--format",
        "forms",
        multiple=True,
        type=click.Choice(FORMS),
        metavar="FORM",
        help=f"Report in one of these forms: {', '.join(FORMS)}; can be repeated.  [default: text]",
    ),
    option(
        "--output",
        "outputs",
        multiple=True,
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write the report of the first --format to the first of these, and so on.  [default: the terminal]",
    ),
)
"""The options of `wishes.Judging`."""


def tests_option(told: str) -> Decorator:
    """Return the option that says where tests are; what its command gets is the folder, or None if there is none."""
    return option(
        "--tests",
        type=click.Path(path_type=Path),
        metavar="DIR",
        callback=lambda _, __, folder: _find_tests(folder),
        help=f"{told}  [default: tests, if it exists]",
    )


def _find_tests(folder: Path | None) -> Path | None:
    """Return the folder of tests that is named, or the usual one if it exists.

    Raises:
        WrongUsageError: What is named is no folder.
    """
    if folder is not None and not folder.is_dir():
        raise WrongUsageError(f"--tests must be a directory; there is none at {folder}")
    return folder or (_TESTS if _TESTS.is_dir() else None)


def find_rule(name: str, known: Mapping[str, Named]) -> Named:
    """Return the rule of an id, however it is written, of those that are known.

    Raises:
        WrongUsageError: There is none; the message names the nearest.
    """
    if name.upper() in known:
        return known[name.upper()]
    near = get_close_matches(name.upper(), known, 1)
    hint = f"did you mean {near[0]}?" if near else "`evolink-contracts rules` lists them"
    raise WrongUsageError(f"there is no rule {name[:60]!r}; {hint}")


def _load_client_rules() -> Mapping[str, str]:
    from contracts.rules import ALL_RULES  # noqa: PLC0415 - only who completes a word waits for it

    return {rule.id: rule.title for rule in ALL_RULES}


complete_client_rules: Final = complete(_load_client_rules)
"""Complete the id of a rule for clients."""
