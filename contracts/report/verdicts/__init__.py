"""Verdicts written down: for terminals, for CI in its forms, as HTML, and as data; and baselines of what is known."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from contracts.report.verdicts.annotations import write_annotations
from contracts.report.verdicts.html import write_html
from contracts.report.verdicts.junit import write_junit
from contracts.report.verdicts.markdown import write_markdown
from contracts.report.verdicts.report import Allowance, Report
from contracts.report.verdicts.sarif import write_sarif
from contracts.report.verdicts.statement import write_json
from contracts.report.verdicts.text import write_text

WRITERS: Final[Mapping[str, Callable[[Report], str]]] = MappingProxyType(
    {
        "text": write_text,
        "junit": write_junit,
        "sarif": write_sarif,
        "github": write_annotations,
        "markdown": write_markdown,
        "html": write_html,
        "json": write_json,
    }
)
"""What writes a report, by the name of the form."""

__all__ = ["WRITERS", "Allowance", "Report"]
