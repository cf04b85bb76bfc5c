"""What answers say of when to come back, in traffic made by hand."""

from typing import Final

HIGH: Final = {"retry-after": "7"}
DATE: Final = "Sat, 06 Sep 2025 14:42:23 GMT"
YEAR: Final = {"retry-after": "31536000"}


def dated(seconds: int, *, form: str = "Sat, 06 Sep 2025 14:{:02}:{:02} GMT") -> dict[str, str]:
    """Return an answer's Date, and a Retry-After so many seconds later."""
    now = 42 * 60 + 23 + seconds
    return {"date": DATE, "retry-after": form.format(now // 60, now % 60)}
