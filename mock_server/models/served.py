"""What is told of the models that are served: by the command and the banner, and by the control API."""

from collections.abc import Iterator, Mapping

import msgspec

from mock_server.models.layers import PACKAGE
from mock_server.models.pages import Catalogue


class ServedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that is served: what it makes, where its tasks are created, and where what is known of it comes from.

    `sources` says for each part of that (page, price, timing, result and others) which file or default it is from.
    `broken_examples` is what the page's own examples get wrong by its schema; they are taken all the same.
    """

    id: str
    kind: str
    path: str
    operation: str
    page: str
    sources: Mapping[str, str]
    broken_examples: tuple[str, ...]


def list_served(catalogue: Catalogue) -> Iterator[ServedModel]:
    """Yield what is told of each model that is served."""
    for id_, operation in catalogue.operations.of_models.items():
        model = catalogue.models[id_]
        wrong = (f"{each.path or 'the body'} {each.message}" for each in operation.broken_examples)
        yield ServedModel(
            id=id_,
            kind=model.kind,
            path=operation.path,
            operation=operation.id,
            page=operation.page,
            sources={"page": PACKAGE, **model.sources},
            broken_examples=tuple(wrong),
        )


def write_models(catalogue: Catalogue) -> str:
    """Write what is served, a paragraph for each model, and a line for each page that is not."""
    lines: list[str] = []
    for model in list_served(catalogue):
        lines.append(f"{model.id}  {model.kind}  POST {model.path}")
        lines += [f"  {part:<11}{said}" for part, said in model.sources.items()]
        told = "its own example breaks its schema, and is taken all the same"
        lines += [f"  {told}: {wrong}" for wrong in model.broken_examples]
    lines += [f"refused  {page.file}: {page.reason}" for page in catalogue.refused]
    return "".join(f"{line}\n" for line in lines)


def write_summary(catalogue: Catalogue) -> str:
    """Write in a few words what came of the pages of a user: how many are served, and which are not."""
    said = [f"{len(catalogue.files)} served"]
    said += [f"refused {page.file}: {page.reason}" for page in catalogue.refused]
    return "\n             ".join(said)
