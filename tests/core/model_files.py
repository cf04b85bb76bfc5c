"""Model files as tests write them: those that say everything."""

from mock_server.core.models.model import Layer, Model, make_model, parse_layer


def parse_model(text: bytes) -> Model:
    """Read a model file."""
    return make_model(Layer("the package", parse_layer(text)))
