"""What the view of the traffic shows: which exchanges are wanted, lines of those in sight, and one whole.

Making an exchange readable costs far more than looking at it, so that is done for what somebody sees and for nothing
else: of a journal of any length the dashboard gets the numbers.
"""

import json
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from mock_server.control.journal import make_entries
from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import Name, Number, Shape, Statuses
from mock_server.control.waiting import in_turns
from mock_server.core.errors import NotFound
from mock_server.journal.bodies import request_body
from mock_server.journal.contract import Contract, unknown_fields
from mock_server.journal.entries import Entry, make_entry
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.journal.near_misses import NearMiss
from mock_server.journal.selection import Selection
from mock_server.journal.shown import texts
from mock_server.simulator import Simulator
from openapi.clauses import load_clauses

LOOKED_AT: Final = 20_000
"""How many exchanges are looked through at most for those that are wanted, from the newest back."""

_AT_ONCE: Final = 100


class TrafficQuery(Shape, frozen=True):
    """Which exchanges are wanted, and from which one of which journal on.

    `path` and `text` are what is somewhere in it; `text` may be in the path, the bodies, the ids or what was noted,
    in letters of either case. `faults` is those that a plan struck, `missed` those with near misses.
    """

    method: Name | None = None
    path: Name | None = None
    status: Statuses | None = None
    account: Name | None = None
    text: Name | None = None
    faults: bool = False
    missed: bool = False
    after: Number = 0
    generation: Number | None = None


class TrafficList(Shape, frozen=True):
    """The numbers of the exchanges that are wanted, oldest first.

    `first` is the oldest exchange that the journal still has, `looked_from` the oldest that was looked at, and `last`
    the newest, wanted or not.
    """

    generation: int
    first: int
    looked_from: int
    last: int
    numbers: tuple[int, ...]


class LinesQuery(Shape, frozen=True):
    """The numbers of exchanges, with commas between them, and the generation of their journal."""

    numbers: Annotated[str, Meta(pattern="^[0-9]{1,15}(,[0-9]{1,15}){0,99}$", description="numbers, such as 3,5")]
    generation: Number


class Line(Shape, frozen=True):
    """An exchange without its messages."""

    number: int
    at: float
    milliseconds: float
    method: str
    url: str
    operation: str | None
    task: str | None
    account: str | None
    status: int | None
    clauses: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]
    unknown_fields: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class LineList(Shape, frozen=True):
    """The lines of those exchanges that are still there."""

    generation: int
    lines: tuple[Line, ...]


class ExchangeQuery(Shape, frozen=True):
    """The number of an exchange."""

    number: Number


class Broken(Shape, frozen=True):
    """A clause that a request broke, and what it says."""

    clause: str
    says: str


class ExchangeInspected(Shape, frozen=True):
    """One exchange whole, without its secrets unless the server shows them, and the clauses that it broke in words."""

    entry: Entry
    broken: tuple[Broken, ...]


async def list_traffic(request: Request[Nothing, TrafficQuery]) -> TrafficList:
    """List the numbers of the exchanges that are wanted."""
    wanted, journal = request.query, (await request.universe()).journal
    after = wanted.after if wanted.generation == journal.generation else 0
    last, first = journal.last, journal.last - len(journal) + 1
    start = max(after, last - LOOKED_AT)
    return TrafficList(
        generation=journal.generation,
        first=first,
        looked_from=max(first, start + 1),
        last=last,
        numbers=await find_numbers(journal, wanted, request.simulator.contract, after=start),
    )


async def list_lines(request: Request[Nothing, LinesQuery]) -> LineList:
    """List some exchanges, as little of each as a line shows."""
    simulator, wanted, journal = request.simulator, request.query, (await request.universe()).journal
    numbers = wanted.numbers.split(",") if wanted.generation == journal.generation else ()
    found = tuple(filter(None, (find_exchange(journal, int(number)) for number in numbers)))
    entries = await make_entries(found, simulator.contract, secrets=simulator.settings.journal_secrets)
    lines = tuple(msgspec.convert(entry, Line, from_attributes=True) for entry in entries)
    return LineList(generation=journal.generation, lines=lines)


async def inspect_exchange(request: Request[Nothing, ExchangeQuery]) -> ExchangeInspected:
    """Show one exchange whole."""
    universe, simulator, number = await request.universe(), request.simulator, request.query.number
    exchange = find_exchange(universe.journal, number)
    if exchange is None:
        raise NotFound(f"exchange {number} is not in the journal of the universe {universe.name}")
    return inspected(exchange, simulator)


def inspected(exchange: Exchange, simulator: Simulator) -> ExchangeInspected:
    """Return an exchange whole."""
    entry = make_entry(exchange, simulator.contract, secrets=simulator.settings.journal_secrets)
    clauses = load_clauses()
    told = dict.fromkeys((*entry.clauses, *(miss.clause for miss in entry.near_misses if miss.clause)))
    broken = (Broken(clause=name, says=clauses[name].says if name in clauses else "") for name in told)
    return ExchangeInspected(entry=entry, broken=tuple(broken))


def find_exchange(journal: Journal, number: int) -> Exchange | None:
    """Return the exchange of a number; None if the journal does not have it, or not any more."""
    found = next(journal.beyond(number - 1), None)
    return found if found is not None and found.number == number else None


async def find_numbers(journal: Journal, wanted: TrafficQuery, contract: Contract, *, after: int) -> tuple[int, ...]:
    """Return the numbers of the exchanges beyond one that are wanted, in order; other requests get their turn."""
    if msgspec.structs.replace(wanted, after=0, generation=None) == TrafficQuery():
        return tuple(range(max(after, journal.last - len(journal)) + 1, journal.last + 1))
    plain = Selection(method=wanted.method, status=wanted.status, account=wanted.account)
    turns = in_turns(journal.beyond(after), _AT_ONCE)
    return tuple([each.number async for each in turns if plain.has(each) and _is_wanted(each, wanted, contract)])


def _is_wanted(exchange: Exchange, wanted: TrafficQuery, contract: Contract) -> bool:
    return (
        (wanted.path or "") in exchange.path
        and (not wanted.faults or bool(exchange.faults))
        and (wanted.text is None or holds(exchange, wanted.text))
        and (not wanted.missed or has_near_misses(exchange, contract))
    )


def holds(exchange: Exchange, text: str) -> bool:
    """Tell whether a text is somewhere in an exchange but its headers, in letters of either case.

    In a body it may be as it is, or as JSON writes it.
    """
    sought = text.lower()
    ids = (exchange.path, exchange.id, exchange.task or "", exchange.operation or "")
    told = "\n".join((*ids, *exchange.faults, *exchange.clauses, *exchange.notes))
    if sought in told.lower():
        return True
    forms = {sought.encode("utf-8", "surrogatepass"), json.dumps(sought)[1:-1].lower().encode()}
    bodies = [body.lower() for body in (exchange.query, exchange.body, exchange.answer_body)]
    return any(form in body for form in forms for body in bodies)


def has_near_misses(exchange: Exchange, contract: Contract) -> bool:
    """Tell whether something in a request was nearly right; of one that was accepted, only its fields can be."""
    if not exchange.is_refused:
        operation = contract.operation(exchange.operation)
        schema = None if operation is None else operation.body_schema
        if not unknown_fields(request_body(exchange, dict(texts(exchange.headers))).value, schema):
            return False
    return bool(make_entry(exchange, contract, secrets=True).near_misses)
