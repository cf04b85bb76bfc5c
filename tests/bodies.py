"""Bodies of answers: a task, whole, at each stage of the published example's life, and what a bad request is told."""

from typing import Any, Final

TASK_ID: Final = "task-unified-1757169743-7cvnl5zw"

_BILLED: Final = {
    "charge_status": "reserved",
    "charged_credits": 0,
    "refund_scope": "account_balance",
    "refund_status": "not_required",
    "refunded_credits": 0,
    "reserved_credits": 23.8,
}
_USED: Final = {"billing_rule": "per_second", "credits_reserved": 23.8, "user_group": "default"}

PENDING: Final[dict[str, Any]] = {
    "billing": _BILLED,
    "created": 1757169743,
    "id": TASK_ID,
    "model": "wan2.6-reference-video-flash",
    "object": "video.generation.task",
    "progress": 0,
    "status": "pending",
    "task_info": {"can_cancel": True, "estimated_time": 120},
    "type": "video",
    "usage": _USED,
}
"""As its creation is answered."""

COMPLETED: Final[dict[str, Any]] = {
    **PENDING,
    "billing": {**_BILLED, "charge_status": "charged", "charged_credits": 23.8},
    "progress": 100,
    "status": "completed",
    "task_info": {"can_cancel": False},
    "usage": {**_USED, "credits_used": 23.8, "cost": {"credits": 23.8, "usd": 0.35, "cny": 2.38}},
}
"""Without its links and how long it took."""

FAILED: Final[dict[str, Any]] = {
    **PENDING,
    "billing": {
        **_BILLED,
        "charge_status": "released",
        "refund_status": "completed",
        "refunded_credits": 23.8,
        "refunded_at": "2025-09-06T14:43:23Z",
    },
    "status": "failed",
    "task_info": {"can_cancel": False},
}
"""A minute after its creation, without its error and how long it took."""


def invalid_request(message: str, param: str | None = None) -> dict[str, Any]:
    """Return the error of a request that its page does not allow, which names the parameter if it is about one."""
    error = {
        "code": "invalid_request",
        "message": f"Invalid request parameters: {message}",
        "type": "invalid_request_error",
    }
    return error if param is None else {**error, "param": param}
