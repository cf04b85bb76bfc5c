"""Schemathesis in this process, on an app: what it found, and what it tried."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemathesis import Config
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, PhaseFinished, ScenarioFinished

from contracts.fuzz import Service, load_contract
from tests.fuzz.fuzzing import FREE, ROOT


@dataclass
class Found:
    """What came of a run: failures as check, operation and what was said; how many cases; links; phases that ran."""

    failures: list[tuple[str, str, str]] = field(default_factory=list)
    cases: int = 0
    links: set[str] = field(default_factory=set)
    phases: set[str] = field(default_factory=set)


def configure(*, examples: int, frozen: bool, linked: int = 60, **tables: Any) -> Config:
    """Return the repository's configuration with so many examples, for a universe that runs or stands still.

    Links get more, `linked`, so that each is followed.
    """
    known = tomllib.loads((ROOT / "schemathesis.toml").read_text("utf-8"))
    known["checks"]["KeptRules"]["frozen"] = frozen
    known["generation"]["max-examples"] = examples * (10 if FREE else 1)
    if FREE:
        del known["seed"]
    phases = {"phases": {"stateful": {"generation": {"max-examples": max(linked, examples)}}}}
    return Config.from_dict({**known, **phases, **tables}, base_dir=str(ROOT))


def fuzz_app(app: Any, config: Config, *, service: Service = "tasks") -> Found:
    """Run every phase on an app."""
    found = Found()
    for event in from_schema(load_contract(app, service=service, config=config)).execute():
        assert not isinstance(event, NonFatalError), event
        if isinstance(event, PhaseFinished) and event.status == Status.SUCCESS:
            found.phases.add(event.phase.name.value)
        elif isinstance(event, ScenarioFinished):
            found.cases += len(event.recorder.cases)
            found.failures += _failures(event)
            found.links |= {node.transition.id for node in event.recorder.cases.values() if node.transition}
    return found


def _failures(event: ScenarioFinished) -> Iterator[tuple[str, str, str]]:
    for number, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                label = event.recorder.cases[number].value.operation.label
                yield check.name, label, str(check.failure_info.failure)
