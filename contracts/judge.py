"""The judge as the simulator's page asks it, by the entry point `evolink_mock.judges`."""

from typing import Any

from contracts.evolink.judgement import judge_client, state_verdict
from contracts.recording.journal import read_journal
from contracts.report.verdicts.statement import Statement
from openapi.operations import Operations


def judge_journal(journal: Any, callbacks: Any, operations: Operations) -> Statement:
    """Judge the client whose traffic a journal has, by all rules.

    Args:
        journal: What `/_mock/journal` answers, as its struct, or as decoded from JSON.
        callbacks: What `/_mock/callbacks` answers, likewise.
        operations: Those that were served.
    """
    record = read_journal(journal, callbacks=callbacks, contract=operations)
    return state_verdict(judge_client(record, level="must", allow={}), record)
