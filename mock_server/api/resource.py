"""One path on the wire: which of its operations a request is for, by the method."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.core.errors import MethodNotAllowed


class Resource:
    """An ASGI app for one path: each method has its operation, and no other path is looked at for the rest.

    Args:
        methods: The operations by method; GET serves HEAD too.
    """

    def __init__(self, methods: Mapping[str, ASGIApp]) -> None:
        self.methods = {**methods, "HEAD": methods["GET"]} if "GET" in methods else methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            HTTPException: The path does not have this method.
        """
        endpoint = self.methods.get(scope["method"])
        if endpoint is None:
            raise HTTPException(MethodNotAllowed.status, headers={"Allow": ", ".join(self.methods)})
        await endpoint(scope, receive, send)
