"""What changed between two versions of a page of the API, whom it breaks, and which clauses and rules it touches.

Two documents are walked side by side, operation by operation, and each difference gets the name that oasdiff has for
it. A request that may be less, and an answer that may be more, break clients; the other way round they break servers.
"""

from contracts.drift.changes import Change, Party, classify
from contracts.drift.documents import DriftError, load_document
from contracts.drift.operations import compare
from contracts.drift.touched import Touched, touch

__all__ = ["Change", "DriftError", "Party", "Touched", "classify", "compare", "load_document", "touch"]
