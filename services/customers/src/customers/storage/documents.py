"""Customers as rows: phones and addresses as the documents in them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import CustomerId, CustomerSetId
from sqlalchemy import Row

from customers.domain.addresses import Address, AddressId
from customers.domain.customer import Customer
from customers.domain.details import Consent, Details
from customers.domain.phones import Phone, PhoneKind
from customers.domain.search import email_key, fold


def values_of(customer: Customer) -> dict[str, Any]:
    """Give a customer's row."""
    details = customer.details
    return {
        "customer_id": customer.customer_id,
        "customer_set_id": customer.customer_set_id,
        "number": customer.number,
        "first_name": details.first_name,
        "last_name": details.last_name,
        "email": details.email,
        "email_key": email_key(details.email) if details.email else None,
        "company": details.company,
        "phones": [{"kind": phone.kind, "number": phone.number} for phone in details.phones],
        "addresses": [_document(address) for address in customer.addresses],
        "external_reference": details.external_reference,
        "is_staff": details.is_staff,
        "disabled": customer.disabled,
        "complete": customer.complete,
        "version": customer.version,
        "created_at": customer.created_at,
        "tax_id": details.tax_id,
        "tax_exempt": details.tax_exempt,
        "level": details.level,
        "attributes": dict(details.attributes),
        "consent": _consent_document(customer.consent),
        "is_registered": customer.is_registered,
        "erased_at": customer.erased_at,
        "by_last_name": fold(details.last_name),
        "by_first_name": fold(details.first_name),
        "by_company": fold(details.company or ""),
        "by_email": fold(details.email or ""),
    }


def customer_of(row: Row[Any]) -> Customer:
    """Read a customer from a row that has every column of the table."""
    details = Details(
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        company=row.company,
        phones=tuple(Phone(PhoneKind(each["kind"]), each["number"]) for each in row.phones),
        external_reference=row.external_reference,
        is_staff=row.is_staff,
        tax_id=row.tax_id,
        tax_exempt=row.tax_exempt,
        level=row.level,
        attributes=row.attributes,
    )
    return Customer(
        customer_id=CustomerId(row.customer_id),
        customer_set_id=CustomerSetId(row.customer_set_id),
        number=row.number,
        details=details,
        addresses=tuple(map(_address, row.addresses)),
        created_at=row.created_at,
        disabled=row.disabled,
        consent=_consent(row.consent),
        is_registered=row.is_registered,
        erased_at=row.erased_at,
        version=row.version,
    )


def _consent_document(consent: Consent | None) -> dict[str, Any] | None:
    if consent is None:
        return None
    return {
        "granted": consent.granted,
        "at": consent.at.isoformat(),
        "source": consent.source,
    }


def _consent(document: dict[str, Any] | None) -> Consent | None:
    if document is None:
        return None
    at = datetime.fromisoformat(document["at"])
    return Consent(document["granted"], at, document["source"])


def _document(address: Address) -> dict[str, Any]:
    return {
        "id": str(address.address_id),
        "name": address.name,
        "company": address.company,
        "lines": list(address.lines),
        "city": address.city,
        "region": address.region,
        "postal_code": address.postal_code,
        "country": address.country,
        "phone": address.phone,
        "default_billing": address.default_billing,
        "default_shipping": address.default_shipping,
    }


def _address(document: dict[str, Any]) -> Address:
    return Address(
        address_id=AddressId(UUID(document["id"])),
        name=document["name"],
        company=document["company"],
        lines=tuple(document["lines"]),
        city=document["city"],
        region=document["region"],
        postal_code=document["postal_code"],
        country=document["country"],
        phone=document["phone"],
        default_billing=document["default_billing"],
        default_shipping=document["default_shipping"],
    )
