"""What is known of a model, in layers: from its kind, its page, the package, and the file beside its page.

Beside a page, a file `NAME.model.yaml` says what the page does not; NAME is the page's, or the model's where a page has
several.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import msgspec

from mock_server.core.models.model import Layer, Model, ModelFileError, make_model, parse_layer
from openapi.operations import Operation

DATA_SUFFIX: Final = ".model.yaml"
"""What the file beside a page ends with that says what the page does not."""

PACKAGE: Final = "the package"
"""What the source is called of all that comes with the package."""


@cache
def bundled_models() -> Mapping[str, Model]:
    """Return the models that come with the package, in order of their files' names."""
    return {model: make_model(Layer(PACKAGE, layer)) for model, layer in bundled_layers().items()}


def know_model(operation: Operation, model: str, file: Path | None) -> Model:
    """Return what is known of a model: what its kind has, its page, the package, and the file beside the page say."""
    envelope = operation.envelope
    assert envelope is not None, "it creates tasks"  # noqa: S101 - it names models
    page = "the page" if file is None else str(file)
    said = {"id": model, "page": operation.page, "object": envelope.object, "type": envelope.type}
    layers = [
        Layer(f"the defaults for {envelope.kind}", kind_defaults(envelope.kind)),
        Layer(f"{page}: its example", _shown(envelope.estimate, envelope.credits, operation)),
        *([Layer(PACKAGE, bundled_layers()[model])] if model in bundled_layers() else []),
        *_beside(file, operation, model),
        Layer(page, said),
    ]
    made = make_model(*layers)
    return msgspec.structs.replace(made, sources={**made.sources, "page": page})


def _shown(estimate: int | None, credits_: float | None, operation: Operation) -> dict[str, Any]:
    """Return what the page's example says of time and price."""
    said: dict[str, Any] = {}
    if estimate:
        said["timing"] = {
            "estimate_seconds": estimate,
            "run_seconds": [round(estimate * 0.8, 3), round(estimate * 1.1, 3)],
        }
    if credits_:
        length = {"output": {"field": "duration", "default": operation.defaults.get("duration", 5)}}
        said["price"] = {"rule": "per_call", "credits_per_call": credits_, **length}
    return said


def _beside(file: Path | None, operation: Operation, model: str) -> Iterator[Layer]:
    """Yield what files beside a page say of a model: one for the page, and one for the model."""
    for name in dict.fromkeys((file.stem, model)) if file is not None else ():
        beside = file.with_name(f"{name}{DATA_SUFFIX}") if file is not None else None
        if beside is not None and beside.is_file():
            try:
                content = parse_layer(beside.read_bytes())
            except ModelFileError as error:
                raise ModelFileError(f"{beside.name}: {error}") from error
            if content.get("id", model) in operation.models:
                yield Layer(str(beside), content)


@cache
def kind_defaults(kind: str) -> Mapping[str, Any]:
    """Return what is taken for a model of a kind where nothing says it."""
    return parse_layer(files("mock_server.models").joinpath("kinds", f"{kind}.yaml").read_bytes())


@cache
def bundled_layers() -> Mapping[str, Mapping[str, Any]]:
    """Return what the files of the package say of each model, in order of the files' names."""
    folder = files("mock_server.models")
    texts = sorted((file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".yaml"))
    return {layer["id"]: layer for layer in (parse_layer(text) for _, text in texts)}
