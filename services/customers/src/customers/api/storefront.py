"""What a storefront's checkout tells of its customer (CU-10)."""

from datetime import UTC, datetime

from chassis.http import Body, answer, etag
from contracts.customers.commands import KeepCustomer
from contracts.customers.replies import Address
from fastapi import APIRouter, Response
from pydantic import Field, StrictBool

from customers.api.dependencies import PREFIX, Changing, Writer, seen_customer
from customers.api.entries import SiteCode
from customers.api.refusals import refusals
from customers.domain.errors import Invalid, UnknownSite
from customers.domain.findings import Violation
from customers.domain.sites import site_id
from customers.handlers.storefront import keep
from customers.queries.views import CustomerView

router = APIRouter(prefix=f"{PREFIX}/storefront-customers", tags=["storefront"])


class ToldAddress(Body):
    """An address as it was given at a checkout."""

    name: str
    company: str | None = None
    lines: tuple[str, ...]
    city: str = ""
    region: str | None = None
    postal_code: str | None = None
    country: str
    phone: str | None = None


class KeepingBody(Body):
    """A customer as a storefront knows them.

    Attributes:
        site: Code.
        external_reference: The storefront's id of the customer; it tells who it is, else the
            e-mail does.
        phones: By kind: home, work, mobile.
        is_registered: They signed in at the storefront; left out, as before.
    """

    site: SiteCode
    external_reference: str | None = None
    email: str | None = None
    first_name: str
    last_name: str
    company: str | None = None
    phones: dict[str, str] = Field(default_factory=dict[str, str])
    billing_address: ToldAddress
    shipping_address: ToldAddress
    is_registered: StrictBool | None = None

    def command(self) -> KeepCustomer:
        return KeepCustomer(
            site_id=site_id(self.site),
            external_reference=self.external_reference,
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            phones=self.phones,
            billing_address=Address(**dict(self.billing_address)),
            shipping_address=Address(**dict(self.shipping_address)),
            is_registered=self.is_registered,
        )


@router.put("", response_model=CustomerView, responses={201: {"model": CustomerView}})
async def put_storefront_customer(body: KeepingBody, scope: Writer, change: Changing) -> Response:
    """Make the customer of a checkout, or bring them up to date; saying it again is harmless."""
    command = body.command()
    with refusals():
        try:
            customer, created = await keep(command, datetime.now(UTC), scope.sites, change.work)
        except UnknownSite as error:
            detail = f"there is no site {body.site!r}"
            raise Invalid([Violation("/site", "UNKNOWN_SITE", detail)]) from error
    view = await seen_customer(scope, change.session, customer.customer_id)
    return answer(view, 201 if created else 200, {"ETag": etag(view.version)})
