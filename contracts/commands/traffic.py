"""The command `evolink-contracts traffic`: what did this client get wrong?"""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
import msgspec

from contracts.commands.pages import PAGE, read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.usage import WrongUsageError
from contracts.recording.client import ClientRecord
from contracts.recording.files import load_recording
from contracts.recording.intake import RecordingError
from contracts.recording.origins import origin_of
from contracts.recording.outcomes import load_outcomes
from contracts.report.verdicts import WRITERS, Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS, Strictness, judge

_TITLE: Final = "The client's contract"


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--level", type=click.Choice(tuple(LEVELS)), default="must", show_default=True, help="Whose findings fail the run."
)
@PAGE
@click.option("--baseline", metavar="FILE", help="Findings that are known, as YAML; what is no longer found fails.")
@click.option("--docs", metavar="URL", help="Where the rules' pages are.  [default: findings name the command for it]")
@click.option("--api", "apis", multiple=True, metavar="URL", help="Where the API is.  [default: found in the traffic]")
@click.option(
    "--outcomes", type=click.Path(path_type=Path), metavar="FILE", help="What the client printed, outcomes among it."
)
@click.option(
    "--format", "forms", multiple=True, type=click.Choice(tuple(WRITERS)), help="How to report; in any number."
)
@click.option("--output", "outputs", multiple=True, metavar="FILE", help="Where each format goes, in order; else here.")
def traffic(  # noqa: PLR0913 - one for each option
    *,
    file: Path,
    level: Strictness,
    pages: tuple[str, ...],
    baseline: str | None,
    docs: str | None,
    apis: tuple[str, ...],
    outcomes: Path | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
) -> None:
    """Judge a client by its recorded traffic.

    FILE is an HTTP Archive (HAR) of the simulator, a browser or a proxy, the simulator's journal, a cassette of vcrpy,
    or a dump of mitmproxy. Exits with 1 when a rule found something, and with 2 when that could not be found out.
    """
    places = read_places(forms, outputs)
    known = read_known(baseline, [rule.id for rule in ALL_RULES])
    contract = read_pages(pages)
    record = msgspec.structs.replace(_load(file, outcomes, tuple(map(_read_origin, apis))), contract=contract)
    report = msgspec.structs.replace(_report(file, record, level, known), docs=_read_docs(docs))
    write_report(report, places)
    sys.exit(report.exit_code)


def _load(file: Path, outcomes: Path | None, apis: tuple[str, ...]) -> ClientRecord:
    try:
        reported = () if outcomes is None else load_outcomes(outcomes)
        record = msgspec.structs.replace(load_recording(file), apis=apis, reported=reported)
    except RecordingError as error:
        raise WrongUsageError(str(error)) from error
    if not record.api:
        told = f"none of its {len(record.exchanges)} exchanges is with the API"
        raise WrongUsageError(f"{file}: {told}; --api says where that is")
    return record


def _read_origin(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongUsageError(f"--api must be an http or https URL, not {url[:80]!r}")
    return origin_of(url)


def _read_docs(url: str | None) -> str | None:
    """Return where the pages are, as a URL that ends with a slash."""
    if url is None:
        return None
    if urlsplit(url).scheme not in {"http", "https"}:
        raise WrongUsageError(f"--docs must be an http or https URL, not {url[:80]!r}")
    return f"{url.rstrip('/')}/"


def _report(file: Path, record: ClientRecord, level: Strictness, known: Baseline) -> Report:
    settled = apply_baseline(judge(ALL_RULES, record, binding=LEVELS[level]), known)
    return Report(
        title=_TITLE,
        target=file.name,
        verdict=settled.verdict,
        exchanges=record.asked,
        callbacks=record.heard,
        started_at=record.asked[0].started_at,
        tool_version=version("evolink-mock"),
        artifact=None if file.is_absolute() else file.as_posix(),
        allowances=settled.allowances,
        stale=settled.stale,
    )
