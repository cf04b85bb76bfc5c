"""The instructions of the container file, and what it is built from."""

import json
import re
from dataclasses import dataclass
from typing import Final

from tests.release.project import ROOT

FILE: Final = ROOT / "examples" / "container" / "Containerfile"


@dataclass(frozen=True)
class Instruction:
    """One instruction: its name, such as RUN, and what follows on one line."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words of a command that is given as a list; it needs no shell.

        Raises:
            ValueError: It is given otherwise.
        """
        words: list[str] = json.loads(self.text[self.text.index("[") :])
        return words


def read_stages() -> list[list[Instruction]]:
    """Return the instructions of each stage, in order."""
    stages: list[list[Instruction]] = []
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).split("\n"):
        if line:
            name, _, text = line.partition(" ")
            stages += [[]] if name == "FROM" else []
            stages[-1].append(Instruction(name, text))
    return stages


def read_context() -> list[str]:
    """Return what is let through to be built from, as paths of the repository."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line.removeprefix("!") for line in lines if line.startswith("!")]
