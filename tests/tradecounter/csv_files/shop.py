"""A service that keeps what it is sent as the bulk endpoints do, and fails when it is told to."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tradecounter.client import Api

Json = dict[str, Any]


@dataclass
class Shop:
    """What has been sent so far.

    Attributes:
        kept: The last row of each SKU.
        sent: How often each line took effect.
        requests: How many requests took effect.
        most: How many were under way at once.
        fail: Gives the answer in the place of the real one, or none.
        after: Likewise, once the real one is kept.
    """

    kept: dict[str, Json] = field(default_factory=dict[str, Json])
    sent: Counter[int] = field(default_factory=Counter[int])
    requests: int = 0
    most: int = 0
    under_way: int = 0
    bodies: list[Json] = field(default_factory=list[Json])
    answers: dict[str, Json] = field(default_factory=dict[str, Json])
    fail: Callable[[Json], Response | None] = lambda _: None
    after: Callable[[], Response | None] = lambda: None

    def api(self) -> Api:
        route = Route("/api/catalog/v1/imports/{kind}", self._import, methods=["POST"])
        transport = httpx2.ASGITransport(Starlette(routes=[route]))
        return Api(httpx2.AsyncClient(transport=transport, base_url="http://shop"))

    async def _import(self, request: Request) -> Response:
        body = await request.json()
        key = request.headers["Idempotency-Key"]
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        try:
            if key in self.answers:
                return JSONResponse(self.answers[key], headers={"Idempotent-Replayed": "true"})
            if (answer := self.fail(body)) is not None:
                return answer
            self.answers[key] = self._kept(body, dry="dry_run" in request.query_params)
            return self.after() or JSONResponse(self.answers[key])
        finally:
            self.under_way -= 1

    def _kept(self, body: Json, *, dry: bool) -> Json:
        found = Counter[str]()
        errors: list[Json] = []
        self.requests += 1
        self.bodies.append(body)
        for row in body["rows"]:
            name = row["sku"]
            if name.startswith("BAD"):
                wrong = {"line": row["line"], "pointer": "/sku", "code": "UNKNOWN_SKU"}
                errors.append({**wrong, "detail": "there is no such product"})
                continue
            new = {k: v for k, v in row.items() if k != "line"}
            old = self.kept.get(name)
            found["created" if old is None else "changed" if old != new else "unchanged"] += 1
            if not dry:
                self.sent[row["line"]] += 1
                self.kept[name] = new
        counts = {name: found[name] for name in ("created", "changed", "unchanged")}
        return {**counts, "errors": errors}


def problem(status: int, code: str, *pointers: str) -> Response:
    """Give a problem as the services do."""
    errors = [{"pointer": pointer, "code": code, "detail": "wrong"} for pointer in pointers]
    return JSONResponse({"status": status, "code": code, "errors": errors}, status)
