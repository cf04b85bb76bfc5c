"""What a receiver answers, read as it comes in. Of an answer only the status and the size count."""

import httptools
import msgspec

_FIRST_FINAL_STATUS = 200


class AnswerError(Exception):
    """What came is no HTTP answer, or not a whole one. The message says so."""


class Answer(msgspec.Struct, frozen=True):
    """What a receiver answered: the status, and how many bytes its body had."""

    status: int
    size: int


class AnswerReader:
    """Reads one answer. `status` is 0 until its head has come; provisional answers (1xx) are passed over."""

    def __init__(self) -> None:
        self.status = 0
        self.size = 0
        self.whole = False
        self._framed = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take what has come; b"" is the end of the connection.

        Raises:
            AnswerError: It is no answer.
        """
        if self.whole:
            return
        if not data:
            self.whole = self.status > 0 and not self._framed
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.whole:
                raise AnswerError("the answer is not HTTP/1.1") from error

    def on_header(self, name: bytes, value: bytes) -> None:
        """Note whether the answer says where it ends; else it ends with the connection."""
        name = name.lower()
        self._framed |= name == b"content-length" or (name == b"transfer-encoding" and value.lower() == b"chunked")

    def on_headers_complete(self) -> None:
        """Take the status, if it is a final one and not that of something after the answer."""
        status = self._parser.get_status_code()
        if status >= _FIRST_FINAL_STATUS and not self.whole:
            self.status = status

    def on_body(self, body: bytes) -> None:
        """Count."""
        if not self.whole:
            self.size += len(body)

    def on_message_complete(self) -> None:
        """Be done, or begin again after a provisional answer."""
        self.whole = self.status > 0
        self._framed = False
