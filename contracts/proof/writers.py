"""What writes a proof, by the name of the form."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from contracts.proof.html import write_html
from contracts.proof.proof import Proof
from contracts.proof.text import write_text


def write_json(proof: Proof) -> str:
    """Write a proof as JSON, with what a command exits with."""
    data = {**msgspec.to_builtins(proof), "exit_code": proof.exit_code}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


PROOF_WRITERS: Final[Mapping[str, Callable[[Proof], str]]] = MappingProxyType(
    {"text": write_text, "html": write_html, "json": write_json}
)
"""For a terminal, as HTML, and as data."""
