"""What holds of any server of the API: 44 rules on a record of what it did.

    verdict = judge(RULES, recorder.record)

A rule is a function over the record, and looks at nothing else; it knows no server, and asks none. What the pages leave
open, it leaves open too: it finds nothing in any answer that they allow. MUST is what a page, a standard or official
clients rest on; the rest is SHOULD.
"""

from typing import Final

from contracts.invariants import callbacks, lifecycle, money, protocol
from contracts.recording.server import ServerRecord
from contracts.verdict import Rule

RULES: Final[tuple[Rule[ServerRecord], ...]] = (*lifecycle.RULES, *money.RULES, *callbacks.RULES, *protocol.RULES)
"""All of them: L1 to L16, M1 to M9, K1 to K12, P1 to P7."""
