"""Which models are served from pages, what is known of them, and where that comes from."""

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.core.types import CREDIT, SECOND
from mock_server.models.layers import bundled_models
from mock_server.models.pages import MissingPageError, find_files, open_catalogue
from mock_server.models.served import write_models, write_summary
from openapi.operations import load_operations
from tests.pages.conftest import Open
from tests.pages.writing import envelope, page, write

CHAT = page(path="/v1/chat/completions", answer={"properties": {"id": {}}})
BUNDLED = load_operations().creations[0]


def test_nothing_but_the_package(folder: Path) -> None:
    """Without pages there is what comes with the package."""
    catalogue = open_catalogue()
    assert catalogue.operations is load_operations()
    assert catalogue.models == bundled_models()
    assert (catalogue.files, catalogue.refused) == ({}, ())
    with pytest.raises(MissingPageError, match="is no file and no folder"):
        open_catalogue([str(folder)])


def test_files_of_folders(folder: Path) -> None:
    """Pages are found in folders below, in order, each once; data files and others are not taken for pages."""
    for name in ("b.md", "a.json", "sub/c.yaml", "a.model.yaml", "x.png"):
        write(folder / Path(name).parent, {}, Path(name).name)
    found = find_files([str(folder), str(folder / "a.json")])
    assert [str(path.relative_to(folder)) for path in found] == ["a.json", "b.md", "sub/c.yaml"]


def test_styles_side_by_side(opened: Open) -> None:
    """Pages as JSON, YAML and Markdown are served together, those that cannot be are refused, and others go on."""
    catalogue = opened(
        {
            "one.json": page("one"),
            "two.yaml": page("two", kind="image"),
            "three.md": page("three", kind="audio"),
            "four.json": CHAT,
            "five.txt": {"no": "page"},
        }
    )
    assert {name: catalogue.models[name].kind for name in ("one", "two", "three")} == {
        "one": "video",
        "two": "image",
        "three": "audio",
    }
    assert catalogue.operations.of_models["three"].path == "/v1/audios/generations"
    assert [(Path(each.file).name, each.reason[:30]) for each in catalogue.refused] == [
        ("five.txt", "is no OpenAPI document of vers"),
        ("four.json", "POST /v1/chat/completions: its"),
    ]
    text = write_summary(catalogue)
    assert text.startswith("3 served\n")
    assert "refused" in text
    assert "four.json: POST /v1/chat/completions: its answer is no task" in text


def test_defaults_by_kind(opened: Open) -> None:
    """What nothing says has a default, and what the page's example says of time is taken from there."""
    model = opened({"one.json": page("one")}).models["one"]
    assert (model.timing.estimate, model.timing.run) == (50, (40 * SECOND, 55 * SECOND))
    assert (model.price.rule, model.price.rate) == ("per_second", 5 * CREDIT)
    assert model.sources["price"] == "the defaults for video"
    assert model.sources["timing"].endswith("one.json: its example")


def test_the_price_of_an_example(opened: Open) -> None:
    """A page whose example has a price for each call is served at that price."""
    answer = envelope("image")
    answer["properties"]["usage"]["properties"] = {
        "billing_rule": {"type": "string", "example": "per_call"},
        "credits_reserved": {"type": "number", "example": 2.5},
    }
    answer["properties"]["task_info"] = {}
    model = opened({"one.json": page("one", kind="image", answer=answer)}).models["one"]
    assert (model.price.rule, model.price.rate, model.price.per_call) == ("per_call", 25_000, True)
    assert model.sources["price"].endswith("one.json: its example")
    assert model.timing.estimate == 30


def test_data_beside_a_page(opened: Open, folder: Path) -> None:
    """A file beside the page says what it does not; of several models, each may have its own."""
    write(folder, {"price": {"credits_per_second": 2}, "timing": {"queue_seconds": [0, 0]}}, "pair.model.yaml")
    write(folder, {"id": "two", "result": {"sizes": {"4k": {"16:9": [3840, 2160]}}}}, "two.model.yaml")
    write(folder, {"id": "else", "price": {"credits_per_call": 9}}, "one.model.yaml")
    fields = {"model": {"type": "string", "enum": ["one", "two"]}}
    catalogue = opened({"pair.json": page("one", fields=fields)})
    one, two = catalogue.models["one"], catalogue.models["two"]
    assert (one.price.rate, one.price.rule, one.price.output_field) == (2 * CREDIT, "per_second", "duration")
    assert (one.timing.queue, one.timing.estimate) == ((0, 0), 50)
    assert one.sources["price"].endswith("pair.model.yaml")
    assert one.size({"quality": "1080p", "aspect_ratio": "9:16"}) == (1080, 1920)
    assert two.size({}) == (3840, 2160)
    assert two.sources["result"].endswith("two.model.yaml")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("price: [", "not a model file"),
        ("price: {credits_per_second: 1, credits_per_call: 1}", "one of credits_per_second and credits_per_call"),
        ("result: {suffix: exe}", "Invalid enum value 'exe'"),
        ("frobs: 1", "unknown field `frobs`"),
    ],
)
def test_data_that_is_none(opened: Open, folder: Path, data: str, why: str) -> None:
    """A page with wrong data beside it is refused, and says which file and why."""
    write(folder, {}, "one.model.yaml").write_text(data)
    (refused,) = opened({"one.json": page("one")}).refused
    assert why in refused.reason


def test_a_page_of_a_model_of_the_package(opened: Open) -> None:
    """It takes the place of the package's page, and what the package knows of the model stays."""
    model = BUNDLED.models[0]
    catalogue = opened({f"{BUNDLED.page}.json": page(model, fields={"new": {"type": "string"}})})
    operation = catalogue.operations.of_models[model]
    assert operation.given
    assert operation.page == BUNDLED.page
    assert "new" in operation.body_schema["properties"]
    assert catalogue.models[model].price == bundled_models()[model].price
    assert catalogue.models[model].sources["price"] == "the package"
    assert list(catalogue.operations.of_models).count(model) == 1
    others = {name for name in load_operations().of_models if name != model}
    assert others <= catalogue.operations.of_models.keys()


def test_names_that_are_taken(opened: Open) -> None:
    """Ids and names of pages are made different; a model that another page has is refused."""
    same: dict[str, Any] = {"operationId": "createIt"}
    catalogue = opened(
        {
            "a/get-credits.json": page("one", **same),
            "b/get-credits.json": page("two", **same),
            "c.json": page("three", operationId="makeIt"),
            "d.json": page("three"),
            "e.json": page("four", operationId="createC"),
            "f/c.json": page("five", operationId="createC"),
            "g/c-2.json": page("six", operationId="createC2Generation"),
            "h/c_2.json": page("seven", operationId=""),
        }
    )
    found = {model: (each.page, each.id) for model, each in catalogue.operations.of_models.items() if each.given}
    assert found == {
        "one": ("get-credits-2", "createIt"),
        "two": ("get-credits-3", "createGetCredits3Generation"),
        "three": ("c", "createCGeneration"),
        "four": ("e", "createC"),
        "five": ("c-2", "createC2Generation"),
        "six": ("c-2-2", "createC22Generation"),
        "seven": ("c_2", "createC2"),
    }
    (refused,) = catalogue.refused
    assert refused.reason.startswith("three is served from another page already: ")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (page(fields={"a": {"type": "strange"}}), "its schema is none"),
        (page(fields={"a": {"pattern": "(?<=a)b"}}), "its schema is none"),
        ({**page(), "paths": {"/v1/a": {"post": {"requestBody": 5}}}}, "is not formed as OpenAPI has it"),
    ],
)
def test_pages_that_are_broken(opened: Open, document: dict[str, Any], why: str) -> None:
    """What a page gets wrong is told when it is read, and not when somebody asks for its model."""
    (refused,) = opened({"one.json": document}).refused
    assert why in refused.reason


def test_files_that_cannot_be_read(opened: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are refused like other pages."""
    write(folder, {}, "latin.json").write_bytes(b"\xff\xfe")
    kept = Path.read_text

    def read(path: Path, *arguments: Any) -> str:
        if path.name == "one.json":
            raise PermissionError(13, os.strerror(13))
        return kept(path, *arguments)

    monkeypatch.setattr(Path, "read_text", read)
    catalogue = opened({"one.json": page("one")})
    assert [each.reason for each in catalogue.refused] == [
        "is no text in UTF-8",
        "cannot be read: Permission denied",
    ]


def test_the_list_of_models(opened: Open) -> None:
    """It says where each part comes from, and what the page's own example gets wrong."""
    catalogue = opened({"one.json": page("one", example={"model": "one"}), "chat.json": CHAT})
    lines = write_models(catalogue).splitlines()
    start = lines.index("one  video  POST /v1/videos/generations")
    assert lines[start + 1].startswith("  page       ")
    assert lines[start + 1].endswith("one.json")
    assert "  price      the defaults for video" in lines[start:]
    assert "  its own example breaks its schema, and is taken all the same: prompt is required" in lines
    assert lines[-1].startswith("refused  ")
    assert f"{BUNDLED.models[0]}  video  POST /v1/videos/generations" in lines


def test_the_command(folder: Path) -> None:
    """`evolink-mock models` takes the pages that `serve` takes, from the same places."""
    file = write(folder, page("one"))
    told = CliRunner().invoke(main, ["models", "--page", str(file)])
    assert told.exit_code == 0
    assert "one  video  POST" in told.output
    told = CliRunner().invoke(main, ["models"], env={"EVOLINK_MOCK_PAGES": str(folder)})
    assert "one  video  POST" in told.output
    config = folder / "settings.cfg"
    config.write_text(f"pages: ['{file}']\n")
    told = CliRunner().invoke(main, ["models", "--config", str(config)])
    assert "one  video  POST" in told.output
    told = CliRunner().invoke(main, ["models", "--page", "nowhere.json"])
    assert (told.exit_code, told.stderr) == (2, "Error: pages: nowhere.json is no file and no folder\n")
