"""How the tests of the API write amounts, and post under a key."""

from typing import Any

import httpx2

from services.payments.tests.api import Api


def money(minor: int) -> dict[str, object]:
    return {"minor": minor, "currency": "GBP"}


async def post(api: Api, path: str, body: dict[str, Any], key: str = "a key") -> httpx2.Response:
    headers = {"Authorization": f"Bearer {api.token}", "Idempotency-Key": key}
    return await api.client.post(path, json=body, headers=headers)
