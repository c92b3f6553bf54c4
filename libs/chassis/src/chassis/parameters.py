"""Refuses query parameters that nobody knows."""

from typing import cast

from fastapi import Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from chassis.problem import FieldError, Problem


class RefuseUnknownParameters:
    """Has a request name only query parameters that its operation has.

    A misspelt ``dry_run`` would change what it was only to try, a misspelt filter list everything.
    Pages for people are no part of the API: mail programs add to the links that lead there.
    """

    def __init__(self) -> None:
        # By the route's id: it lives as long as the application, and so does this.
        self._known: dict[int, frozenset[str]] = {}

    async def __call__(self, request: Request) -> None:
        """Look at a request.

        Raises:
            Problem: A parameter is unknown.
        """
        if not request.scope["query_string"]:
            return
        route = cast("APIRoute", request.scope["route"])
        if not route.include_in_schema:
            return
        known = self._of(route)
        unknown = dict.fromkeys(name for name in request.query_params if name not in known)
        if not unknown:
            return
        offer = f"this operation knows {', '.join(sorted(known)) or 'none'}"
        errors = [
            FieldError(None, "UNKNOWN_PARAMETER", offer, parameter=f"query: {name}")
            for name in unknown
        ]
        where = ", ".join(f"query: {name}" for name in unknown)
        raise Problem(422, "INVALID_REQUEST", f"not acceptable: {where}", errors)

    def _of(self, route: APIRoute) -> frozenset[str]:
        if (known := self._known.get(id(route))) is None:
            every = get_flat_params(route.dependant)
            known = frozenset(
                one.alias for one in every if isinstance(one.field_info, params.Query)
            )
            self._known[id(route)] = known
        return known
