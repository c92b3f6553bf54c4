"""Access: a bearer token is verified and read into a ``Scope``."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPBearer
from typing_extensions import override

from chassis.problem import Problem
from chassis.scope import AUDIENCE, Scope
from chassis.tokens import FileKeys, Keys, RemoteKeys, StaticKeys, Tokens

__all__ = [
    "AUDIENCE",
    "CurrentScope",
    "FileKeys",
    "Keys",
    "RemoteKeys",
    "StaticKeys",
    "Tokens",
    "needs",
]


class _Bearer(HTTPBearer):
    """Reads a request's token into a scope, in one dependency: each costs every request."""

    def __init__(self) -> None:
        described = "An access token of the configured issuer."
        super().__init__(auto_error=False, scheme_name="HTTPBearer", description=described)

    @override
    async def __call__(self, request: Request) -> Scope:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Give the caller's scope.

        Raises:
            Problem: 401 ``TOKEN_MISSING``, ``TOKEN_EXPIRED`` or ``TOKEN_INVALID``.
        """
        credentials = await super().__call__(request)
        tokens: Tokens = request.app.state.tokens
        return await tokens.scope_of(credentials.credentials if credentials else None)


class _Needs(_Bearer):
    """Does the same, and asks for a permission."""

    def __init__(self, permission: str) -> None:
        super().__init__()
        self._permission = permission

    @override
    async def __call__(self, request: Request) -> Scope:
        scope = await super().__call__(request)
        if not scope.may(self._permission):
            detail = f"this needs the permission {self._permission}"
            raise Problem(403, "PERMISSION_DENIED", detail, permission=self._permission)
        return scope


CurrentScope = Annotated[Scope, Security(_Bearer())]
"""The caller's scope; a request without a valid token is answered with 401."""


@lru_cache
def needs(permission: str) -> Callable[[Request], Awaitable[Scope]]:
    """Give the dependency that yields the caller's scope if they have the permission.

    Raises:
        Problem: 403 ``PERMISSION_DENIED``, naming it.
    """
    return _Needs(permission)
