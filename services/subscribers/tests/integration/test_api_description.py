"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked with what its description allows and with what it forbids, about an endpoint
that is there where the path names one. What fits the description may be refused, for rules that no
schema can tell; every refusal must explain itself.
"""

import asyncio
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import httpx2
import pytest
import schemathesis
from chassis.service import build_api, open_runtime
from chassis.serving import listen, serving
from chassis.tokens import StaticKeys, Tokens
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from joserfc.jwk import KeySet
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.topology import archive
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from subscribers.main import SERVICE

from services.subscribers.tests.api import ALL, KEY, a_token

# Schemathesis does not say what its types are made of.
Schema: TypeAlias = Any
Case: TypeAlias = Any
openapi: Any = checks
OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
BASE = "/api/subscribers/v1"
OPERATIONS = sorted(
    (route.path, method)
    for router in SERVICE.routers
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


@contextmanager
def served(database_url: str) -> Generator[str]:
    """Serve the API from a thread of its own; gives its address."""
    started, ended = threading.Event(), threading.Event()
    listening = listen("127.0.0.1", 0)

    async def serve() -> None:
        known = {"allowed_networks": "127.0.0.0/8", "broker_url": None, "webhook_timeout": 1}
        read = SERVICE.settings.of("subscribers", database_url=database_url, **known)
        transport = EmbeddedTransport(EmbeddedHub([archive()]), "subscribers")
        async with open_runtime(SERVICE, read, transport) as runtime:
            app = build_api(SERVICE, runtime, Tokens(read.issuer, StaticKeys(KeySet([KEY]))))
            async with serving(app, listening, grace=1):
                started.set()
                await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()


@pytest.fixture(scope="module")
def address(subscribers_session_database: str) -> Iterator[str]:
    with served(subscribers_session_database) as at:
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


def explained(_context: object, response: Any, _case: object) -> None:  # noqa: ANN401
    """Check that a refusal is a problem which names its reason."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        document = response.json()
        assert response.headers["content-type"] == ["application/problem+json"]
        assert document["code"].isupper(), document
        assert document["detail"], document
        assert document["code"] != "INVALID_REQUEST" or document["errors"], document


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, endpoint_id: str, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    if path.endswith("/asyncapi") and mode is GenerationMode.NEGATIVE:
        return  # it takes nothing that could be wrong

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def check(case: Case) -> None:
        known = "endpoint_id" in case.path_parameters and method != "DELETE"
        if known and mode is GenerationMode.POSITIVE:
            case.path_parameters = {"endpoint_id": endpoint_id}
        case.call_and_validate(
            headers=OURS,
            additional_checks=[explained],
            excluded_checks=[openapi.positive_data_acceptance],
        )

    check()
