"""What every endpoint of every service keeps to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chassis.requests import public_transaction, reading, transaction
from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from tradecounter.embedded.system import SERVICES

CONNECTIONS: set[Callable[..., Any] | None] = {reading, transaction, public_transaction}
"""Each holds a connection of one pool while the request runs."""


def routes_of(router: APIRouter) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route


def calls_of(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls_of(inner)


def connections_of(route: APIRoute) -> set[Callable[..., Any] | None]:
    return CONNECTIONS & set(calls_of(route.dependant))


ENDPOINTS = [
    pytest.param(route, id=f"{service.name} {min(route.methods or ())} {route.path}")
    for service in SERVICES
    for router in service.routers
    for route in routes_of(router)
]


@pytest.mark.parametrize("route", ENDPOINTS)
def test_an_endpoint_holds_one_connection(route: APIRoute) -> None:
    """With two of one pool, enough requests at a time wait for each other until all time out."""
    assert len(connections_of(route)) <= 1


def test_an_endpoint_with_two_connections_is_found() -> None:
    router = APIRouter()

    @router.get("/", dependencies=[Depends(reading), Depends(transaction)])
    async def greedy() -> None: ...

    (route,) = routes_of(router)
    assert connections_of(route) == {reading, transaction}


def test_there_are_endpoints() -> None:
    assert len(ENDPOINTS) > 50
