"""Every refused request is answered with a problem that names the field and the reason."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from chassis.docs import base_path
from chassis.runtime import Runtime
from structlog.testing import capture_logs

from libs.chassis.tests.conftest import client_of
from libs.chassis.tests.shop import SERVICE, pointers, stream

KEYED = {"Idempotency-Key": "k"}
PRICE = {"minor": 100, "currency": "EUR"}


def problem(response: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["type"] == f"urn:tradecounter:problem:{code.lower().replace('_', '-')}"
    assert document["title"]
    assert document["detail"]
    assert document["trace_id"] == response.headers["trace-id"]
    return document


async def post(client: httpx2.AsyncClient, content: bytes | str) -> httpx2.Response:
    headers = {"Content-Type": "application/json", **KEYED}
    return await client.post("/notes", content=content, headers=headers)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/text", "FIELD_REQUIRED")]),
        ({"text": "a", "colour": 1}, [("/colour", "UNKNOWN_FIELD")]),
        ({"text": 7}, [("/text", "WRONG_TYPE")]),
        ({"text": "a", "a/b~c": 1}, [("/a~1b~0c", "UNKNOWN_FIELD")]),
        ({"text": "a", "lines": [{"units": 0, "price": PRICE}]}, [
            ("/lines/0/units", "QUANTITY_OUT_OF_RANGE")
        ]),
        ({"text": "a", "lines": [{"units": 10_000_001, "price": PRICE}]}, [
            ("/lines/0/units", "QUANTITY_OUT_OF_RANGE")
        ]),
        ({"text": "a", "lines": [{"units": 1, "price": {"minor": 2**63, "currency": "EUR"}}]}, [
            ("/lines/0/price", "AMOUNT_OUT_OF_RANGE")
        ]),
        ({"text": "a", "lines": [{"units": 10**30, "price": {"minor": 10**30, "currency": "EUR"}}]},
         [("/lines/0/units", "QUANTITY_OUT_OF_RANGE"), ("/lines/0/price", "AMOUNT_OUT_OF_RANGE")]),
        ({"text": "a", "lines": [{"units": 1, "price": {"minor": 1, "currency": "euro"}}]}, [
            ("/lines/0/price", "INVALID_VALUE")
        ]),
        ({"text": "a", "lines": [{"units": 1, "price": 12}]}, [("/lines/0/price", "WRONG_TYPE")]),
        ({"text": "card 4242 4242 4242 4242"}, [("/text", "CARD_NUMBER_REFUSED")]),
        ({"text": "a\0b"}, [("/text", "NUL_CHARACTER")]),
        ({"text": "a", "extra": {"x": ["b\0"]}}, [("/extra/x/0", "NUL_CHARACTER")]),
        ({"text": "a", "extra": {"x\0": 1}}, [("/extra", "NUL_CHARACTER")]),
        ({"text": "\ud800"}, [("/text", "INVALID_TEXT")]),
        ([], [("", "WRONG_TYPE")]),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named_by_its_json_pointer(
    edge: httpx2.AsyncClient, body: object, errors: list[tuple[str, str]]
) -> None:
    document = problem(await post(edge, json.dumps(body)), 422, "INVALID_REQUEST")

    assert pointers(document) == errors


async def test_text_that_only_looks_like_an_escaped_nul_is_accepted(
    client: httpx2.AsyncClient,
) -> None:
    response = await post(client, json.dumps({"text": r"a \u0000 and 😀", "extra": {"x": "😀"}}))

    assert response.status_code == 201
    assert response.json()["text"] == r"a \u0000 and 😀"


@pytest.mark.parametrize(
    "content",
    [b"{", b"{'a': 1}", b'{"text": "\xff"}', b"[" * 1500, b'{"text": "a\0"}', b'"\\ud8"'],
)
async def test_a_body_that_is_not_json_is_malformed(
    edge: httpx2.AsyncClient, content: bytes
) -> None:
    problem(await post(edge, content), 400, "MALFORMED_JSON")


async def test_a_number_with_thousands_of_digits_is_malformed(runtime: Runtime) -> None:
    async with client_of(runtime) as client:
        problem(await post(client, b'{"text": ' + b"9" * 5000 + b"}"), 400, "MALFORMED_JSON")


async def test_nan_is_refused_where_a_number_is_meant(edge: httpx2.AsyncClient) -> None:
    body = (
        '{"text": "a", "lines": [{"units": NaN, "price": {"minor": Infinity, "currency": "EUR"}}]}'
    )
    document = problem(await post(edge, body), 422, "INVALID_REQUEST")

    assert pointers(document) == [
        ("/lines/0/units", "OUT_OF_RANGE"),
        ("/lines/0/price/minor", "WRONG_TYPE"),
    ]


async def test_nan_in_free_json_is_no_fault(client: httpx2.AsyncClient) -> None:
    response = await post(client, '{"text": "nan", "extra": {"x": NaN}}')

    assert response.status_code in {201, 422}


async def test_a_body_over_the_limit_is_too_large(edge: httpx2.AsyncClient) -> None:
    document = problem(await post(edge, b'"' + b"a" * 3000 + b'"'), 413, "BODY_TOO_LARGE")

    assert document["limit"] == 2000


async def test_a_chunked_body_is_counted_as_it_comes(edge: httpx2.AsyncClient) -> None:
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            sent.append(1)
            yield b"a" * 100

    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", **KEYED}
    response = await edge.post("/notes", content=endless(), headers=headers)

    problem(response, 413, "BODY_TOO_LARGE")
    assert len(sent) < 50


async def test_a_nul_split_over_two_chunks_is_found(edge: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", **KEYED}
    body = stream(b'{"text": "a\\u00', b'00"}')

    document = problem(
        await edge.post("/notes", content=body, headers=headers), 422, "INVALID_REQUEST"
    )

    assert pointers(document) == [("/text", "NUL_CHARACTER")]


async def test_a_body_that_is_not_said_to_be_json_is_unsupported(
    edge: httpx2.AsyncClient,
) -> None:
    headers = {"Content-Type": "text/plain", **KEYED}
    response = await edge.post("/notes", content=b'{"text": "a"}', headers=headers)

    problem(response, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("path", "parameter", "code"),
    [
        ("/notes?limit=0", "query: limit", "OUT_OF_RANGE"),
        ("/notes?limit=201", "query: limit", "OUT_OF_RANGE"),
        ("/notes?limit=many", "query: limit", "WRONG_TYPE"),
        ("/notes?limt=5", "query: limt", "UNKNOWN_PARAMETER"),
        ("/notes/weather?limit=5", "query: limit", "UNKNOWN_PARAMETER"),
    ],
)
async def test_a_wrong_parameter_is_named(
    edge: httpx2.AsyncClient, path: str, parameter: str, code: str
) -> None:
    document = problem(await edge.get(path), 422, "INVALID_REQUEST")

    assert pointers(document) == [(parameter, code)]


@pytest.mark.parametrize("cursor", ["%%%", "bm9wZQ", "W10", "WyJhXHUwMDAwIl0", "é", "A" * 999])
async def test_a_forged_cursor_is_refused(edge: httpx2.AsyncClient, cursor: str) -> None:
    document = problem(await edge.get("/notes", params={"after": cursor}), 422, "INVALID_CURSOR")

    assert pointers(document) == [("query: after", "INVALID_CURSOR")]


async def test_a_nul_in_the_address_is_refused(edge: httpx2.AsyncClient) -> None:
    problem(await edge.get("/notes?after=%00"), 422, "INVALID_REQUEST")
    problem(await edge.get("/notes/%00"), 422, "INVALID_REQUEST")


async def test_a_path_that_holds_no_id_is_refused(edge: httpx2.AsyncClient) -> None:
    document = problem(await edge.patch("/notes/seven", json={"text": "a"}), 422, "INVALID_REQUEST")

    assert pointers(document) == [("path: note_id", "WRONG_TYPE")]


async def test_an_idempotency_key_is_required(edge: httpx2.AsyncClient) -> None:
    for headers, code in (({}, "FIELD_REQUIRED"), ({"Idempotency-Key": "k" * 256}, "TOO_LONG")):
        response = await edge.post("/notes", json={"text": "a"}, headers=headers)
        document = problem(response, 422, "INVALID_REQUEST")
        assert pointers(document) == [("header: Idempotency-Key", code)]


async def test_an_unknown_address_and_method_are_problems(edge: httpx2.AsyncClient) -> None:
    problem(await edge.get("/nothing"), 404, "NOT_FOUND")
    problem(await edge.get("/notes/"), 404, "NOT_FOUND")
    response = await edge.delete("/notes")
    problem(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"]


async def test_a_refusal_carries_its_facts(edge: httpx2.AsyncClient) -> None:
    document = problem(await edge.post("/notes/refusing"), 422, "NO_WEATHER")

    assert document["sky"] == "north"


async def test_a_fault_of_ours_is_told_without_its_reason(client: httpx2.AsyncClient) -> None:
    with capture_logs() as logs:
        response = await client.post("/notes/failing", json={"text": "a"})

    problem(response, 500, "INTERNAL")
    assert "secret" not in response.text
    assert "secret" in repr(logs[-1]["exc_info"])


async def test_a_service_that_does_not_answer_is_named(edge: httpx2.AsyncClient) -> None:
    response = await edge.get("/notes/weather")

    assert problem(response, 503, "SERVICE_UNANSWERED")["service"] == "sky"
    assert response.headers["retry-after"] == "2"


async def test_an_unreachable_database_is_told(edge: httpx2.AsyncClient) -> None:
    response = await edge.get("/notes")

    problem(response, 503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "5"


@pytest.mark.parametrize("number", [2**40, -(2**70)])
async def test_a_value_the_database_cannot_take_is_the_callers(
    client: httpx2.AsyncClient, number: int
) -> None:
    problem(await client.get(f"/notes/number?number={number}"), 422, "VALUE_NOT_STORABLE")


async def test_a_statement_that_takes_too_long_is_given_up(client: httpx2.AsyncClient) -> None:
    problem(await client.get("/notes/slow"), 503, "TOO_SLOW")


async def test_what_is_there_already_conflicts(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/notes/watched", json={"text": "a"})).status_code == 201
    problem(await client.post("/notes/watched", json={"text": "a"}), 409, "ALREADY_EXISTS")


async def test_the_description_says_that_errors_are_problems(edge: httpx2.AsyncClient) -> None:
    document = (await edge.get(f"{base_path(SERVICE.name)}/openapi.json")).json()

    assert "Problem" in document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            assert {"4XX", "5XX"} <= operation["responses"].keys()
            assert "422" not in operation["responses"]
            content = operation["responses"]["4XX"]["content"]
            assert content.keys() == {"application/problem+json"}
    assert document["info"]["title"] == SERVICE.title


async def test_the_docs_page_is_whole_without_the_internet(edge: httpx2.AsyncClient) -> None:
    page = await edge.get(f"{base_path(SERVICE.name)}/docs")

    assert page.status_code == 200
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(linked) == 3
    for link in linked:
        assert link.startswith(base_path(SERVICE.name)), link
        assert (await edge.get(link)).status_code == 200
