"""Samples of the customers service's messages."""

from contracts.customers import commands, events, questions, replies
from contracts.message import Message
from contracts.samples.things import ADDRESS, AT, CUSTOMER, ORDER, SET, SITE, an_id


def customers() -> list[Message]:
    """Give one of each."""
    return [
        commands.VerifyCustomer(order_id=ORDER, customer_id=CUSTOMER, site_id=SITE),
        questions.DescribeCustomer(customer_id=CUSTOMER, site_id=SITE),
        questions.KeepAddresses(
            errand_id=an_id(11), customer_id=CUSTOMER, site_id=SITE, addresses=(ADDRESS,)
        ),
        replies.AddressesKept(customer_id=CUSTOMER, version=2),
        questions.CheckAddresses(customer_id=CUSTOMER, site_id=SITE, addresses=(ADDRESS,)),
        replies.AddressesFit(customer_id=CUSTOMER),
        questions.CheckLevels(levels=(replies.LevelOfSite(site_id=SITE, code="trade"),)),
        replies.LevelsChecked(unknown=(replies.LevelOfSite(site_id=SITE, code="traed"),)),
        replies.AddressesNotKept(
            customer_id=CUSTOMER,
            code="ADDRESS_INVALID",
            detail="the postal code does not look like one of GB",
            faults={"/addresses/0/postal_code": "the postal code does not look like one of GB"},
        ),
        questions.FindCustomer(site_id=SITE, external_reference="shop-4711"),
        replies.CustomerNotFound(
            code="UNKNOWN_CUSTOMER", detail="nobody here has the external reference shop-4711"
        ),
        replies.CustomerVerified(customer_id=CUSTOMER),
        replies.CustomerDescribed(
            customer_id=CUSTOMER,
            customer_set_id=SET,
            name="Ada Byron",
            email="ada@example.com",
            billing_address=ADDRESS,
            shipping_address=ADDRESS,
        ),
        replies.CustomerRefused(
            code="CUSTOMER_SET_MISMATCH",
            detail="the customer belongs to another customer set than the site",
            customer_id=CUSTOMER,
        ),
        events.CustomerSetChanged(customer_set_id=SET, code="retail", name="Retail"),
        events.SiteChanged(
            site_id=SITE,
            version=1,
            code="uk",
            name="United Kingdom",
            customer_set_id=SET,
            country="GB",
            currency="GBP",
            time_zone="Europe/London",
            active=True,
        ),
        events.CustomerChanged(
            customer_id=CUSTOMER,
            version=1,
            customer_set_id=SET,
            number="C-000017",
            is_staff=False,
            disabled=False,
        ),
        commands.KeepCustomer(
            site_id=SITE,
            external_reference="shop-4711",
            email="ada@example.com",
            first_name="Ada",
            last_name="Byron",
            phones={"mobile": "+447700900123"},
            billing_address=ADDRESS,
            shipping_address=ADDRESS,
            is_registered=True,
        ),
        replies.CustomerKept(customer_id=CUSTOMER, version=1, created=True),
        replies.CustomerNotKept(
            code="CUSTOMER_INVALID",
            detail="the customer cannot be kept as told",
            faults={"/billing_address/postal_code": "POSTAL_CODE_FORMAT"},
        ),
        commands.MailCustomer(
            mail_id=an_id(21),
            customer_id=CUSTOMER,
            site_id=SITE,
            subject="Your order UK-0000-0017",
            text="Review your order and pay: https://orders.example/checkout/...",
            expires_at=AT,
        ),
        replies.CustomerMailed(mail_id=an_id(21), customer_id=CUSTOMER),
        replies.MailRefused(
            code="CUSTOMER_HAS_NO_EMAIL",
            detail="the customer has no e-mail",
            mail_id=an_id(21),
            customer_id=CUSTOMER,
        ),
        events.CustomerErased(
            customer_id=CUSTOMER, version=7, customer_set_id=SET, number="C-000017"
        ),
        events.CustomerLevelChanged(
            level_id=an_id(20), version=1, customer_set_id=SET, code="trade", name="Trade"
        ),
    ]
