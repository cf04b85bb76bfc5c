from fractions import Fraction

import pytest

from mock_server.core.billing import Factor, Price
from mock_server.core.catalog import Model, ModelFileError, by_id, parse_model
from mock_server.core.references import ReferenceRules
from mock_server.core.timeline import Timing
from mock_server.core.types import CREDIT, SECOND

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
def test_the_file_of_the_model_is_exact(flash: Model) -> None:
    """The model's decimals become whole microcredits and microseconds and exact fractions."""
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


def test_models_are_indexed_in_their_order(flash: Model) -> None:
    """Models are found by their ids, and listed in the order given."""
    sketch = parse_model(PLAIN.encode())
    assert list(by_id((sketch, flash)).items()) == [("sketch-1", sketch), (flash.id, flash)]


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
        ("rule: per_call", "rule: per_call\n  input: {caps: [5]}", "missing required field `default`"),
        (
            "rule: per_call",
            "rule: p\n  factors: {q: {default: x, values: {y: 1}}}",
            "default 'x' is none of the values",
        ),
        ("rule: per_call", "rule: p\n  factors: {q: {default: x, values: {x: -1}}}", "`$.price.factors[...]`"),
        ("run_seconds: [1, 1]", "run_seconds: [1]", "`$.timing.run_seconds`"),
        ("run_seconds: [1, 1]", "run_seconds: [1, .inf]", "`$.timing`"),
        ("queue_seconds: [0, 0.25]", "queue_seconds: [2, 1]", "queue_seconds must be the shortest and then"),
        ("estimate_seconds: 0", "estimate_seconds: -1", "`$.timing`"),
        ("type: image", "type: image\nreferences: [{field: videos}]", "missing required field `formats`"),
        ("type: image", "type: image\n" + REFERENCES.replace("seconds: [2, 30], ", ""), "seconds are missing"),
        ("type: image", "type: image\n" + REFERENCES.replace("2, 30", "30, 2"), "the shortest and then the longest"),
        ("type: image", "type: image\n" + REFERENCES.replace("2, 30", "-2, 30"), "`$.references[0]`"),
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


def test_bytes_that_are_no_text_are_no_model_file() -> None:
    """A file in no encoding that YAML knows is refused like any other."""
    with pytest.raises(ModelFileError, match="not a model file"):
        parse_model(b"id: \xff\xfe")
