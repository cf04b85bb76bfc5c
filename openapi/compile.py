"""Compiling the contract: documents and overlay in, one JSON file for each view out.

    python -m openapi.compile           write openapi/compiled/
    python -m openapi.compile --check   only say whether it is up to date

The compiled files are committed, so that the program starts without YAML and JSONPath.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, TypeVar, get_args

import click
import msgspec
import yaml

from openapi.bundle import bundle
from openapi.overlay import Overlay, apply_overlay
from openapi.pages import Document, View

ROOM: Final = Path(__file__).parent
Form = TypeVar("Form")


def compile_contract(room: Path) -> dict[View, str]:
    """Return the text of each compiled file, made from the documents and the overlay below `room`.

    The pages are in the order of their names, those with `info.x-first` before the others.

    Raises:
        OverlayError: an action of the overlay selects nothing, or something that it cannot change.
        ValueError: a file is not what it should be, or a `$ref` leads nowhere.
    """
    read = {path.stem: _read(path, Document) for path in sorted((room / "documents").glob("*.yaml"))}
    pages = {name: read[name] for name in sorted(read, key=lambda name: not read[name]["info"].get("x-first", False))}
    overlay = _read(room / "overlays" / "strict.yaml", Overlay)
    return {"published": _write(bundle(pages)), "strict": _write(bundle(apply_overlay(overlay, pages)))}


def _read(path: Path, form: type[Form]) -> Form:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return msgspec.convert(json.loads(json.dumps(content)), form)  # each alias becomes a part of its own
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.parent.name}/{path.name}: {' '.join(str(error).split())}") from error


def _write(pages: Mapping[str, Document]) -> str:
    return json.dumps(pages, indent=1, ensure_ascii=False) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a compiled file is out of date.")
def main(*, check: bool) -> None:
    """Compile the OpenAPI documents and the overlay."""
    try:
        compiled = compile_contract(ROOM)
    except ValueError as error:  # an OverlayError is one
        raise click.ClickException(str(error)) from error
    stale = [view for view in get_args(View) if _present(view) != compiled[view]]
    if check and stale:
        click.echo(f"openapi/compiled is out of date ({', '.join(stale)}): run python -m openapi.compile", err=True)
        sys.exit(1)
    for view in stale:
        _path(view).write_text(compiled[view], encoding="utf-8", newline="\n")
        click.echo(f"wrote openapi/compiled/{view}.json")


def _path(view: View) -> Path:
    return ROOM / "compiled" / f"{view}.json"


def _present(view: View) -> str:
    path = _path(view)
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
