"""What there is to say of a rule for clients beside the rule itself: why it is there, what is looked at, how to fix it.

It stands in `contracts/rules/fixes/`: a YAML file for each group of rules, and the modules of one small client in two
languages, which are the fixes. Judging reads none of it.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec
import yaml

_NOTE: Final = re.compile(r"  # noqa.*$", re.MULTILINE)
_PART: Final = {
    "python": r"^(?:@\w.*\n)*(?:def|class) {}\b[\s\S]*?(?=\n[^\s)]|\Z)",
    "typescript": r"^(?://.*\n)*(?:export )?(?:async )?(?:function|class) {}\b[\s\S]*?^}}",
}
"""What a function or a class looks like, by the folders of languages."""


class Language(msgspec.Struct, frozen=True):
    """A language that fixes are in: its name, its folder, how its files end, and what Markdown calls it."""

    name: str
    folder: str
    suffix: str
    fence: str


LANGUAGES: Final = (
    Language("Python", "python", ".py", "python"),
    Language("TypeScript", "typescript", ".mjs", "ts"),
)
"""The languages that each fix is in. What is in TypeScript is plain enough for Node to run as it is."""


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of one rule.

    Args:
        why: What goes wrong in life when it is broken.
        seen: What of the traffic is looked at, with the tolerances both ways where there are any.
        fixes: What shows how it is done: modules, or parts of them such as `waiting.pause`; none where no client is to
            blame.
    """

    why: str
    seen: str
    fixes: tuple[str, ...] = ()


@cache
def load_explanations() -> Mapping[str, Explanation]:
    """Return all that is said of rules, by their ids."""
    texts = (file.read_text("utf-8") for file in _home().iterdir() if file.name.endswith(".yaml"))
    return {rule: msgspec.convert(told, Explanation) for text in texts for rule, told in yaml.safe_load(text).items()}


def explain(rule: str) -> Explanation:
    """Return what is said of a rule.

    Raises:
        LookupError: Nothing is; the message says where to write it.
    """
    told = load_explanations().get(rule)
    if told is None:
        raise LookupError(f"rule {rule} is not explained: say why it is there in contracts/rules/fixes/{rule[0]}.yaml")
    return told


@cache
def show_fix(fix: str, language: Language) -> str:
    """Return what shows a fix: a module, or one function or class of it, such as `waiting.pause`.

    Raises:
        ValueError: There is no such part.
    """
    name, _, part = fix.partition(".")
    text = _NOTE.sub("", _home().joinpath(place_of(fix, language)).read_text("utf-8")).strip()
    if not part:
        return text
    found = re.search(_PART[language.folder].format(_spell(part, language)), text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{name} has no {part} in {language.name}")
    return found[0].strip()


def place_of(fix: str, language: Language) -> str:
    """Return the file that has a fix, as a path below `contracts/rules/fixes/`."""
    return f"{language.folder}/{fix.partition('.')[0]}{language.suffix}"


def _spell(name: str, language: Language) -> str:
    """Return a name as a language has it: paid_seconds, or paidSeconds."""
    first, *others = name.split("_")
    return name if language.folder == "python" else first + "".join(map(str.capitalize, others))


def _home() -> Traversable:
    return resources.files("contracts.rules").joinpath("fixes")
