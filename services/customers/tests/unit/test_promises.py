"""What holds whatever is typed and in whatever order."""

import string
from collections import Counter
from dataclasses import replace

from customers.domain.customer import Customer, check_customer
from customers.domain.errors import AddressIsDefault
from customers.domain.findings import Findings
from customers.domain.search import email_key
from customers.handlers.formats import FORMATS
from hypothesis import given
from hypothesis import strategies as st

from services.customers.tests.builders import LONDON, a_customer, an_address, an_entry

emails = st.tuples(
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=20),
    st.sampled_from(["example.com", "Shop.Example.ORG"]),
).map("@".join)


@given(emails, st.data())
def test_the_case_of_letters_never_makes_another_email(email: str, data: st.DataObject) -> None:
    """CS-6."""
    other = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in email)

    kept, again = FORMATS.email(email), FORMATS.email(other)

    assert kept is not None
    assert again is not None
    assert email_key(kept) == email_key(again)


uses = st.sets(st.sampled_from(["billing", "shipping"]))


@given(st.data(), st.lists(st.sampled_from(["add", "put", "remove"]), max_size=12))
def test_there_is_always_one_default_of_each_kind(data: st.DataObject, steps: list[str]) -> None:
    """CU-2."""
    customer = a_customer()
    for step in steps:
        before = customer.addresses
        try:
            take(step, customer, data)
        except AddressIsDefault:
            assert customer.addresses == before
        counted = Counter(use for each in customer.addresses for use in each.default_uses)
        assert counted == {"billing": 1, "shipping": 1}
        assert customer.complete


def take(step: str, customer: Customer, data: st.DataObject) -> None:
    new = an_address(*data.draw(uses))
    if step == "add":
        customer.put_address(new)
        return
    old = data.draw(st.sampled_from(customer.addresses))
    if step == "remove":
        customer.remove_address(old.address_id)
    else:
        customer.put_address(replace(new, address_id=old.address_id))


anything = st.none() | st.text(max_size=30)


@given(st.lists(anything, max_size=4), anything, anything, anything, anything)
def test_whatever_is_typed_is_kept_in_order_or_refused_by_name(
    phones: list[str | None],
    email: str | None,
    country: str | None,
    region: str | None,
    code: str | None,
) -> None:
    """CU-3: never a fault, and one entry a field."""
    findings = Findings()
    address = type(LONDON)(
        name="Ann", lines=("1",), city="X", region=region, postal_code=code, country=country
    )
    typed = tuple(number or "" for number in phones)

    details, _ = check_customer(
        an_entry(address, phones=typed, email=email), "GB", FORMATS, findings
    )

    pointers = [violation.pointer for violation in findings.violations]
    assert len(pointers) == len(set(pointers))
    assert all(phone.number.startswith("+") for phone in details.phones)
