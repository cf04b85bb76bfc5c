"""Calls of `mock_server/control/accounts.py`, drawn by docs/draw.py from the table of the control API's operations.

To change them, change the table or the shapes, and run `make docs`.
"""

# ruff: noqa: A002 - parameters are the API's own, in name and number

from collections.abc import Mapping
from typing import Literal

from mock_server.client.call import Call
from mock_server.control.shapes.accounts import AccountChange, AccountList, AccountState, LimitsState


def list_accounts() -> Call[AccountList]:
    """List the universe's accounts with their money; their names are invented from the seed."""
    return Call("GET", "/_mock/accounts", AccountList)


def change_account(
    *,
    account: str | None = None,
    key: str | None = None,
    credits: float | None = None,
    group: Literal["default", "vip"] | None = None,
    closed: bool | None = None,
    closed_models: tuple[str, ...] | None = None,
) -> Call[AccountState]:
    """Set an account's credits, its group, and what is closed to it.

    What is to be special about an account, named by its id or by its key; what is left out stays as it is.

    `credits` is what it has available from now on. A closed key gets 401, a closed model 403.
    """
    return Call(
        "POST",
        "/_mock/accounts",
        AccountState,
        body=AccountChange(
            account=account, key=key, credits=credits, group=group, closed=closed, closed_models=closed_models
        ),
    )


def show_limits() -> Call[LimitsState]:
    """Show what the universe allows at once and in a minute."""
    return Call("GET", "/_mock/limits", LimitsState)


def change_limits(
    *,
    requests_per_minute: int | None = None,
    slots: int | None = None,
    slots_per_account: int | None = None,
    slots_per_group: Mapping[Literal["default", "vip"], int] = {},
) -> Call[LimitsState]:
    """Set all limits of the universe; one that is left out is none, and tasks that wait move up or stay behind.

    What a universe allows: requests a minute for each account, and tasks at once; null is no limit.
    """
    return Call(
        "PUT",
        "/_mock/limits",
        LimitsState,
        body=LimitsState(
            requests_per_minute=requests_per_minute,
            slots=slots,
            slots_per_account=slots_per_account,
            slots_per_group=slots_per_group,
        ),
    )
