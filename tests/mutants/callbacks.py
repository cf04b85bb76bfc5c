"""Servers that get callbacks wrong: when they are sent, what they say, and where they go (K1 to K3, K7 to K9, K12)."""

import ssl
from collections.abc import Callable
from typing import Any, Final

import msgspec

from contracts.probes.targets import KEYS
from mock_server.core.types import Sending
from tests.mutants.changes import with_body
from tests.mutants.mutant import Mutant, Patch
from tests.mutants.wrapping import Asked


def _sending(plan: Callable[[Any], tuple[Sending, ...]]) -> dict[str, Patch]:
    """Return patches by which callbacks are planned in another way; `plan` gets the task's timeline."""
    return {"mock_server.operations.creation.plan_sendings": lambda _: lambda timeline, _: plan(timeline)}


def _saying(change: Callable[[dict[str, Any]], Any]) -> dict[str, Patch]:
    """Return patches by which callbacks have another body."""

    def make(original: Any) -> Any:
        def shape(*places: Any) -> Any:
            shaped = original(*places)
            body = msgspec.json.encode(change(msgspec.json.decode(shaped.body)))
            return msgspec.structs.replace(shaped, body=body)

        return shape

    return {"mock_server.callbacks.callbacks.shape": make}


def _trust_anybody(original: Any) -> Any:
    """No certificate is looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return lambda _, name: original(context, name)


def _without_callback(asked: Asked) -> Asked:
    """Take a request with whatever callback URL for one without."""
    if not asked.is_create:
        return asked
    kept = {name: value for name, value in msgspec.json.decode(asked.body).items() if name != "callback_url"}
    return with_body(asked, kept)


MUTANTS: Final = (
    Mutant(
        id="no-callbacks",
        wrong="Callbacks are never sent.",
        probes=("callback",),
        rules=("K1",),
        clauses=("CB-WHEN",),
        told="none until",
        patches=_sending(lambda _: ()),
    ),
    Mutant(
        id="callback-at-the-start",
        wrong="A callback is sent when the work begins.",
        probes=("callback",),
        rules=("K1",),
        clauses=("CB-WHEN",),
        told="'processing'",
        patches=_sending(lambda timeline: (Sending(timeline.starts_at), Sending(timeline.ends_at))),
    ),
    Mutant(
        id="callback-too-early",
        wrong="A callback says that the task is completed while it is worked on.",
        probes=("callback",),
        rules=("K1",),
        clauses=("CB-WHEN",),
        told="the task was seen unended after it",
        patches=_sending(lambda timeline: (Sending(timeline.created_at, "early"),)),
    ),
    Mutant(
        id="callback-before-booking",
        wrong="A callback is sent before the money is booked.",
        probes=("callback",),
        rules=("K2",),
        clauses=("CB-AFTER-BILL",),
        told="'reserved'",
        patches=_saying(lambda body: {**body, "billing": {**body["billing"], "charge_status": "reserved"}}),
    ),
    Mutant(
        id="wrapped-callback",
        wrong="The body of a callback is an event with the task in it.",
        probes=("callback",),
        rules=("K3",),
        clauses=("CB-BODY",),
        told="without the id of a task",
        patches=_saying(lambda body: {"event": "task.ended", "task": body}),
    ),
    Mutant(
        id="short-callback",
        wrong="The body of a callback has no result_data, which a query has.",
        probes=("callback",),
        rules=("K3",),
        clauses=("CB-BODY",),
        told="result_data",
        patches=_saying(lambda body: {name: value for name, value in body.items() if name != "result_data"}),
    ),
    Mutant(
        id="inside-job",
        wrong="A callback is sent to whatever address its host's name leads to.",
        probes=("inward",),
        rules=("K7",),
        clauses=("CB-NO-INTERNAL",),
        patches={"mock_server.egress.egress.refuse_internal": lambda _: lambda _: None},
    ),
    Mutant(
        id="trusting",
        wrong="No certificate is looked at.",
        probes=("certificate",),
        rules=("K8",),
        clauses=("CB-HTTPS",),
        told="1 requests",
        patches={"mock_server.egress.egress.Tls": _trust_anybody},
    ),
    Mutant(
        id="any-callback-url",
        wrong="Any callback URL is accepted.",
        probes=("bad-urls",),
        rules=("K9",),
        clauses=("CB-HTTPS", "ERR-400"),
        told="400, as callback_url",
        requests=_without_callback,
    ),
    Mutant(
        id="internal-callback-url",
        wrong="A callback URL may name an internal address.",
        probes=("bad-urls",),
        rules=("K9",),
        clauses=("CB-NO-INTERNAL",),
        told="leads to an internal address",
        patches={"mock_server.operations.creation.check_callback_url": lambda _: lambda *_, **__: None},
    ),
    Mutant(
        id="key-in-callbacks",
        wrong="A callback carries the key of the account.",
        probes=("callback",),
        rules=("K12",),
        clauses=("CB-BODY",),
        told="authorization",
        patches={
            "mock_server.callbacks.posted.HEADERS": lambda original: {**original, "authorization": f"Bearer {KEYS[0]}"}
        },
    ),
)
"""The servers that get callbacks wrong."""
