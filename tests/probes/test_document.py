"""The document says of each probe what the code says."""

from pathlib import Path

from contracts.probes import PROBES, RULES
from contracts.probes.orders import most_credits

DOCUMENT = Path(__file__).parents[2] / "docs" / "how-to" / "server-contract.md"


def test_the_table_has_each_probe() -> None:
    """With what it costs, what it needs, and which rules it puts to the test."""
    rows = [line for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert told == [
        [
            f"`{probe.id}`",
            probe.title.removesuffix("."),
            f"{most_credits(probe.orders):g}",
            ", ".join(probe.needs),
            ", ".join(probe.rules),
        ]
        for probe in PROBES
    ]
    assert f"by {len(RULES)} rules" in " ".join(DOCUMENT.read_text("utf-8").split())
