from importlib.resources import files

import msgspec
import pytest

from mock_server.core.models.model import Model, ModelFileError
from tests.core.model_files import parse_model

FILE = files("mock_server").joinpath("models/wan2.6-reference-video-flash.yaml").read_bytes()


@pytest.fixture(scope="module")
def model() -> Model:
    """The model that is served."""
    return parse_model(FILE)


@pytest.mark.clauses("RATIO-VALUES", "QUALITY-VALUES")
def test_the_model_has_a_size_for_each_quality_and_ratio(model: Model) -> None:
    """Every choice of the page has a size, whose sides are in that ratio to within two hundredths."""
    assert set(model.sizes) == {"720p", "1080p"}
    for ratios in model.sizes.values():
        assert set(ratios) == {"16:9", "9:16", "1:1", "4:3", "3:4"}
        for ratio, (width, height) in ratios.items():
            across, down = map(int, ratio.split(":"))
            assert width / height == pytest.approx(across / down, rel=0.02)


def test_a_quality_has_a_number_of_pixels(model: Model) -> None:
    """Whatever the ratio, to within two hundredths."""
    for quality, pixels in (("720p", 1280 * 720), ("1080p", 1920 * 1080)):
        assert all(width * height == pytest.approx(pixels, rel=0.02) for width, height in model.sizes[quality].values())


@pytest.mark.parametrize("size", ["[1281, 720]", "[0, 720]", "[1280, 4098]", "[-2, 2]"])
def test_a_size_that_cannot_be_is_refused(size: str) -> None:
    """Video has even sides, and no model has larger ones."""
    with pytest.raises(ModelFileError, match=r"even numbers of pixels from 64 to 4096 - at `\$\.result`"):
        parse_model(FILE.replace(b"[1280, 720]", size.encode()))


def test_a_model_may_have_no_sizes() -> None:
    """A model whose file says none has none."""
    form = msgspec.yaml.decode(FILE)
    del form["result"]["sizes"]
    assert parse_model(msgspec.yaml.encode(form)).sizes == {}
