"""What is told of the models that are served: by the command and the banner, and by the control API."""

from collections.abc import Iterator, Mapping

import msgspec

from mock_server.models.pages import PACKAGE, Catalogue


class Row(msgspec.Struct, frozen=True):
    """What is told of a model that is served; `broken_examples` is what its page's examples get wrong by its schema."""

    id: str
    kind: str
    path: str
    operation: str
    page: str
    sources: Mapping[str, str]
    broken_examples: tuple[str, ...]


def list_served(catalogue: Catalogue) -> Iterator[Row]:
    """Yield what is told of each model that is served."""
    for id_, operation in catalogue.operations.of_models.items():
        model = catalogue.models[id_]
        wrong = (f"{each.path or 'the body'} {each.message}" for each in operation.broken_examples)
        yield Row(
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
    for row in list_served(catalogue):
        lines += [
            f"{row.id}  {row.kind}  POST {row.path}",
            *(f"  {part:<11}{said}" for part, said in row.sources.items()),
        ]
        lines += [
            f"  its own example breaks its schema, and is taken all the same: {wrong}" for wrong in row.broken_examples
        ]
    lines += [f"refused  {page.file}: {page.reason}" for page in catalogue.refused]
    return "".join(f"{line}\n" for line in lines)


def write_summary(catalogue: Catalogue) -> str:
    """Write in a few words what came of the pages of a user: how many are served, and which are not."""
    said = [f"{len(catalogue.files)} served"]
    said += [f"refused {page.file}: {page.reason}" for page in catalogue.refused]
    return "\n             ".join(said)
