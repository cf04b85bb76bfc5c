"""All mutants, and why there is none for what has none."""

from collections.abc import Mapping
from typing import Final

from tests.mutants import (
    answers,
    billing,
    bodies,
    callbacks,
    courses,
    limits,
    protocol,
    readers,
    requests,
    schedule,
    whole,
)
from tests.mutants.mutant import Mutant

MUTANTS: Final[tuple[Mutant, ...]] = (
    *bodies.MUTANTS,
    *courses.MUTANTS,
    *readers.MUTANTS,
    *billing.MUTANTS,
    *callbacks.MUTANTS,
    *schedule.MUTANTS,
    *protocol.MUTANTS,
    *limits.MUTANTS,
    *requests.MUTANTS,
    *answers.MUTANTS,
    *whole.MUTANTS,
)
"""All of them."""

_OWN_TROUBLE: Final = "no request brings it about: it is what a server says of its own trouble"
_ONE_FAILURE: Final = "nobody but a server decides with which code a task fails; L11 takes each that the page has"

UNBROKEN: Final[Mapping[str, str]] = {
    "OP-SERVER": "where the production server is, is no matter of how a server answers",
    "VIDEO-SIZE": "more than 100 MB would have to be sent to it, or fetched by it",
    "RATIO-DEFAULT": "what a video shows is not looked at, and the price is the same for all aspect ratios",
    **dict.fromkeys(("SHOT-PRIORITY", "SHOT-EXTEND", "SOUND-CUT"), "what a video shows is not looked at"),
    "BILL-ADVANCE": "the probes look at the money of videos that are made from reference videos",
    **dict.fromkeys(
        (
            "IMAGE-FORMAT",
            "IMAGE-OPAQUE",
            "IMAGE-SIZE",
            "IMAGE-PIXELS",
            "SOUND-FORMAT",
            "SOUND-LENGTH",
            "SOUND-SIZE",
        ),
        "the probes have no picture and no sound that a server could reach and would have to refuse",
    ),
    **dict.fromkeys(
        (
            "CATALOG-OPEN",
            "CATALOG-MODELS",
            "CATALOG-HEALTH",
            "CATALOG-RULES",
            "CATALOG-EXACT",
            "CATALOG-VIEW",
            "CATALOG-FILTERS",
            "CATALOG-ETAG",
            "ESTIMATE-REQUEST",
            "ESTIMATE-AMOUNT",
            "ESTIMATE-REFUSED",
        ),
        "the probes read no catalogue and ask for no estimate",
    ),
    "TASK-402": "no rule says when a query costs credits that somebody does not have",
    "CRED-400": "the operation takes nothing that could be wrong",
    "CRED-403": "no page says which key may not read its credits",
    **dict.fromkeys(("ERR-500", "TASK-500", "CRED-500", "CRED-502", "CRED-503"), _OWN_TROUBLE),
    "TERR-MESSAGE": "what is said to people is not compared with anything",
    **dict.fromkeys(
        (
            "TERR-INVALID-PARAMETERS",
            "TERR-IMAGE-PROCESSING-ERROR",
            "TERR-IMAGE-DIMENSION-MISMATCH",
            "TERR-GENERATION-FAILED-NO-CONTENT",
            "TERR-SERVICE-ERROR",
            "TERR-GENERATION-TIMEOUT",
            "TERR-RESOURCE-EXHAUSTED",
            "TERR-QUOTA-EXCEEDED",
            "TERR-SERVICE-UNAVAILABLE",
            "TERR-RESOURCE-NOT-FOUND",
            "TERR-UNKNOWN-ERROR",
        ),
        _ONE_FAILURE,
    ),
    **dict.fromkeys(
        (
            "FILE-UPLOAD-STREAM",
            "FILE-UPLOAD-URL",
            "FILE-LIMIT",
            "FILE-TYPE",
            "FILE-OVERWRITE",
            "FILE-RECEIPT",
            "FILE-DOWNLOAD",
        ),
        "the probes upload one picture by base64, and no rule is about files but their form and who sees them",
    ),
}
"""The clauses without a mutant, and why."""
