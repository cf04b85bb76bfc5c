"""The fault-point proof: a client run once clean, and again with each fault at each step of what it does.

proof = prove(make_video)
assert proof.is_green, write_text(proof)
"""

from contracts.proof.proof import Proof
from contracts.proof.proving import ProofError, prove
from contracts.proof.text import write_text

__all__ = ["Proof", "ProofError", "prove", "write_text"]
