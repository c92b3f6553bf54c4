"""How customers look to staff."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import CustomerId
from messaging.direct import Row as DirectRow
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Row

from customers.domain.phones import PhoneKind
from customers.domain.standing import Block, blocked


class PhoneView(BaseModel):
    """A phone; ``number`` is E.164."""

    model_config = ConfigDict(frozen=True)

    kind: PhoneKind
    number: str


class AddressView(BaseModel):
    """An address; ``region`` is the key of the state, province or county."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    company: str | None
    lines: tuple[str, ...]
    city: str
    region: str | None
    postal_code: str | None
    country: str
    phone: str | None
    default_billing: bool
    default_shipping: bool


class ConsentView(BaseModel):
    """What a customer said about offers: when (UTC) and where."""

    model_config = ConfigDict(frozen=True)

    granted: bool
    at: datetime
    source: str


class CustomerLine(BaseModel):
    """A customer in a list.

    Attributes:
        customer_set: The set's code.
        level: Code of a level of that set (CU-14).
        is_registered: They can sign in at the storefront (CU-9).
        erased: Everything personal was removed; names are empty.
        blocked: Why no order may be taken for them (CU-7, SE-5); none when one may.
        choosable: Whether an order may be taken for them.
    """

    model_config = ConfigDict(frozen=True)

    id: CustomerId
    number: str
    customer_set: str
    first_name: str
    last_name: str
    email: str | None
    company: str | None
    external_reference: str | None
    level: str | None
    is_staff: bool
    is_registered: bool
    disabled: bool
    erased: bool
    blocked: Block | None
    choosable: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Row[Any] | DirectRow) -> "CustomerLine":
        """Read a line from a customer's row with the set's ``code``."""
        return CustomerLine(**_line(row))


class CustomerView(CustomerLine):
    """All about a customer. There is no password anywhere (CU-8)."""

    version: int
    phones: tuple[PhoneView, ...]
    addresses: tuple[AddressView, ...]
    tax_id: str | None
    tax_exempt: bool
    attributes: dict[str, str]
    marketing_consent: ConsentView | None
    erased_at: datetime | None

    @classmethod
    def whole(cls, row: Row[Any]) -> "CustomerView":
        """Read all from a customer's row with the set's ``code``."""
        return CustomerView(
            **_line(row),
            version=row.version,
            phones=row.phones,
            addresses=row.addresses,
            tax_id=row.tax_id,
            tax_exempt=row.tax_exempt,
            attributes=row.attributes,
            marketing_consent=row.consent,
            erased_at=row.erased_at,
        )


def _line(row: Row[Any] | DirectRow) -> dict[str, Any]:
    erased = row.erased_at is not None
    block = blocked(
        erased=erased, is_staff=row.is_staff, disabled=row.disabled, complete=row.complete
    )
    return {
        "id": row.customer_id,
        "number": row.number,
        "customer_set": row.code,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "company": row.company,
        "external_reference": row.external_reference,
        "level": row.level,
        "is_staff": row.is_staff,
        "is_registered": row.is_registered,
        "disabled": row.disabled,
        "erased": erased,
        "blocked": block,
        "choosable": block is None,
        "created_at": row.created_at,
    }
