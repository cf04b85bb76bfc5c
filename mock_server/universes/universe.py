"""One universe: what it is set to, and what it does with time, chance and rules."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

import msgspec

from mock_server.core.ids import CountedDice, account_id, universe_code
from mock_server.core.limits.limits import Limits
from mock_server.core.plans import PlanBook, Plans, PlanState, compile_plans, open_state
from mock_server.core.types import Instant, Microcredits
from mock_server.journal.exchange import Exchange
from mock_server.journal.journal import Journal
from mock_server.universes.clock import Clock


class AccountRules(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is special about one account: its group, whether its key is closed, and the models that it may not use."""

    group: str = "default"
    closed: bool = False
    closed_models: tuple[str, ...] = ()


PLAIN: Final = AccountRules()
"""The rules of an account for which nothing was set."""


class UniverseFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a universe is set to.

    `rate` is the server's own when it took the universe up; `life` tells it from those of its name that were reset.
    `drawn` and `requests` are how many tasks and request ids it had made when this was written; `opened` is how often
    it was taken up anew, so that no two servers give the same request id. `limits` is None where the server's apply,
    and so is `opening`, which is what a new account has. `plans` are those that hold, `given` those that the server was
    started with: where the two are the same, nobody has set plans by hand. `plan_state` is how far they have counted.
    """

    clock: bytes
    rate: float
    seed: bytes
    life: int
    opened: int = 0
    drawn: int = 0
    requests: int = 0
    limits: Limits | None = None
    accounts: Mapping[str, AccountRules] = {}
    opening: Microcredits | None = None
    plans: Plans = ()
    given: Plans = ()
    plan_state: PlanState | None = None


encode_facts: Final = msgspec.msgpack.Encoder().encode
"""Writes down what a universe is set to, as the store keeps it."""

decode_facts: Final = msgspec.msgpack.Decoder(UniverseFacts).decode
"""Reads what `encode_facts` wrote."""


class Universe:
    """One universe. Its tasks and balances are in the store; here is what it does with time, chance and rules.

    Args:
        name: The name that keys and headers use.
        facts: What it is set to.
        version: Which version of its facts this is.
        clock: Its time.
        journal: What happens in it.
    """

    def __init__(self, name: str, facts: UniverseFacts, *, version: int, clock: Clock, journal: Journal) -> None:
        self.name = name
        self.version = version
        self.clock = clock
        self.journal = journal
        self.life = facts.life
        self.seed = facts.seed
        self.limits = facts.limits
        self.accounts = facts.accounts
        self.opening = facts.opening
        self.book = compile_plans(facts.plans, account_of=str)
        self.plan_state = facts.plan_state or open_state(self.book, now=clock.now())
        self.result_secret = blake2b(b"results", key=facts.seed, digest_size=32).digest()
        self._code = universe_code(name)
        self._rate = facts.rate
        self._given = facts.given
        self._opened = self._turn = facts.opened
        self._drawn = facts.drawn
        self._requests = facts.requests
        self._prefix = blake2b(b"requests:%d" % facts.opened, key=facts.seed, digest_size=10).hexdigest()

    def facts(self) -> UniverseFacts:
        """Return what it is set to, and how far it has counted."""
        return UniverseFacts(
            clock=self.clock.dump(),
            rate=self._rate,
            seed=self.seed,
            life=self.life,
            opened=self._opened,
            drawn=self._drawn,
            requests=self._requests,
            limits=self.limits,
            accounts=self.accounts,
            opening=self.opening,
            plans=self.book.plans,
            given=self._given,
            plan_state=self.plan_state if self.book else None,
        )

    def packed_facts(self) -> bytes:
        """Return its facts as they are stored."""
        return encode_facts(self.facts())

    def own_facts(self) -> UniverseFacts:
        """Return its facts as this server counts: who begins with them gives the same ids from here on."""
        return msgspec.structs.replace(self.facts(), opened=self._turn, plan_state=self.plan_state)

    def follow(self, facts: UniverseFacts, version: int, clock: Clock) -> None:
        """Take over what another server has set; each gives request ids of its own."""
        self.version, self.clock, self.limits, self.accounts = version, clock, facts.limits, facts.accounts
        self._opened, self._drawn = facts.opened, max(facts.drawn, self._drawn)
        self._given = facts.given
        if facts.plans != self.book.plans:
            self.book = compile_plans(facts.plans, account_of=str)
        self.plan_state = facts.plan_state or open_state(self.book, now=clock.now())

    def plan(self, plans: Plans, *, tasks: int, anew: bool) -> None:
        """Add plans to those that are set, or put them into their place; `tasks` is how many tasks there are."""
        earlier = None if anew or not self.book else self.plan_state
        standing = () if earlier is None else self.book.plans
        self.book = own_book(self.name, (*standing, *plans))
        self.plan_state = open_state(self.book, now=self.now(), tasks=tasks, earlier=earlier)

    def enter(self, exchange: Exchange) -> None:
        """Take in an exchange that has just begun."""
        exchange.universe, exchange.at, exchange.id = self.name, self.clock.now(), self.next_request_id()
        self.journal.begin(exchange)

    def now(self) -> Instant:
        """Return the universe's time."""
        return self.clock.now()

    def dice(self, purpose: str, count: int) -> CountedDice:
        """Return dice for something else than tasks; an account has the same luck in a universe of another name."""
        return CountedDice(self.seed, purpose.replace(self._code, ""), count)

    def next_dice(self) -> CountedDice:
        """Return the dice for the next task."""
        self._drawn += 1
        return CountedDice(self.seed, "task", self._drawn)

    def next_request_id(self) -> str:
        """Return the id for the next request."""
        self._requests += 1
        return f"{self._prefix}{self._requests:012x}"

    def rules(self, account: str) -> AccountRules:
        """Return what is special about an account."""
        return self.accounts.get(account, PLAIN)


def own_book(name: str, plans: Plans) -> PlanBook:
    """Make plans ready for a universe: a key that they name is the id of its account there."""
    return compile_plans(plans, account_of=lambda key: account_id(name, key))
