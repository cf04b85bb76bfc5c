"""What the control API tells of accounts and limits, and how they are set."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.control.operation import Nothing, Request
from mock_server.control.shapes import AccountChange, AccountList, AccountState, LimitsState
from mock_server.core.billing import credits_number
from mock_server.core.errors import InvalidRequest, NotFound
from mock_server.core.ids import account_id, universe_code
from mock_server.core.limits import Limits
from mock_server.core.queueing import Slots
from mock_server.core.types import CREDIT
from mock_server.core.wording import shown_value
from mock_server.simulator import Simulator
from mock_server.universes.names import account_name
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
    return _limits(request.simulator.limits(await request.universe()))


async def change_limits(request: Request[LimitsState, Nothing]) -> LimitsState:
    """Set all limits of the universe; one that is left out is none, and tasks that wait move up or stay behind."""
    universe, wanted = await request.universe(), request.body
    groups = {str(name): number for name, number in wanted.slots_per_group.items()}
    slots = Slots(wanted.slots, wanted.slots_per_account, groups)
    limits = Limits(wanted.requests_per_minute, None if slots == Slots() else slots)
    await request.simulator.universes.change(universe, lambda changed: _set_limits(changed, limits))
    await request.simulator.store.arrange(universe.name, slots, now=universe.now())
    await request.simulator.callbacks.catch_up(universe)
    return _limits(limits)


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


def _limits(limits: Limits) -> LimitsState:
    slots = limits.slots or Slots()
    groups: Mapping[Any, int] = slots.groups
    return LimitsState(
        requests_per_minute=limits.requests_per_minute,
        slots=slots.universe,
        slots_per_account=slots.account,
        slots_per_group=groups,
    )
