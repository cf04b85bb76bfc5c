"""What `evolink-contracts traffic` does: it reads a recording, judges it, and reports."""

from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from contracts.commands.pages import read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.wishes import Judging, Recorded
from contracts.recording.client import ClientRecord
from contracts.recording.files import load_recording
from contracts.recording.intake import RecordingError
from contracts.recording.origins import origin_of
from contracts.recording.outcomes import load_outcomes
from contracts.report.verdicts import Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.rules import ALL_RULES
from contracts.verdict import LEVELS, Strictness, judge
from mock_server.commands.usage import WrongUsageError, refusing

_TITLE: Final = "The client's contract"


def judge_recording(recorded: Recorded, judging: Judging, docs: str | None) -> int:
    """Judge a client by a recording, report, and return what to exit with.

    Raises:
        WrongUsageError: The recording, or something else that the user named, cannot be used.
    """
    places, known = read_places(judging), read_known(judging, [rule.id for rule in ALL_RULES])
    contract = read_pages(recorded.pages)
    record = msgspec.structs.replace(_load(recorded), contract=contract)
    report = msgspec.structs.replace(
        _report(recorded.file, record, judging.level, known), docs=None if docs is None else f"{docs.rstrip('/')}/"
    )
    write_report(report, places)
    return report.exit_code


def _load(recorded: Recorded) -> ClientRecord:
    with refusing(RecordingError):
        reported = () if recorded.outcomes is None else load_outcomes(recorded.outcomes)
        apis = tuple(map(origin_of, recorded.apis))
        record = msgspec.structs.replace(load_recording(recorded.file), apis=apis, reported=reported)
    if not record.api:
        told = f"none of its {len(record.exchanges)} exchanges is with the API"
        raise WrongUsageError(f"{recorded.file}: {told}; --api says where that is")
    return record


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
