"""What the control API tells of accounts and limits, and how they are set."""

from hashlib import blake2b

import msgspec

from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import AccountChange, AccountList, AccountState, LimitsState
from mock_server.core.errors import InvalidRequest, NotFound
from mock_server.core.ids import account_id, universe_code
from mock_server.core.limits.limits import Limits, make_limits, name_limits
from mock_server.core.limits.queueing import Slots
from mock_server.core.tasks.billing import credits_number
from mock_server.core.types import CREDIT
from mock_server.core.wording import shown_value
from mock_server.simulator import Simulator
from mock_server.universes.universe import AccountRules, Universe


async def list_accounts(request: Request[Nothing, Nothing]) -> AccountList:
    """List the universe's accounts with their money; their names are invented from the seed."""
    universe = await request.universe()
    used = await request.simulator.store.accounts(universe.name)
    names = sorted({*used, *universe.accounts})
    accounts = [await _account(request.simulator, universe, account) for account in names]
    return AccountList(universe=universe.name, accounts=tuple(accounts))


async def change_account(request: Request[AccountChange, Nothing]) -> AccountState:
    """Set an account's credits, its group, and what is closed to it."""
    universe, change, simulator = await request.universe(), request.body, request.simulator
    account = _account_of(change, universe)
    for name in change.closed_models or ():
        if name not in simulator.models:
            known = ", ".join(simulator.models)
            raise NotFound(f"no model {shown_value(name)}; known are {known}", param="closed_models")
    await simulator.universes.change(universe, lambda changed: _set_rules(changed, account, change))
    if change.credits is not None:
        available = round(change.credits * CREDIT)
        await simulator.store.fund(universe.name, account, available=available, now=universe.now())
    return await _account(simulator, universe, account)


async def show_limits(request: Request[Nothing, Nothing]) -> LimitsState:
    """Show what the universe allows at once and in a minute."""
    return LimitsState(**name_limits(request.simulator.limits(await request.universe())))


async def change_limits(request: Request[LimitsState, Nothing]) -> LimitsState:
    """Set all limits of the universe; one that is left out is none, and tasks that wait move up or stay behind."""
    universe, limits = await request.universe(), make_limits(**msgspec.structs.asdict(request.body))
    await request.simulator.universes.change(universe, lambda changed: _set_limits(changed, limits))
    await request.simulator.store.arrange(universe.name, limits.slots or Slots(), now=universe.now())
    await request.simulator.callbacks.catch_up(universe)
    return LimitsState(**name_limits(limits))


def _set_limits(universe: Universe, limits: Limits) -> None:
    universe.limits = limits


def _set_rules(universe: Universe, account: str, change: AccountChange) -> None:
    rules = msgspec.structs.asdict(universe.rules(account))
    given = {name: value for name in rules if (value := getattr(change, name)) is not None}
    universe.accounts = {**universe.accounts, account: AccountRules(**{**rules, **given})}


def _account_of(change: AccountChange, universe: Universe) -> str:
    if (change.key is None) == (change.account is None):
        raise InvalidRequest("name the account by its key or by its id: send one of key and account")
    if change.account is None:
        return account_id(universe.name, change.key or "")
    if not change.account.startswith(universe_code(universe.name)):
        raise NotFound(f"{change.account} is no account of the universe {universe.name}", param="account")
    return change.account


async def _account(simulator: Simulator, universe: Universe, account: str) -> AccountState:
    money = await simulator.store.balance(account, opening=simulator.opening(universe), now=universe.now())
    rules = universe.rules(account)
    return AccountState(
        id=account,
        name=account_name(universe.seed, account.removeprefix(universe_code(universe.name))),
        available_credits=credits_number(money.available),
        reserved_credits=credits_number(money.reserved),
        charged_credits=credits_number(money.charged),
        group=rules.group,
        closed=rules.closed,
        closed_models=rules.closed_models,
    )


def account_name(seed: bytes, account: str) -> str:
    """Invent the name of an account's holder: the same one for the same seed."""
    from faker import Faker  # noqa: PLC0415 - takes longer to import than the server takes to start

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(int.from_bytes(blake2b(account.encode(), key=seed, digest_size=8).digest(), "big"))
    name: str = faker.company()
    return name
