"""The server itself: whether it is up, and what it serves."""

from typing import Literal

from mock_server.control.shapes.base import Shape
from mock_server.models.pages import RefusedPage
from mock_server.models.served import ServedModel


class Health(Shape, frozen=True):
    """What is served."""

    status: Literal["ok"]
    version: str
    models: tuple[str, ...]
    universe: str


class ModelList(Shape, frozen=True):
    """The models that are served, and the pages that are not."""

    models: tuple[ServedModel, ...]
    refused: tuple[RefusedPage, ...]
