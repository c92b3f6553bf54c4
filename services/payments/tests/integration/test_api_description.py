"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked with what its description allows and with what it forbids, about a site and
a payment that are there where the path names one. What fits the description may be refused, for
rules that no schema can tell; every refusal must explain itself.
"""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from payments.main import MIGRATIONS, SERVICE
from schemathesis.generation import GenerationMode

from services.payments.tests.api import ALL, Customers
from services.payments.tests.driving import Payments, a_site, an_authorisation
from tests.described import Case, Schema, ask, operations_of, served
from tests.tokens import a_token

OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
BASE = "/api/payments/v1"
OPERATIONS = operations_of(SERVICE)
SETTINGS = {"stripe_webhook_secret": "whsec_of_ours"}
ASKED = [
    pytest.param(path, method, mode, id=f"{method} {path} {mode.value}")
    for path, method in OPERATIONS
    for mode in GenerationMode
    # What is wrong with a webhook of Stripe only its signature tells.
    if not (path.endswith("/webhooks/stripe") and mode is GenerationMode.NEGATIVE)
]


@pytest.fixture(scope="module")
def migrated(new_session_database: Callable[[], str]) -> str:
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture(scope="module")
def described(migrated: str) -> Iterator[Schema]:
    with served(SERVICE, migrated, known=SETTINGS, asker=Customers()) as address:
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


@pytest.mark.parametrize(("path", "method", "mode"), ASKED)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, known: dict[str, str], path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""

    def about(case: Case) -> Case:
        if mode is GenerationMode.POSITIVE:
            named = {name: known[name] for name in case.path_parameters.keys() & known}
            case.path_parameters = {**case.path_parameters, **named}
        return case

    cases = described[path][method].as_strategy(generation_mode=mode)
    ask(cases.map(about), OURS, examples=5)
