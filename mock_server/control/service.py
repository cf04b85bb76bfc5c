"""What the control API tells of the server itself."""

from importlib.metadata import version

from mock_server.control.errors import MissingExtra
from mock_server.control.metrics import MEDIA_TYPE, available, write_metrics
from mock_server.control.operation import Content, Nothing, Request
from mock_server.control.shapes import Health, ModelList
from mock_server.models.served import list_served


async def show_health(request: Request[Nothing, Nothing]) -> Health:
    """Tell that the server is up, and what it serves."""
    return Health(
        status="ok", version=version("evolink-mock"), models=tuple(request.simulator.models), universe=request.named
    )


async def list_models(request: Request[Nothing, Nothing]) -> ModelList:
    """List the models that are served, each with where what is known of it comes from, and the pages that are not."""
    catalogue = request.simulator.catalogue
    return ModelList(models=tuple(list_served(catalogue)), refused=catalogue.refused)


async def show_metrics(request: Request[Nothing, Nothing]) -> Content:
    """Show what the server has counted, in the form that Prometheus reads."""
    if not available():
        raise MissingExtra("metrics need prometheus-client: pip install 'evolink-mock[metrics]'")
    return Content(await write_metrics(request.simulator), MEDIA_TYPE)
