"""Clients that know what they spend: H1 to H4."""

from typing import Final

import httpx2

from contracts import Evolink
from contracts.recording import Reported
from contracts.verdict import Grade
from tests.clients.judging import Case
from tests.clients.small import connect, create, follow

_PROMPTS: Final = ("A cat", "A dog", "A cow", "A hen", "A fox")


def _spend(evolink: Evolink, *, heeds: bool) -> list[Reported]:
    """Ask for videos with a budget for one and a half of them."""
    with connect(evolink) as client:
        tasks = [create(client, prompt=_PROMPTS[0])]
        price = tasks[0]["usage"]["credits_reserved"]
        tasks += [] if heeds else [create(client, prompt=_PROMPTS[1])]
        for task in tasks:
            follow(client, task["id"])
    return [Reported(outcome="completed", task=task["id"], facts={"budget": price * 1.5}) for task in tasks]


def heed_budget(evolink: Evolink) -> list[Reported]:
    """Stop before the budget is spent."""
    return _spend(evolink, heeds=True)


def overrun_budget(evolink: Evolink) -> list[Reported]:
    """Ask for more than the budget is for."""
    return _spend(evolink, heeds=False)


def _estimate(evolink: Evolink, *, seconds: int) -> list[Reported]:
    """Tell the price by the seconds of two references, as the API would count so many."""
    with connect(evolink) as client:
        references = [f"https://example.com/{name}.mp4" for name in "ab"]
        task = create(client, video_urls=references, duration=5)
        rate = task["usage"]["credits_reserved"] / (5 + 5)
        follow(client, task["id"])
    return [Reported(outcome="completed", task=task["id"], facts={"estimated_credits": rate * (seconds + 5)})]


def estimate_well(evolink: Evolink) -> list[Reported]:
    """Count two and a half seconds of each of two references."""
    return _estimate(evolink, seconds=5)


def estimate_badly(evolink: Evolink) -> list[Reported]:
    """Count five seconds of each of two references."""
    return _estimate(evolink, seconds=10)


def _show_cost(evolink: Evolink, field: str) -> list[Reported]:
    """Tell what a task cost."""
    with connect(evolink) as client:
        task = follow(client, create(client)["id"])
    facts = {"charged_credits": task["billing"][field]}
    code = task["error"]["code"]
    return [Reported(outcome="failed", task=task["id"], error=code, facts=facts)]


def show_charge(evolink: Evolink) -> list[Reported]:
    """Tell what was charged."""
    return _show_cost(evolink, "charged_credits")


def show_reserve(evolink: Evolink) -> list[Reported]:
    """Tell what was reserved."""
    return _show_cost(evolink, "reserved_credits")


def _make_all(evolink: Evolink, *, stops: bool) -> None:
    """Ask for five videos, and follow those that there were credits for."""
    tasks = []
    with connect(evolink) as client:
        for prompt in _PROMPTS:
            try:
                tasks.append(create(client, prompt=prompt))
            except httpx2.HTTPError:
                if stops:
                    break
        for task in tasks:
            follow(client, task["id"])


def stop_batch(evolink: Evolink) -> None:
    """Stop when the credits have run out."""
    _make_all(evolink, stops=True)


def go_through_batch(evolink: Evolink) -> None:
    """Go on when the credits have run out."""
    _make_all(evolink, stops=False)


CASES: Final = (
    Case(rule="H1", broken=overrun_budget, control=heed_budget, grade=Grade.WARN),
    Case(rule="H2", broken=estimate_badly, control=estimate_well),
    Case(rule="H3", broken=show_reserve, control=show_charge, options={"scenario": "moderated"}, grade=Grade.WARN),
    Case(rule="H4", broken=go_through_batch, control=stop_batch, options={"scenario": "broke"}),
)
"""A broken client for each rule, with its control."""
