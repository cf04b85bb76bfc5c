"""Base64 text, bare or as a data URL, decoded as it comes in."""

from binascii import Error, a2b_base64
from collections.abc import Callable
from typing import Final

from mock_server.core.errors import InvalidRequest

_SPACES: Final = b" \t\r\n"
_SCHEME: Final = b"data:"
_LONGEST_HEAD: Final = 256
_GROUP: Final = 4


class Base64Reader:
    """Decodes a text. What a data URL says about the type is not looked at; padding may be left out.

    Args:
        take: Where the bytes go, piece by piece.
    """

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self._head: bytearray | None = bytearray()
        self._left = b""
        self._ended = False

    def feed(self, text: bytes) -> None:
        """Take a piece of the text.

        Raises:
            InvalidRequest: It is no base64.
        """
        if self._head is not None:
            self._head += text
            text = self._past_head()
        self._decode(self._left + text.translate(None, _SPACES))

    def finish(self) -> None:
        """Take what is left, once all has come.

        Raises:
            InvalidRequest: It is no base64.
        """
        if self._head is not None:
            text, self._head = bytes(self._head), None
            if _is_data_url(text):
                raise _refusal("is a data URL without a comma")
            self._decode(text.translate(None, _SPACES))
        if self._left:
            self._put(self._left + b"=" * (-len(self._left) % _GROUP))

    def _past_head(self) -> bytes:
        """Return what has come after the head of a data URL, or all if it is none; nothing while that is open."""
        head = bytes(self._head or b"")
        if len(head) < len(_SCHEME) or (_is_data_url(head) and b"," not in head[:_LONGEST_HEAD]):
            if len(head) > _LONGEST_HEAD:
                raise _refusal("is a data URL without a comma")
            return b""
        self._head = None
        if not _is_data_url(head):
            return head
        said, _, text = head.partition(b",")
        if not said.lower().endswith(b";base64"):
            raise _refusal("is a data URL that is not base64")
        return text

    def _decode(self, text: bytes) -> None:
        """Decode whole groups, and keep what is left of one."""
        whole = len(text) - len(text) % _GROUP
        self._left = text[whole:]
        if whole:
            self._put(text[:whole])

    def _put(self, text: bytes) -> None:
        if self._ended:
            raise _refusal("goes on after its padding")
        self._ended = text.endswith(b"=")
        try:
            self._take(a2b_base64(text, strict_mode=True))
        except (Error, ValueError) as error:
            raise _refusal(f"is not base64 ({str(error).lower()})") from error


def _is_data_url(text: bytes) -> bool:
    return text[: len(_SCHEME)].lower() == _SCHEME


def _refusal(said: str) -> InvalidRequest:
    return InvalidRequest(f"base64_data {said}", param="base64_data", clauses=("FILE-UPLOAD-BASE64",))
