"""The public HTTP API as the import and the demo data use it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx2 as httpx

T = TypeVar("T")
Json = dict[str, Any]
_BUSY = {429, 502, 503, 504}
_TRIES = 8


class ApiError(Exception):
    """The system answered with a problem, or not at all.

    Attributes:
        status: The HTTP status; 0 when there was no answer.
        problem: The problem document, as far as there was one.
    """

    def __init__(self, request: str, status: int, problem: Json) -> None:
        where = "; ".join(
            f"{error.get('pointer', '')} {error.get('detail', '')}".strip()
            for error in problem.get("errors", ())
        )
        detail = problem.get("detail") or problem.get("title") or "no answer"
        super().__init__(f"{request}: {status} {detail}{f' ({where})' if where else ''}")
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """Give the problem's code."""
        return str(self.problem.get("code", ""))


@dataclass(frozen=True, slots=True)
class Made:
    """What a creation gave; not ``new`` when an earlier call with the same key had made it."""

    body: Json
    new: bool


@dataclass(frozen=True, slots=True)
class Api:
    """A session with one running system.

    Attributes:
        tries: How often a busy system is asked before it is given up; five seconds apart, in the
            end.
    """

    client: httpx.AsyncClient
    tries: int = _TRIES

    async def get(self, path: str, **query: str) -> Json:
        """Read a resource."""
        response, _ = await self._call("GET", path, params=query)
        return response.json()

    async def put(self, path: str, body: Json) -> Json:
        """Make a resource be as given."""
        response, _ = await self._call("PUT", path, json=body)
        return response.json()

    async def post(self, path: str, body: Json, key: UUID) -> Made:
        """Create something once: the same key creates nothing more."""
        headers = {"Idempotency-Key": str(key)}
        response, tries = await self._call("POST", path, json=body, headers=headers)
        # What an earlier try of this call has made, its answer lost, is new all the same.
        new = tries > 1 or "Idempotent-Replayed" not in response.headers
        return Made(response.json(), new)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        json: Json | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[httpx.Response, int]:
        """Call, and wait and call again while the system is busy or restarting; gives the tries.

        Raises:
            ApiError: A problem came back, or no answer after all tries.
        """
        request, last = f"{method} {path}", ApiError(f"{method} {path}", 0, {})
        for attempt in range(self.tries):
            try:
                response = await self.client.request(
                    method, path, json=json, params=params, headers=headers
                )
            except httpx.TransportError as error:
                last = ApiError(
                    request, 0, {"detail": f"no answer: {error or type(error).__name__}"}
                )
            else:
                if response.is_success:
                    return response, attempt + 1
                last = ApiError(request, response.status_code, _problem(response))
                if response.status_code not in _BUSY and last.code != "BUSY":
                    raise last
            await asyncio.sleep(min(0.25 * 2**attempt, 5))
        raise last


def _problem(response: httpx.Response) -> Json:
    try:
        found = response.json()
    except ValueError:
        return {"detail": response.text[:200]}
    return found if isinstance(found, dict) else {"detail": str(found)}  # pyright: ignore[reportUnknownVariableType]


async def once_sites_are_known(call: Callable[[], Awaitable[T]]) -> T:
    """Call again while the news of a new site is still on its way to the other services.

    Raises:
        ApiError: Anything else was refused, or the news did not come within ten seconds.
    """
    for _ in range(100):
        try:
            return await call()
        except ApiError as error:
            if "UNKNOWN_SITE" not in str(error.problem):
                raise
        await asyncio.sleep(0.1)
    return await call()
