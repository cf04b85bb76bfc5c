"""The command `evolink-contracts server`: is this server the API?"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import Final

import click
import msgspec

from contracts.commands.pages import PAGE, read_pages
from contracts.commands.reports import read_known, read_places, write_report
from contracts.commands.usage import WrongUsageError
from contracts.probes import PROBES, RULES
from contracts.probes.hooks import Hooks
from contracts.probes.means import Means
from contracts.probes.own import own_simulator
from contracts.probes.places import KEY, read_keys, read_listen, read_origin
from contracts.probes.plan import Plan, PlanError, make_plan, write_plan
from contracts.probes.runner import Course, run
from contracts.probes.targets import RemoteTarget, SimulatedTarget, Target, TargetError, connect_to, find_control
from contracts.probes.verdicts import judge_records
from contracts.report.verdicts import WRITERS, Report
from contracts.report.verdicts.baseline import Baseline, apply_baseline
from contracts.report.verdicts.words import one_line
from contracts.verdict import LEVELS, Strictness
from mock_server.entrance.authority import MissingExtraError
from mock_server.settings import Settings

_TITLE: Final = "The server's contract"


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said of the server and of what there is to work with."""

    url: str | None
    simulator: bool
    pages: tuple[str, ...]
    control: str | None
    no_control: bool
    callback_url: str | None
    listen: str | None
    files: str | None
    videos: tuple[str, ...]
    shared: bool
    needs_key: bool


@click.command()
@click.argument("url", required=False)
@click.option("--simulator", is_flag=True, help="Judge a simulator of our own, started for it, instead of URL.")
@PAGE
@click.option("--budget", type=click.FloatRange(min=0), help="Spend so many credits at most.  [default: 0, free calls]")
@click.option("--dry-run", is_flag=True, help="Say what would be done and what it would cost, and stop there.")
@click.option("--only", multiple=True, metavar="ID", help="Run this probe, or those that put this rule to the test.")
@click.option("--skip", multiple=True, metavar="ID", help="Leave out this probe, or this rule.")
@click.option("--level", type=click.Choice(tuple(LEVELS)), default="must", show_default=True, help="What fails a run.")
@click.option("--baseline", metavar="FILE", help="Findings that are known, as YAML; what is no longer found fails.")
@click.option(
    "--format", "forms", multiple=True, type=click.Choice(tuple(WRITERS)), help="How to report; in any number."
)
@click.option("--output", "outputs", multiple=True, metavar="FILE", help="Where each format goes, in order; else here.")
@click.option("--callback-url", metavar="ORIGIN", help="What callback URLs begin with that lead to --listen, as https.")
@click.option("--listen", metavar="HOST:PORT", help="Where to listen for callbacks, by HTTP.")
@click.option(
    "--files", metavar="URL", help="Where the file service is.  [default: not asked; with URL for a simulator]"
)
@click.option("--video", "videos", multiple=True, metavar="URL", help="A reference video that the server can reach.")
@click.option("--control", metavar="URL", help="The simulator's control API.  [default: URL, if that is this machine]")
@click.option("--no-control", is_flag=True, help="Take URL for no simulator, wherever it is.")
@click.option("--shared", is_flag=True, help="Others use the account meanwhile: balances are not judged.")
def server(  # noqa: PLR0913 - one for each option
    *,
    url: str | None,
    simulator: bool,
    pages: tuple[str, ...],
    budget: float | None,
    dry_run: bool,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    level: Strictness,
    baseline: str | None,
    forms: tuple[str, ...],
    outputs: tuple[str, ...],
    callback_url: str | None,
    listen: str | None,
    files: str | None,
    videos: tuple[str, ...],
    control: str | None,
    no_control: bool,
    shared: bool,
) -> None:
    """Judge whether the server at URL is the API.

    The key is read from EVOLINK_API_KEY, that of a second account from EVOLINK_API_KEY_2. A simulator needs none, and
    spends nothing. Exits with 1 when something is not as it must be, and with 2 when that could not be found out.
    """
    wish = _Wish(
        url=url,
        simulator=simulator,
        pages=pages,
        control=control,
        no_control=no_control,
        callback_url=callback_url,
        listen=listen,
        files=files,
        videos=videos,
        shared=shared,
        needs_key=not dry_run,
    )
    places, known = read_places(forms, outputs), read_known(baseline, [rule.id for rule in RULES])
    try:
        with _open(wish) as target:
            plan = make_plan(
                PROBES,
                RULES,
                offers=target.offers,
                budget=budget if target.simulated else budget or 0.0,
                only=only,
                skip=skip,
            )
            click.echo(write_plan(plan, target.name), err=not dry_run)
            if dry_run:
                return
            if isinstance(target, RemoteTarget):
                target.check()
            course = run(target, plan, tell=lambda line: click.echo(one_line(line), err=True))
    except (TargetError, PlanError, MissingExtraError) as error:
        raise WrongUsageError(str(error)) from error
    _tell(course)
    report = _report(target, plan, course, level, known)
    write_report(report, places)
    sys.exit(report.exit_code or (0 if course.complete else 2))


@contextmanager
def _open(wish: _Wish) -> Iterator[Target]:
    """Open what is to be judged.

    Raises:
        TargetError: It cannot be, by what the user said.
        MissingExtraError: It needs an extra.
    """
    if wish.simulator == (wish.url is not None):
        raise TargetError("give either the URL of a server or --simulator")
    contract = read_pages(wish.pages)
    if wish.simulator:
        with own_simulator(settings=Settings(speed=0, pages=wish.pages)) as own:
            yield own
        return
    url = read_origin(wish.url or "", "URL")
    given = None if wish.control is None else read_origin(wish.control, "--control")
    control = None if wish.no_control else find_control(url, given)
    keys = read_keys(os.environ)
    if not keys and control is None and wish.needs_key:
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


def _listen(wish: _Wish, stack: ExitStack) -> tuple[Hooks, ...]:
    """Begin to listen for callbacks, if the user says where."""
    if wish.callback_url is None and wish.listen is None:
        return ()
    if wish.callback_url is None or wish.listen is None:
        raise TargetError("--callback-url and --listen are given together: what leads to where")
    hooks = Hooks(read_origin(wish.callback_url, "--callback-url", schemes=("https",)))
    host, port = read_listen(wish.listen)
    try:
        stack.enter_context(hooks.listening(host, port))
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


def _report(target: Target, plan: Plan, course: Course, level: Strictness, known: Baseline) -> Report:
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
