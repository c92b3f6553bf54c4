"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked with what its description allows and with what it forbids, about a site and
a payment that are there where the path names one. What fits the description may be refused, for
rules that no schema can tell; every refusal must explain itself.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
import schemathesis
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from chassis.service import build_api, open_runtime
from chassis.serving import listen, serving
from chassis.tokens import StaticKeys, Tokens
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from joserfc.jwk import KeySet
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from payments.main import MIGRATIONS, SERVICE
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from services.payments.tests.api import ALL, KEY, a_token
from services.payments.tests.driving import Payments, a_site, an_authorisation

# Schemathesis does not say what its types are made of.
Schema: TypeAlias = Any
Case: TypeAlias = Any
openapi: Any = checks
OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
BASE = "/api/payments/v1"
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
        secrets = {"stripe_webhook_secret": "whsec_of_ours"}
        read = SERVICE.settings.of("payments", database_url=database_url, **secrets)
        transport = EmbeddedTransport(EmbeddedHub([]), "payments")
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
def migrated(new_session_database: Callable[[], str]) -> str:
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture(scope="module")
def described(migrated: str) -> Iterator[Schema]:
    with served(migrated) as address:
        yield schemathesis.openapi.from_url(f"{address}{BASE}/openapi.json")


@pytest.fixture(scope="module")
def known(migrated: str) -> dict[str, str]:
    """Give what a path may name and is there: a site, and a payment of it."""
    return asyncio.run(_known(migrated))


async def _known(database_url: str) -> dict[str, str]:
    engine = create_engine(database_url)
    try:
        driven = Payments(sessions(engine), sessions(engine))
        site = a_site()
        asked = an_authorisation(site.site_id, card=None, method="check")
        await driven.send(site, asked)
        return {
            "code": site.code,
            "payment_id": str(asked.payment_id),
            "order_id": str(asked.order_id),
        }
    finally:
        await engine.dispose()


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
    described: Schema, known: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    if path.endswith("/webhooks/stripe") and mode is GenerationMode.NEGATIVE:
        return  # what is wrong with it only its signature tells

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=5,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def check(case: Case) -> None:
        if mode is GenerationMode.POSITIVE:
            named = {name: known[name] for name in case.path_parameters.keys() & known}
            case.path_parameters = {**case.path_parameters, **named}
        case.call_and_validate(
            headers=OURS,
            additional_checks=[explained],
            excluded_checks=[openapi.positive_data_acceptance],
        )

    check()
