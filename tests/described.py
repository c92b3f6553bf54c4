"""Asks an API everything its description allows and forbids; Schemathesis makes the requests.

Of its checks all hold but one: what fits a description may be refused, for rules that no schema can
tell (a phone number of no country). Instead every refusal must explain itself.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from chassis.service import Service, build_api, open_runtime
from chassis.serving import listen, serving
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.topology import Queue
from messaging.transport import Asker
from schemathesis.specs.openapi import checks

from tests.tokens import verifying

# Schemathesis does not say what its types are made of.
Schema: TypeAlias = Any
Case: TypeAlias = Any
Answer: TypeAlias = Any
openapi: Any = checks


def operations_of(service: Service) -> list[tuple[str, str]]:
    """Give path and method of everything that a service answers."""
    app = FastAPI()
    for router in service.routers:
        app.include_router(router)
    paths: Mapping[str, Mapping[str, Any]] = app.openapi()["paths"]
    return sorted((path, method.upper()) for path, methods in paths.items() for method in methods)


@contextmanager
def served(
    service: Service,
    database_url: str,
    *,
    queues: Sequence[Queue] = (),
    known: Mapping[str, object] | None = None,
    asker: Asker | None = None,
) -> Generator[str]:
    """Serve an API from a thread of its own; gives its address.

    Args:
        service: Whose.
        database_url: Migrated.
        queues: What the service's transport has to be told of.
        known: Settings of the service.
        asker: Answers for the other services, if any is asked.
    """
    started, ended = threading.Event(), threading.Event()
    listening = listen("127.0.0.1", 0)

    async def serve() -> None:
        read = service.settings.of(service.name, database_url=database_url, **(known or {}))
        transport = EmbeddedTransport(EmbeddedHub(queues), service.name)
        async with open_runtime(service, read, transport) as runtime:
            runtime.asker = asker or runtime.asker
            app = build_api(service, runtime, verifying(read.issuer))
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


def explained(_context: object, response: Answer, _case: object) -> None:
    """Check that a refusal is a problem which names its reason, and every field at fault."""
    assert response.status_code < 500, response.text
    if response.status_code < 400:
        return
    document = response.json()
    assert response.headers["content-type"] == ["application/problem+json"]
    assert document["code"].isupper(), document
    assert document["detail"], document
    if document["code"] == "INVALID_REQUEST":
        assert document["errors"], document
    for error in document.get("errors", ()):
        assert error["code"], document
        assert error["detail"], document
        assert "pointer" in error or error["parameter"], document


def ask(
    cases: st.SearchStrategy[Case],
    headers: Mapping[str, str],
    *excluded: Callable[..., Any],
    examples: int = 6,
    lenient: Callable[[Case], bool] = lambda _: False,
) -> None:
    """Make some requests, the same in every run, and check every answer.

    Args:
        cases: What to ask.
        headers: Of every request.
        excluded: Checks that do not hold here, besides the one named above.
        examples: Requests at most.
        lenient: Tells of requests that are taken though they do not fit the description.
    """

    @given(case=cases)
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def check(case: Case) -> None:
        left_out = [openapi.positive_data_acceptance, *excluded]
        if lenient(case):
            left_out.append(openapi.negative_data_rejection)
        case.call_and_validate(
            headers=headers, additional_checks=[explained], excluded_checks=left_out
        )

    check()
