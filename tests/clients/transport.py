"""Clients that use connections again, and that do not."""

from functools import partial
from time import sleep
from typing import Final

from contracts import Evolink
from contracts.verdict import Grade
from tests.clients.asking import create, poll
from tests.clients.judging import Case
from tests.clients.small import connect


def poll_often(evolink: Evolink, *, clients: int) -> None:
    """Poll a task thirty times, with so many clients in turn."""
    with connect(evolink) as client:
        task = create(client)
    for _ in range(clients):
        with connect(evolink) as client:
            for _ in range(30 // clients):
                sleep(3)
                poll(client, task)


CASES: Final = (
    Case(
        rule="J2",
        broken=partial(poll_often, clients=30),
        control=partial(poll_often, clients=1),
        grade=Grade.WARN,
    ),
)
"""Each rule on transport that a client can break in a simulator."""
