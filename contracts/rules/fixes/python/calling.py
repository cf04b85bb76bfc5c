"""One call of the API, tried again where that can help: reads, and creates that have an idempotency key."""

import time

import httpx

from .errors import ApiError, error_of
from .waiting import pause

MAY_PASS = {408, 425, 429, 500, 502, 503, 504}
MOST_ATTEMPTS = 5

Trouble = httpx.TransportError | ValueError | ApiError


def call(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Return the answer to a request, which is JSON that can be read.

    Raises:
        ApiError: The API refused it.
        httpx.TransportError: No answer came, or not all of it.
        ValueError: It cannot be read.
    """
    attempt = 0
    while True:
        attempt += 1
        answer = None
        trouble: Trouble
        try:
            answer = client.send(request)
            if answer.is_success:
                answer.json()
                return answer
            trouble = error_of(answer)
        except (httpx.TransportError, ValueError) as error:
            trouble = error
        if attempt == MOST_ATTEMPTS or not may_pass(trouble):
            raise trouble
        time.sleep(pause(attempt, answer))


def may_pass(trouble: Exception) -> bool:
    """Tell whether the same may work later: a lost answer may, a refusal of what was asked may not."""
    return not isinstance(trouble, ApiError) or trouble.status in MAY_PASS
