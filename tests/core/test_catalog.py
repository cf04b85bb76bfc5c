from fractions import Fraction
from importlib.resources import files

import msgspec
import pytest

from mock_server.core.models.model import Layer, Model, ModelFileError, make_model, parse_layer
from mock_server.core.models.references import ReferenceRules
from mock_server.core.tasks.billing import Factor, Price
from mock_server.core.tasks.timeline import Timing
from mock_server.core.types import CREDIT, SECOND
from tests.core.model_files import parse_model

PLAIN = """
id: sketch-1
page: sketch-1
object: image.generation.task
type: image
created: 1772496000
owned_by: nobody
result: {folder: images, suffix: png}
price:
  rule: per_call
  credits_per_second: 0.5
  minimum_credits: 1.25
  output: {field: seconds, default: 2.5}
timing:
  queue_seconds: [0, 0.25]
  run_seconds: [1, 1]
  estimate_seconds: 0
"""


REFERENCES = "references: [{field: videos, formats: [avi], seconds: [2, 30], bytes: 100}]"


@pytest.mark.clauses("BILL-IN-1", "BILL-IN-2", "BILL-IN-3", "BILL-1080P", "AUDIO-EFFECT")
def test_the_file_of_the_model_is_exact() -> None:
    """The model's decimals become whole microcredits and microseconds and exact fractions."""
    flash = parse_model(files("mock_server").joinpath("models/wan2.6-reference-video-flash.yaml").read_bytes())
    assert (flash.listing.sku, flash.kind) == ("1332", "video")
    assert flash.price == Price(
        rule="per_second",
        rate=23_800,
        minimum=9 * CREDIT,
        factors=(
            Factor("quality", "720p", {"720p": Fraction(1), "1080p": Fraction(167, 100)}),
            Factor("generate_audio", "true", {"true": Fraction(1), "false": Fraction(1, 2)}),
        ),
        input_caps=(5_000_000, 2_500_000, 1_650_000),
        input_default=5 * SECOND,
    )
    assert flash.timing == Timing(queue=(1 * SECOND, 4 * SECOND), run=(95 * SECOND, 135 * SECOND), estimate=120)


def test_a_model_without_inputs_or_options() -> None:
    """A model file may leave out what its model does not have."""
    model = parse_model(PLAIN.encode())
    assert model == Model(
        id="sketch-1",
        page="sketch-1",
        object="image.generation.task",
        type="image",
        created=1_772_496_000,
        owned_by="nobody",
        folder="images",
        suffix="png",
        price=Price("per_call", 5_000, 12_500, output_field="seconds", output_default=2_500_000),
        timing=Timing(queue=(0, 250_000), run=(SECOND, SECOND), estimate=0),
        kind="image",
        sources=dict.fromkeys(("price", "timing", "result"), "the package"),
    )


@pytest.mark.clauses("VIDEO-FORMAT", "VIDEO-LENGTH", "VIDEO-SIZE")
def test_a_model_says_what_its_references_must_be() -> None:
    """Their field, their formats, and how long and how large they may be."""
    model = parse_model((PLAIN + REFERENCES.replace("2,", "0.5,")).encode())
    assert model.references == (ReferenceRules("videos", ("avi",), 500_000, 30 * SECOND, 100),)


@pytest.mark.clauses("IMAGE-FORMAT", "IMAGE-PIXELS", "IMAGE-OPAQUE", "SOUND-LENGTH")
@pytest.mark.parametrize(
    ("form", "rules"),
    [
        (
            "field: picture, formats: [png], bytes: 9, kind: image, single: true, pixels: [8, 9], transparent: false",
            ReferenceRules("picture", ("png",), 0, 0, 9, "image", single=True, pixels=(8, 9), transparent=False),
        ),
        (
            "field: sounds, formats: [mp3], bytes: 9, kind: audio, seconds: [3, 3]",
            ReferenceRules("sounds", ("mp3",), 3 * SECOND, 3 * SECOND, 9, "audio"),
        ),
    ],
)
def test_pictures_and_sounds_have_rules_of_their_own(form: str, rules: ReferenceRules) -> None:
    """Pictures have no length but sides, and may have to be opaque; one length alone may be allowed."""
    assert parse_model(f"{PLAIN}references: [{{{form}}}]".encode()).references == (rules,)


def test_a_price_may_be_for_the_call() -> None:
    """The rule is named after it, where it has no name."""
    price = parse_model(PLAIN.replace("per_call", "null").replace("per_second", "per_call").encode()).price
    assert (price.rule, price.per_call, price.rate) == ("per_call", True, 5_000)
    price = parse_model(PLAIN.replace("per_call", "null").encode()).price
    assert (price.rule, price.per_call) == ("per_second", False)


@pytest.mark.clauses("QUALITY-DEFAULT", "RATIO-DEFAULT")
@pytest.mark.parametrize(
    ("request_", "size"),
    [
        ({}, (1280, 720)),
        ({"quality": "1080p"}, (1920, 1080)),
        ({"aspect_ratio": "9:16"}, (720, 1280)),
        ({"quality": "1080p", "aspect_ratio": "1:1"}, (1440, 1440)),
        ({"quality": "4k", "aspect_ratio": None}, (1280, 720)),
        ({"quality": ["1080p"]}, (1280, 720)),
        ({"aspect_ratio": "64x4096"}, (64, 4096)),
        ({"aspect_ratio": "100X80"}, (100, 80)),
        ({"aspect_ratio": "100*80", "quality": "1080p"}, (100, 80)),
        ({"aspect_ratio": "101x80"}, (1280, 720)),
        ({"aspect_ratio": "100x81"}, (1280, 720)),
        ({"aspect_ratio": "62x80"}, (1280, 720)),
        ({"aspect_ratio": "80x4098"}, (1280, 720)),
        ({"aspect_ratio": "100x"}, (1280, 720)),
    ],
)
def test_a_request_chooses_the_size_of_its_result(
    flash: Model, request_: dict[str, object], size: tuple[int, int]
) -> None:
    """By quality and ratio, the first of the model where it names none of them, or by a size that can be drawn."""
    assert flash.size(request_) == size


def test_other_fields_may_choose_the_size() -> None:
    """The first that names something counts; a model without sizes has none but those that a request names itself."""
    result = "result: {folder: i, suffix: png, ratio_fields: [size, ratio], quality_fields: [class, grade]SIZES}"
    sizes = ", sizes: {low: {a: [64, 64], b: [66, 66]}, high: {a: [68, 68], b: [70, 70]}}"
    text = PLAIN.replace("result: {folder: images, suffix: png}", result)
    model, bare = (parse_model(text.replace("SIZES", said).encode()) for said in (sizes, ""))
    assert model.size({"ratio": "b", "class": "high"}) == (70, 70)
    assert model.size({"ratio": "b", "size": "a", "grade": "high", "class": "none"}) == (68, 68)
    assert model.size({"ratio": "80x80", "size": "a"}) == (80, 80)
    assert bare.size({"ratio": "80x80"}) == (80, 80)
    assert bare.size({"ratio": "b"}) is None


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("id: sketch-1", "", "missing required field `id`"),
        ("owned_by: nobody", "owner: nobody", "unknown field `owner`"),
        ("created: 1772496000", "created: yesterday", "`$.created`"),
        ("{folder: images, suffix: png}", "images", "`$.result`"),
        ("{field: seconds, default: 2.5}", "{field: seconds, default: soon}", "`$.price.output.default`"),
        ("{field: seconds, default: 2.5}", "{field: seconds, default: -1}", "`$.price.output`"),
        ("credits_per_second: 0.5", "credits_per_second: -0.5", "not below zero - at `$.price`"),
        ("minimum_credits: 1.25", "minimum_credits: .nan", "`$.price`"),
        ("rule: per_call", "rule: per_call\n  input: {caps: [5, -1], default: 5}", "`$.price.input`"),
        ("rule: per_call", "rule: per_call\n  input: {caps: [5], default: -1}", "`$.price.input`"),
        ("rule: per_call", "credits_per_call: 1", "one of credits_per_second and credits_per_call - at `$.price`"),
        ("credits_per_second: 0.5", "", "one of credits_per_second and credits_per_call - at `$.price`"),
        ("rule: per_call", "rule: per_call\n  input: {caps: [5]}", "missing required field `default`"),
        (
            "rule: per_call",
            "rule: p\n  factors: {q: {default: x, values: {y: 1}}}",
            "default 'x' is none of the values",
        ),
        ("rule: per_call", "rule: p\n  factors: {q: {default: x, values: {x: -1}}}", "`$.price.factors[...]`"),
        ("run_seconds: [1, 1]", "run_seconds: [1]", "`$.timing.run_seconds`"),
        ("run_seconds: [1, 1]", "run_seconds: [1, .inf]", "`$.timing`"),
        ("queue_seconds: [0, 0.25]", "queue_seconds: [-1, 1]", "not below zero - at `$.timing`"),
        ("run_seconds: [1, 1]", "run_seconds: [2, 1]", "run_seconds must be the shortest and then"),
        ("queue_seconds: [0, 0.25]", "queue_seconds: [2, 1]", "queue_seconds must be the shortest and then"),
        ("estimate_seconds: 0", "estimate_seconds: -1", "`$.timing`"),
        ("type: image", "type: image\nreferences: [{field: videos}]", "missing required field `formats`"),
        ("type: image", "type: image\n" + REFERENCES.replace("seconds: [2, 30], ", ""), "seconds are missing"),
        ("type: image", "type: image\n" + REFERENCES.replace("2, 30", "30, 2"), "the shortest and then the longest"),
        ("type: image", "type: image\n" + REFERENCES.replace("2, 30", "-2, 30"), "`$.references[0]`"),
        ("type: image", "type: image\n" + REFERENCES.replace("2, 30", "2, .inf"), "`$.references[0]`"),
        ("type: image", "type: image\n" + REFERENCES.replace("100", "-1"), "`$.references[0]`"),
        ("type: image", "type: [image", "not a model file"),
        ("type: image", "type: image\x00", "not a model file"),
    ],
)
def test_a_bad_model_file_is_told_where(line: str, instead: str, said: str) -> None:
    """What is missing, unknown, of another type or out of bounds is named in the message."""
    assert line in PLAIN
    with pytest.raises(ModelFileError) as caught:
        parse_model(PLAIN.replace(line, instead).encode())
    assert str(caught.value).startswith("not a model file: ")
    assert said in str(caught.value)


def test_a_model_is_said_in_layers() -> None:
    """The last that says something is believed: of a part value by value, but of a price as a whole."""
    first = Layer("the package", parse_layer(PLAIN.encode()))
    price, timing = {"credits_per_call": "3"}, {"estimate_seconds": "7"}
    model = make_model(first, Layer("a file", {"owned_by": "somebody", "price": price, "timing": timing}))
    plain = make_model(first)
    assert model == msgspec.structs.replace(
        plain,
        owned_by="somebody",
        price=Price("per_call", 30_000, 0, output_default=5 * SECOND, per_call=True),
        timing=Timing(queue=plain.timing.queue, run=plain.timing.run, estimate=7),
        sources={"price": "a file", "timing": "a file", "result": "the package"},
    )


@pytest.mark.parametrize(("said", "kind"), [("type: image", "image"), ("type: sketch", "video")])
def test_what_a_model_makes_follows_from_its_type(said: str, kind: str) -> None:
    """Where it does not say it; a type of another name makes videos."""
    assert parse_model(PLAIN.replace("type: image", said).encode()).kind == kind
    assert parse_model(PLAIN.replace("type: image", f"{said}\nkind: audio").encode()).kind == "audio"


def test_bytes_that_are_no_text_are_no_model_file() -> None:
    """A file in no encoding that YAML knows is refused like any other."""
    with pytest.raises(ModelFileError, match="not a model file"):
        parse_model(b"id: \xff\xfe")
