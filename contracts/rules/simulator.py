"""Whether the simulator itself kept to the contract (Z1): if it did not, nothing is said of the client."""

from http import HTTPStatus
from typing import Final

from contracts.recording.client import ClientRecord
from contracts.recording.exchange import NO_JSON, Exchange
from contracts.recording.pages import page_of
from contracts.recording.replies import created_task
from contracts.recording.sights import asked_task
from contracts.verdict import Examination, Ground, Rule


class UnsoundAnswerError(Exception):
    """The simulator gave an answer that the contract does not allow, although no plan struck."""


def check_answers(record: ClientRecord) -> Examination:
    """Z1: yield for each answer of the simulator in which no plan had a hand.

    Raises:
        UnsoundAnswerError: One breaks the contract.
    """
    touched = {_task(exchange) for exchanges in record.struck.values() for exchange in exchanges} - {None}
    for exchange in record.api:
        planned = exchange.faults or _task(exchange) in touched
        if exchange.status == HTTPStatus.INTERNAL_SERVER_ERROR and not exchange.faults:
            raise UnsoundAnswerError(
                f"the simulator itself failed at {exchange.method} {exchange.path} (exchange {exchange.number})"
            )
        if not planned and exchange.status is not None and exchange.answered is not NO_JSON:
            _check(record, exchange, exchange.status)
            yield None


def _task(exchange: Exchange) -> str | None:
    """Return the task that an exchange is about; what a plan does to one may last."""
    return asked_task(exchange) or created_task(exchange)


def _check(record: ClientRecord, exchange: Exchange, status: int) -> None:
    operation = page_of(record.contract, exchange)
    wrong = operation.response_violations(status, exchange.answered) if operation is not None else ()
    if wrong:
        where = wrong[0].path or "the body"
        raise UnsoundAnswerError(
            f"the simulator answered {exchange.method} {exchange.path} (exchange {exchange.number}) with {status}, "
            f"but {where} {wrong[0].message}"
        )


RULES: Final[tuple[Rule[ClientRecord], ...]] = (
    Rule(
        id="Z1",
        title="The simulator's own answers keep to the contract, but for what is planned.",
        check=check_answers,
        ground=Ground.ROB,
        exposure="The simulator answered, and no plan struck.",
        advice="This is a fault of the simulator, and no fault of the client: please report it with the recording.",
        applies=lambda record: record.view.simulated,
    ),
)
"""The rule on the simulator."""
