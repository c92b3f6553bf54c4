"""What stands on an order beside its lines and payments."""

from dataclasses import dataclass

from contracts.values import Money


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as it stands on this order; the customer's own stays as it is (FU-5).

    Attributes:
        country: ISO 3166-1 alpha-2 code.
    """

    name: str
    lines: tuple[str, ...]
    city: str
    country: str
    company: str | None = None
    region: str | None = None
    postal_code: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """How the order is shipped and what that costs.

    Attributes:
        cost: Before it is offered or adjusted.
        method: In words, for people.
        code: Of the site's shipping method that was chosen; none: ``cost`` was typed.
        handling: What the method asks for handling.
    """

    cost: Money
    method: str | None = None
    code: str | None = None
    handling: Money | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """What the customers service told of the customer, as far as prices and tax depend on it.

    Attributes:
        level: Code of the customer's level in the site's set (CU-14).
        tax_id: The registration under which no tax is charged.
    """

    email: str | None = None
    level: str | None = None
    tax_exempt: bool = False
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the last submission came back.

    Attributes:
        step: The step that said no.
        pointer: JSON Pointer into the order, where a line or field is to blame.
    """

    step: str
    code: str
    detail: str
    pointer: str | None = None
