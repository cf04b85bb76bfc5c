"""Accounts, and what limits them."""

from collections.abc import Mapping
from typing import Annotated, get_args

from msgspec import Meta

from mock_server.control.shapes.base import AccountId, Count, Credits, Group, Key, Name, Shape, one_of


class AccountState(Shape, frozen=True):
    """One account: its money, and what is special about it."""

    id: str
    name: str
    available_credits: float
    reserved_credits: float
    charged_credits: float
    group: str
    closed: bool
    closed_models: tuple[str, ...]


class AccountList(Shape, frozen=True):
    """The accounts of a universe that have been used or set."""

    universe: str
    accounts: tuple[AccountState, ...]


class AccountChange(Shape, frozen=True):
    """What is to be special about an account, named by its id or by its key; what is left out stays as it is.

    `credits` is what it has available from now on. A closed key gets 401, a closed model 403.
    """

    rules = one_of("account", "key")

    account: AccountId | None = None
    key: Key | None = None
    credits: Credits | None = None
    group: Group | None = None
    closed: bool | None = None
    closed_models: Annotated[tuple[Name, ...], Meta(max_length=1_000)] | None = None


class LimitsState(Shape, frozen=True):
    """What a universe allows: requests a minute for each account, and tasks at once; null is no limit."""

    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    slots: Count | None = None
    slots_per_account: Count | None = None
    slots_per_group: Annotated[
        Mapping[Group, Count], Meta(extra_json_schema={"propertyNames": {"enum": get_args(Group)}})
    ] = {}
