"""What writes a proof, by the name of the form."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from contracts.proof.page import write_page
from contracts.proof.proof import Proof
from contracts.proof.text import write_text


def write_json(proof: Proof) -> str:
    """Write a proof as JSON, with what a command exits with."""
    data = {**msgspec.to_builtins(proof), "exit_code": proof.exit_code}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


PROOF_WRITERS: Final[Mapping[str, Callable[[Proof], str]]] = MappingProxyType(
    {"text": write_text, "html": write_page, "json": write_json}
)
"""A terminal's, a page, and data."""
