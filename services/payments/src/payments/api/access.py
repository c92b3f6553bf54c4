"""Who may do what, and what a request works with."""

from typing import Annotated

from annotated_types import Ge, Lt
from chassis.auth import needs
from chassis.http import PageQuery
from chassis.requests import unit_of_work
from chassis.scope import Scope
from fastapi import Depends, Path

from payments.handlers.unit_of_work import UnitOfWork

PREFIX = "/api/payments/v1"

Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""One transaction for one request, committed before the response is sent."""
Reader = Annotated[Scope, Depends(needs("payments.read"))]
Writer = Annotated[Scope, Depends(needs("payments.write"))]
SiteCode = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]

_Place = Annotated[int, Ge(0), Lt(2**63)]


def place_after(page: PageQuery) -> int:
    """Give the place in a list behind which a page begins; 0 is its beginning."""
    key = page.key(_Place)
    return 0 if key is None else key[0]
