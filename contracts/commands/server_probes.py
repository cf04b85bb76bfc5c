"""What `evolink-contracts server` does: it opens the server, puts probes to it, and reports."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Final

import click

from contracts.commands.pages import read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.wishes import Judging, Probing, Served
from contracts.probes import PROBES, RULES
from contracts.probes.agenda import Agenda, AgendaError, make_agenda, write_agenda
from contracts.probes.hooks import Hooks, open_place
from contracts.probes.means import Means
from contracts.probes.own import own_simulator
from contracts.probes.places import KEY, read_keys, read_listen, read_origin
from contracts.probes.runner import Course, run
from contracts.probes.targets import RemoteTarget, SimulatedTarget, Target, TargetError, connect_to, find_control
from contracts.probes.verdicts import judge_records
from contracts.report.verdicts import Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.report.verdicts.words import one_line
from contracts.verdict import LEVELS, Strictness
from mock_server.commands.usage import refuse_beside, refusing
from mock_server.entrance.authority import MissingExtraError
from mock_server.settings import Settings

_TITLE: Final = "The server's contract"


def probe_server(wish: Served, probing: Probing, judging: Judging) -> int:
    """Judge a server, tell what came of it, and return what to exit with.

    Raises:
        WrongUsageError: It cannot be, by what the user said.
    """
    places, known = read_places(judging), read_known(judging, [rule.id for rule in RULES])
    with refusing(TargetError, AgendaError, MissingExtraError), _open(wish) as target:
        free = None if target.simulated else 0.0
        budget = free if probing.budget is None else probing.budget
        plan = make_agenda(PROBES, RULES, offers=target.offers, budget=budget, only=probing.only, skip=probing.skip)
        click.echo(write_agenda(plan, target.name), err=not wish.dry_run)
        if wish.dry_run:
            return 0
        if isinstance(target, RemoteTarget):
            target.check()
        course = run(target, plan, tell=lambda line: click.echo(one_line(line), err=True))
    _tell(course)
    report = _report(target, plan, course, judging.level, known)
    write_report(report, places)
    return report.exit_code or (0 if course.complete else 2)


@contextmanager
def _open(wish: Served) -> Iterator[Target]:
    """Open what is to be judged.

    Raises:
        TargetError: It cannot be, by what the user said.
        MissingExtraError: It needs an extra.
    """
    if wish.simulator == (wish.url is not None):
        raise TargetError("give either the URL of a server or --simulator")
    contract = read_pages(wish.pages)
    if wish.simulator:
        said = {
            "--control": wish.control,
            "--no-control": wish.no_control,
            "--files": wish.files,
            "--listen": wish.listen,
        }
        refuse_beside("--simulator", {**said, "--callback-url": wish.callback_url, "--video": wish.videos})
        with own_simulator(settings=Settings(speed=0, pages=wish.pages)) as own:
            yield own
        return
    url = read_origin(wish.url or "", "URL")
    given = None if wish.control is None else read_origin(wish.control, "--control")
    control = None if wish.no_control else find_control(url, given)
    keys = read_keys(os.environ)
    if not keys and control is None and not wish.dry_run:
        raise TargetError(f"{KEY} is not set: it must have the key of the account that is used")
    with ExitStack() as stack:
        means = Means(
            keys=keys,
            hooks=_listen(wish, stack),
            videos=wish.videos,
            files=read_origin(wish.files, "--files") if wish.files else url if control else None,
            alone=not wish.shared,
            contract=contract,
        )
        yield RemoteTarget(url, means) if control is None else SimulatedTarget(url, connect_to(url, control), means)


def _listen(wish: Served, stack: ExitStack) -> tuple[Hooks, ...]:
    """Begin to listen for callbacks, if the user says where."""
    if wish.callback_url is None and wish.listen is None:
        return ()
    if wish.callback_url is None or wish.listen is None:
        raise TargetError("--callback-url and --listen are given together: what leads to where")
    hooks = Hooks(read_origin(wish.callback_url, "--callback-url", schemes=("https",)))
    host, port = read_listen(wish.listen)
    try:
        stack.enter_context(hooks.listening(open_place(host, port)))
    except OSError as error:
        raise TargetError(f"--listen {wish.listen} cannot be had: {error.strerror}") from error
    return (hooks,)


def _tell(course: Course) -> None:
    """Tell what became of the run as a whole."""
    if course.interrupted:
        click.echo("interrupted: what follows is what was found until then", err=True)
    if course.troubles:
        told = ", ".join(trouble.probe for trouble in course.troubles)
        click.echo(f"not to their end: {told}", err=True)
    spent = "the server does not say" if course.spent is None else f"{course.spent:g} credits"
    click.echo(f"spent: {spent}\n", err=True)


def _report(target: Target, plan: Agenda, course: Course, level: Strictness, known: Baseline) -> Report:
    settled = apply_baseline(judge_records(plan.rules, course.records, binding=LEVELS[level]), known)
    exchanges = tuple(exchange for record in course.records for exchange in record.exchanges)
    return Report(
        title=_TITLE,
        target=target.name,
        verdict=settled.verdict,
        exchanges=exchanges,
        callbacks=tuple(exchange for record in course.records for exchange in record.received),
        started_at=min((exchange.started_at for exchange in exchanges), default=time.time()),
        tool_version=version("evolink-mock"),
        allowances=settled.allowances,
        stale=settled.stale,
    )
