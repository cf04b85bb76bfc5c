"""Compiling the contract: documents, overlay and clauses in, JSON out, a file for each view of the pages and one more.

    python -m openapi.compile           write openapi/compiled/
    python -m openapi.compile --check   only say whether it is up to date

The compiled files are committed, so that no program that starts waits for YAML and JSONPath.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import click
import msgspec
import yaml

from openapi.bundle import bundle
from openapi.clauses import Clause
from openapi.overlay import Overlay, apply_overlay
from openapi.pages import Document

ROOM: Final = Path(__file__).parent
Form = TypeVar("Form")
Groups: TypeAlias = dict[str, dict[str, dict[str, object]]]


def compile_contract(room: Path) -> dict[str, str]:
    """Return the text of each compiled file by its name, made from the documents, overlay and clauses below `room`.

    The pages are in the order of their names, those with `info.x-first` before the others.

    Raises:
        OverlayError: an action of the overlay selects nothing, or something that it cannot change.
        ValueError: a file is not what it should be, or a `$ref` leads nowhere.
    """
    read = {path.stem: _read(path, Document) for path in sorted((room / "documents").glob("*.yaml"))}
    pages = {name: read[name] for name in sorted(read, key=lambda name: not read[name]["info"].get("x-first", False))}
    overlay = _read(room / "overlays" / "strict.yaml", Overlay)
    return {
        "published": _write(bundle(pages)),
        "strict": _write(bundle(apply_overlay(overlay, pages))),
        "clauses": _write(_list_clauses(_read(room / "clauses.yaml", Groups))),
    }


def _list_clauses(groups: Groups) -> dict[str, Any]:
    """Return each clause by its id, with the heading that it stands under."""
    return {
        name: _make_clause({"id": name, "group": group, **statement})
        for group, statements in groups.items()
        for name, statement in statements.items()
    }


def _make_clause(told: dict[str, object]) -> object:
    try:
        return msgspec.to_builtins(msgspec.convert(told, Clause))
    except msgspec.ValidationError as error:
        raise ValueError(f"openapi/clauses.yaml: {told['id']}: {error}") from error


def _read(path: Path, form: type[Form]) -> Form:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(json.loads(json.dumps(content)), form)  # each alias becomes a part of its own
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.parent.name}/{path.name}: {' '.join(str(error).split())}") from error


def _write(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a compiled file is out of date.")
def main(*, check: bool) -> None:
    """Compile the OpenAPI documents, the overlay and the clauses."""
    try:
        compiled = compile_contract(ROOM)
    except ValueError as error:  # an OverlayError is one
        raise click.ClickException(str(error)) from error
    stale = [name for name, text in compiled.items() if _present(name) != text]
    if check and stale:
        click.echo(f"openapi/compiled is out of date ({', '.join(stale)}): run python -m openapi.compile", err=True)
        sys.exit(1)
    for name in stale:
        _path(name).write_text(compiled[name], encoding="utf-8", newline="\n")
        click.echo(f"wrote openapi/compiled/{name}.json")


def _path(name: str) -> Path:
    return ROOM / "compiled" / f"{name}.json"


def _present(name: str) -> str:
    path = _path(name)
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
