"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked with what its description allows and with what it forbids, about an endpoint
that is there where the path names one. What fits the description may be refused, for rules that no
schema can tell; every refusal must explain itself.
"""

from collections.abc import Iterator

import httpx2
import pytest
import schemathesis
from messaging.topology import archive
from schemathesis.generation import GenerationMode
from subscribers.main import SERVICE

from services.subscribers.tests.api import ALL, SEAL_KEY
from tests.described import Case, Schema, ask, operations_of, served
from tests.tokens import a_token

OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
BASE = "/api/subscribers/v1"
OPERATIONS = operations_of(SERVICE)
SETTINGS = {
    "secret_keys": SEAL_KEY,
    "allowed_networks": "127.0.0.0/8",
    "broker_url": None,
    "webhook_timeout": 1,
}
ASKED = [
    pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")
    for path, method in OPERATIONS
    for mode in GenerationMode
    # The AsyncAPI document takes nothing that could be wrong.
    if not (path.endswith("/asyncapi") and mode is GenerationMode.NEGATIVE)
]


@pytest.fixture(scope="module")
def address(subscribers_session_database: str) -> Iterator[str]:
    with served(SERVICE, subscribers_session_database, queues=[archive()], known=SETTINGS) as at:
        yield at


@pytest.fixture(scope="module")
def described(address: str) -> Schema:
    return schemathesis.openapi.from_url(f"{address}{BASE}/openapi.json")


@pytest.fixture(scope="module")
def endpoint_id(address: str) -> str:
    body = {"name": "erp", "url": "http://127.0.0.1:9/", "types": ["#"]}
    headers = {**OURS, "Idempotency-Key": "one"}
    made = httpx2.post(f"{address}{BASE}/endpoints", json=body, headers=headers)
    return made.raise_for_status().json()["id"]


@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, endpoint_id: str, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""

    def about(case: Case) -> Case:
        known = "endpoint_id" in case.path_parameters and method != "DELETE"
        if known and mode is GenerationMode.POSITIVE:
            case.path_parameters = {"endpoint_id": endpoint_id}
        return case

    ask(described[path][method].as_strategy(generation_mode=mode).map(about), OURS)
