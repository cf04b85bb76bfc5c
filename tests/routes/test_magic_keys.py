"""The keys that stand for an error, on every operation."""

import httpx2
import pytest

from openapi.operations import PublishedError, load_operations
from tests.serving import CREATE, bearer, create, example

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

OPERATIONS = {
    "createWan26ReferenceVideoFlashGeneration": ("POST", CREATE, example()),
    "getTaskDetail": ("GET", "/v1/tasks/task-unified-1757169743-7cvnl5zw", None),
    "listTasks": ("GET", "/v1/tasks", None),
    "batchGetTasks": ("POST", "/v1/tasks/batch", {"task_ids": ["task-unified-1757169743-7cvnl5zw"]}),
    "getCredits": ("GET", "/v1/credits", None),
    "listModels": ("GET", "/v1/models", None),
    "getModel": ("GET", "/v1/models/wan2.6-reference-video-flash", None),
}


async def call(client: httpx2.AsyncClient, operation: str, headers: dict[str, str]) -> httpx2.Response:
    """Call an operation in a way that it would accept."""
    method, path, body = OPERATIONS[operation]
    return await client.request(method, path, json=body, headers=headers)


def shown(error: PublishedError) -> dict[str, object]:
    """Return the body that a page's example stands for."""
    body: dict[str, object] = {"code": error.code, "message": error.message, "type": error.type}
    return body if error.fallback_suggestion is None else {**body, "fallback_suggestion": error.fallback_suggestion}


@pytest.mark.clauses(
    "AUTH-401", "ERR-401", "ERR-429", "ERR-500", "TASK-401", "TASK-429", "TASK-500", "CRED-401", "CRED-429", "CRED-500"
)
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("key", "status"), [("unauthorized", 401), ("rate-limited", 429), ("broken", 500)])
async def test_errors_everywhere(client: httpx2.AsyncClient, operation: str, key: str, status: int) -> None:
    """The same error comes in the words of each page."""
    answer = await call(client, operation, bearer(f"sk-mock-{key}"))
    assert answer.status_code == status
    assert answer.json()["error"] == shown(load_operations()[operation].errors[status])


@pytest.mark.clauses("HTTP-RETRY-AFTER")
async def test_rate_limited_says_when(client: httpx2.AsyncClient) -> None:
    """Half a minute, so that a client's patience can be seen."""
    answer = await call(client, "listTasks", bearer("sk-mock-rate-limited"))
    assert answer.headers["retry-after"] == "30"


@pytest.mark.clauses("AUTH-BEARER", "AUTH-401", "ERR-401")
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer",  "Basic c2stdGVzdA==", "sk-test", "Bearer test", "Bearer sk-", "Bearer sk-a b",
     "Bearer sk-" + "a" * 254],
    ids=["none", "empty", "no key",  "another scheme", "no scheme", "no prefix", "a prefix alone",
         "a space", "too long"],
)  # fmt: skip
async def test_what_is_no_key(client: httpx2.AsyncClient, operation: str, authorization: str | None) -> None:
    """Without a bearer key that looks like one, every operation answers 401 and names the scheme."""
    del client.headers["authorization"]
    answer = await call(client, operation, {} if authorization is None else {"authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["error"] == shown(load_operations()[operation].errors[401])


@pytest.mark.clauses("AUTH-BEARER")
@pytest.mark.parametrize(
    "authorization", ["Bearer sk-a", "bearer sk-a", "BEARER   sk-A.b_c-1", "Bearer sk-" + "a" * 253]
)
async def test_what_is_a_key(client: httpx2.AsyncClient, authorization: str) -> None:
    """Any key that looks like one opens an account."""
    answer = await client.get("/v1/credits", headers={"authorization": authorization})
    assert answer.json()["data"]["user"]["remaining_credits"] == 1_000


@pytest.mark.clauses("ERR-402")
async def test_no_credit(client: httpx2.AsyncClient) -> None:
    """This account opens with nothing: it can read, and cannot create."""
    headers = bearer("sk-mock-no-credit")
    answer = await call(client, "createWan26ReferenceVideoFlashGeneration", headers)
    assert answer.status_code == 402
    assert answer.json()["error"]["code"] == "insufficient_quota"
    assert (await client.get("/v1/credits", headers=headers)).json()["data"]["user"]["remaining_credits"] == 0
    assert (await client.get("/v1/tasks", headers=headers)).json()["total"] == 0


@pytest.mark.clauses("ERR-403")
async def test_no_access(client: httpx2.AsyncClient) -> None:
    """This key may use no model, and the message names the one that it asked for."""
    answer = await call(client, "createWan26ReferenceVideoFlashGeneration", bearer("sk-mock-no-access"))
    assert answer.status_code == 403
    assert answer.json()["error"] == {
        "code": "model_access_denied",
        "message": "Token does not have access to model: wan2.6-reference-video-flash",
        "type": "invalid_request_error",
    }


async def test_magic_keys_live_in_the_default_universe(client: httpx2.AsyncClient) -> None:
    """What looks like the name of a universe in them is none."""
    task = await create(client)
    answer = await client.get(f"/v1/tasks/{task['id']}", headers=bearer("sk-mock-no-credit"))
    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["sk-mock-unauthorized", "sk-mock-rate-limited", "sk-mock-broken"])
async def test_the_key_comes_first(client: httpx2.AsyncClient, key: str) -> None:
    """A request that is wrong in every way hears of its key before anything else."""
    answer = await client.post(CREATE, content=b"{", headers=bearer(key))
    assert answer.status_code in {401, 429, 500}


async def test_the_request_comes_before_the_balance(client: httpx2.AsyncClient) -> None:
    """A request that is wrong and cannot be paid for hears that it is wrong; one that is closed, that it is closed."""
    for key in ("sk-mock-no-credit", "sk-mock-no-access"):
        answer = await client.post(CREATE, json=example(duration=99), headers=bearer(key))
        assert answer.status_code == 400
