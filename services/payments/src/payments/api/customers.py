"""Whether there is such a customer: the customers service knows, and is asked."""

from typing import Annotated, NoReturn
from uuid import UUID

from chassis.auth import CurrentScope
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Asking
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import CustomerDescribed, CustomerRefused
from contracts.values import CustomerId
from fastapi import Depends, Request
from messaging.transport import Unanswered

from payments.api.access import SiteCode
from payments.domain.terms import Buyer
from payments.queries.scoped import seen_site

_KNOWN = frozenset({"CUSTOMER_DISABLED", "CUSTOMER_INCOMPLETE"})
"""Refused for orders just now; what is agreed with them, or given to them, stands."""
_NOT_HERE = {
    "UNKNOWN_SITE": "site",
    "UNKNOWN_CUSTOMER": "customer",
    "CUSTOMER_SET_MISMATCH": "customer",  # sets are brands, and know nothing of each other
}


async def known_customer(
    code: SiteCode, customer_id: UUID, scope: CurrentScope, request: Request, asker: Asking
) -> Buyer:
    """Give a customer of the site's customer set; asked before the request's transaction begins.

    Raises:
        Problem: 404 for a site out of scope or a customer who is not of its set; 422 for one of
            whom no order is ever taken.
        Unanswered: The customers service gave no answer in time.
    """
    async with request.app.state.runtime.databases.reading() as session:
        site_id = await seen_site(scope, session, code)
    if site_id is None:
        raise not_found("site")
    id_ = CustomerId(customer_id)
    answer = await asker.ask(DescribeCustomer(customer_id=id_, site_id=site_id))
    if isinstance(answer, CustomerRefused) and answer.code not in _KNOWN:
        _refuse(answer)
    if not isinstance(answer, CustomerDescribed | CustomerRefused):
        raise Unanswered(answer.owner())
    return Buyer(site_id, id_)


Known = Annotated[Buyer, Depends(known_customer)]


def _refuse(answer: CustomerRefused) -> NoReturn:
    if (missing := _NOT_HERE.get(answer.code)) is not None:
        raise not_found(missing)
    wrong = FieldError(None, answer.code, answer.detail, parameter="path: customer_id")
    raise Problem(422, answer.code, answer.detail, [wrong])
