"""What holds of any client of the API: rules on a record of what it did.

    verdict = judge(ALL_RULES, load_recording(path))

A rule is a function over the record, and looks at nothing else. It yields once for each time that the record put it to
the test, so that what was never tried is told as untested. MUST is what a page, a standard of the web, security or
money rests on; the rest is SHOULD. Rules that are about one thing have one letter, and a package or module of their own
(`GROUPS`); of what several of them look at there is a module beside them.
"""

from collections.abc import Mapping
from typing import Final

from contracts.collecting import collect_rules
from contracts.recording.client import ClientRecord
from contracts.verdict import Rule

ALL_RULES: Final[tuple[Rule[ClientRecord], ...]] = collect_rules(__name__, __path__)
"""All of them, in the order of their ids."""

GROUPS: Final[Mapping[str, str]] = {
    "A": "Requests and the key",
    "B": "Creating tasks",
    "C": "Polling",
    "D": "Errors and trying again",
    "E": "Receiving callbacks",
    "F": "Results",
    "G": "Uploads",
    "H": "Money",
    "I": "What is new",
    "J": "The program as a whole",
    "Z": "The simulator itself",
}
"""What the rules are about, by the first letter of their ids."""
