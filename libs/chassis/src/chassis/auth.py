"""Access: a bearer token is verified and read into a ``Scope``."""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from chassis.problem import Problem
from chassis.scope import Scope
from chassis.tokens import AUDIENCE, FileKeys, Keys, RemoteKeys, StaticKeys, Tokens

__all__ = [
    "AUDIENCE",
    "CurrentScope",
    "FileKeys",
    "Keys",
    "RemoteKeys",
    "StaticKeys",
    "Tokens",
    "current_scope",
    "needs",
]

_bearer = HTTPBearer(auto_error=False, description="An access token of the configured issuer.")


async def current_scope(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Scope:
    """Give the caller's scope.

    Raises:
        Problem: 401 ``TOKEN_MISSING``, ``TOKEN_EXPIRED`` or ``TOKEN_INVALID``.
    """
    tokens: Tokens = request.app.state.tokens
    return await tokens.scope_of(credentials.credentials if credentials else None)


CurrentScope = Annotated[Scope, Depends(current_scope)]
"""The caller's scope; a request without a valid token is answered with 401."""


@lru_cache
def needs(permission: str) -> Callable[[Scope], Awaitable[Scope]]:
    """Give the dependency that yields the caller's scope if they have the permission.

    Raises:
        Problem: 403 ``PERMISSION_DENIED``, naming it.
    """

    async def permitted(scope: CurrentScope) -> Scope:
        if not scope.may(permission):
            detail = f"this needs the permission {permission}"
            raise Problem(403, "PERMISSION_DENIED", detail, permission=permission)
        return scope

    return permitted
