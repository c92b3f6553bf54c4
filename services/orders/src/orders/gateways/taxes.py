"""An outside tax provider, asked over HTTP.

It is sent ``{"country", "region", "city", "postal_code"}`` by ``POST``, and answers ``{"rates":
[{"name", "ppm", "category", "on_shipping", "levy"}]}``, each as in a site's own table.
"""

import asyncio
import ssl
from dataclasses import asdict, dataclass, field
from typing import Annotated

import httpx2
import structlog
from annotated_types import Ge, Le, Len
from pydantic import BaseModel, ConfigDict, StrictBool, StrictInt, ValidationError

from orders.domain.taxes import STANDARD, Levy, Rate, TaxPlace

_MAX_BYTES = 1 << 20
_log = structlog.get_logger("orders.taxes")


class _RateTold(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: Annotated[str, Len(1, 200)]
    ppm: Annotated[StrictInt, Ge(0), Le(10_000_000)]
    category: Annotated[str, Len(1, 64)] = STANDARD
    on_shipping: StrictBool = False
    levy: Levy = Levy.TAX


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore")

    rates: Annotated[list[_RateTold], Len(0, 300)]


class _TooMuch(Exception):
    """The answer is larger than any rates are."""


@dataclass(frozen=True, slots=True)
class HttpTaxProvider:
    """Asks one address; ``timeout`` is in seconds, for all of it."""

    url: str
    timeout: float
    _trusting: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def rates(self, place: TaxPlace) -> list[Rate] | None:
        """Give the rates of a place; none when there is no answer in time, or none of use."""
        try:
            told = _Told.model_validate_json(await self._asked(place))
        except (httpx2.HTTPError, TimeoutError, ValidationError, _TooMuch) as error:
            # Nothing of the answer is repeated: it may hold anything.
            _log.warning("tax provider gave no rates", reason=type(error).__name__)
            return None
        return [Rate(**rate.model_dump()) for rate in told.rates]

    async def _asked(self, place: TaxPlace) -> bytes:
        body = bytearray()
        async with (
            asyncio.timeout(self.timeout),
            httpx2.AsyncClient(verify=self._trusting, timeout=self.timeout) as client,
            client.stream("POST", self.url, json=asdict(place)) as answer,
        ):
            answer.raise_for_status()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise _TooMuch
        return bytes(body)
