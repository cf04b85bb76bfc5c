"""Prints which server with a fault was caught by which rules, as Markdown: `python -m tests.mutants`."""

from collections.abc import Iterator, Mapping

import click

from contracts.verdict import Finding
from tests.mutants.catalogue import MUTANTS, UNBROKEN
from tests.mutants.mutant import Mutant
from tests.mutants.trial import catch, findings


def write_table() -> Iterator[str]:
    """Try all mutants, and write a line for each."""
    yield "| server | what is wrong with it | breaks | caught by |"
    yield "|---|---|---|---|"
    for mutant in MUTANTS:
        yield write_row(mutant, findings(catch(mutant)))


def write_row(mutant: Mutant, found: Mapping[str, tuple[Finding, ...]]) -> str:
    """Write what came of one; the rules that are expected to catch it stand first, and what they miss is said."""
    missed = [f"not by {rule}!" for rule in mutant.rules if rule not in found]
    expected = [f"**{rule}**" for rule in mutant.rules if rule in found]
    others = sorted(found.keys() - {*mutant.rules})
    caught = ", ".join([*missed, *expected, *others])
    return f"| {mutant.id} | {mutant.wrong} | {', '.join(mutant.clauses)} | {caught} |"


def write_reasons() -> Iterator[str]:
    """Write why some clauses have no mutant."""
    yield "| clause | why no server breaks it here |"
    yield "|---|---|"
    for clause, why in UNBROKEN.items():
        yield f"| {clause} | {why} |"


if __name__ == "__main__":
    for line in (*write_table(), "", *write_reasons()):
        click.echo(line)
