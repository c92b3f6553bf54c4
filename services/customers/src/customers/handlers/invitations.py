"""Inviting customers to sign in, and what happens when they do (CU-9)."""

import secrets
from datetime import datetime

from contracts.values import CustomerId

from customers.domain.customer import Customer
from customers.domain.errors import Invalid, InvitationRefused
from customers.domain.findings import Findings
from customers.domain.invitations import Invitation, invite
from customers.domain.sites import Site, Within, sees, site_id
from customers.handlers.changing import loaded, saved
from customers.handlers.unit_of_work import UnitOfWork


async def invite_customer(
    customer_id: CustomerId,
    site_code: str | None,
    at: datetime,
    within: Within,
    uow: UnitOfWork,
) -> Invitation:
    """Write a mail with a link that works once, in the place of any sent before.

    Without a site it is the only one of the customer's set (CS-1).

    Raises:
        UnknownCustomer: There is none, or none within the caller's sites.
        Invalid: The site is not one of the customer's set, or there is no e-mail.
        NoInvitation: The customer can sign in already or is disabled, or the site has no
            storefront.
        CustomerIsErased: Nobody is there to be invited.
    """
    customer = await loaded(customer_id, within, uow, None)
    site = await _site_of(customer, site_code, within, uow)
    return await invite_to(site, customer, at, uow)


async def invite_to(site: Site, customer: Customer, at: datetime, uow: UnitOfWork) -> Invitation:
    """Write the mail for a site's storefront. Raises as ``invite_customer``."""
    invitation, mail = invite(customer, site, secrets.token_urlsafe(32), at)
    await uow.invitations.add(invitation, mail)
    return invitation


async def accept_invitation(token: str, at: datetime, uow: UnitOfWork) -> Customer:
    """Note that the customer has signed in with the link.

    Raises:
        InvitationRefused: The link does not work, or no longer.
    """
    found = await uow.invitations.get(token)
    customer = await uow.customers.by_id(found.customer_id) if found else None
    # The customer is locked first, as by whoever invites or erases them; then it is looked again.
    invitation = await uow.invitations.get(token) if customer else None
    site = await uow.sites.get(invitation.site_id) if invitation else None
    if invitation is None or customer is None or site is None:
        raise InvitationRefused("INVITATION_UNKNOWN", "there is no such invitation")
    invitation.check_open(customer, site, at)
    await uow.invitations.end(invitation, at)
    customer.register(registered=True)
    return await saved(customer, uow)


async def _site_of(customer: Customer, code: str | None, within: Within, uow: UnitOfWork) -> Site:
    findings = Findings()
    if code:
        id_ = site_id(code)
        site = await uow.sites.get(id_) if sees(id_, within) else None
        if site is not None and site.terms.customer_set_id == customer.customer_set_id:
            return site
        findings.add("/site", "UNKNOWN_SITE", f"the customer's set has no site {code!r}")
        raise Invalid(findings.violations)
    sites = await uow.sites.of_set(customer.customer_set_id, within)
    if len(sites) != 1:
        findings.missing("/site", "the customer's set has several sites, or none: select one")
        raise Invalid(findings.violations)
    return sites[0]
