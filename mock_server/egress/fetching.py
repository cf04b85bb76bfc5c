"""One file that is fetched, on a connection of its own: what comes is handed on, and nothing of it is kept here."""

from collections.abc import Callable
from typing import Final

from mock_server.core.errors import ApiError
from mock_server.core.http.urls import WebUrl
from mock_server.egress.answer import Answer, AnswerReader
from mock_server.egress.posting import Connection, write_head

FOUND: Final = 200
"""The status of an answer that has the file."""

Take = Callable[[bytes], object]
"""Where a file goes, piece by piece. What it raises as an `ApiError` ends the attempt."""

_HEADERS: Final = (("accept", "*/*"), ("accept-encoding", "identity"), ("user-agent", "evolink-mock/1"))


class ContentReader(AnswerReader):
    """Reads one answer, and hands the body of a good one on.

    Args:
        take: Where it goes.
    """

    def __init__(self, take: Take) -> None:
        super().__init__()
        self.refusal: ApiError | None = None
        self._take = take

    def on_body(self, body: bytes) -> None:
        """Hand on, until it is refused."""
        if self.whole or self.refusal is not None or self.status != FOUND:
            return
        super().on_body(body)
        try:
            self._take(body)
        except ApiError as error:
            self.refusal = error


class Fetching(Connection):
    """A connection that is used to get one file.

    Args:
        take: Where it goes.
    """

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._reader = self._content = ContentReader(take)

    async def get(self, url: WebUrl) -> Answer:
        """Send a request, and return what is answered: once it is whole, or at once if it has no file.

        Raises:
            AnswerError: No whole answer came back.
            ApiError: The file was refused.
            OSError: The connection broke.
        """
        self._transport.write(write_head(url, _HEADERS, method="GET"))
        answer = await self._answered()
        if self._content.refusal is not None:
            raise self._content.refusal  # what was one piece too many came with the end of the answer
        return answer

    def data_received(self, data: bytes) -> None:
        """Read on, as long as there is reason to."""
        self._read(data)
        if self._content.refusal is not None:
            self._end(self._content.refusal)
        elif self._content.status not in {0, FOUND}:
            self._end(self._answer())
