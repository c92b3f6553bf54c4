"""Why the customers service says no.

CustomersError
    Invalid                 what was entered breaks rules; says all of them at once
    UnknownCustomerSet      no such set, or none that this staff member may see
    UnknownSite             the same of a site
    UnknownLevel            the customer set has no such level
    UnknownCustomer         the same of a customer
    UnknownAddress          the customer has no such address
    AddressIsDefault        a default address would go and leave none
    EmailTaken              another customer of the set has the e-mail
    ReferenceTaken          another customer of the set has the external reference
    CurrencyFixed           a site's currency is for ever
    StaleVersion            the caller changed what they had not seen
    CustomerIsStaff         a storefront may not change a staff account
    CustomerIsErased        everything personal is gone for good
    NoInvitation            a customer cannot be invited as things are
    InvitationRefused       an invitation's link no longer works
"""

from collections.abc import Collection

from contracts.values import CustomerId

from customers.domain.findings import Violation


class CustomersError(Exception):
    """Base of every "no" of this service."""


class Invalid(CustomersError):
    """What was entered breaks rules.

    Attributes:
        violations: One for each field at fault, in the order of the fields; never empty.
    """

    def __init__(self, violations: Collection[Violation]) -> None:
        super().__init__("; ".join(f"{v.pointer}: {v.detail}" for v in violations))
        self.violations = tuple(violations)


class UnknownCustomerSet(CustomersError):
    def __init__(self, code: str) -> None:
        super().__init__(f"there is no customer set {code!r}")


class UnknownSite(CustomersError):
    def __init__(self, code: str) -> None:
        super().__init__(f"there is no site {code!r}")


class UnknownLevel(CustomersError):
    def __init__(self, code: str) -> None:
        super().__init__(f"the customer set has no level {code!r}")


class UnknownCustomer(CustomersError):
    def __init__(self) -> None:
        super().__init__("there is no such customer")


class UnknownAddress(CustomersError):
    def __init__(self) -> None:
        super().__init__("the customer has no such address")


class AddressIsDefault(CustomersError):
    """The customer's only default billing or shipping address would stop to be one.

    Attributes:
        uses: ``billing``, ``shipping`` or both.
    """

    def __init__(self, uses: Collection[str]) -> None:
        both = " and ".join(uses)
        super().__init__(f"it is the default {both} address: make another one the default first")
        self.uses = tuple(uses)


class EmailTaken(CustomersError):
    """Another customer of the same set has this e-mail, in whatever case of letters.

    Attributes:
        customer_id: Who has it; to be offered instead.
    """

    def __init__(self, customer_id: CustomerId) -> None:
        super().__init__("a customer of this customer set has this e-mail already")
        self.customer_id = customer_id


class ReferenceTaken(CustomersError):
    """Another customer of the same set has this external reference.

    Attributes:
        customer_id: Who has it.
    """

    def __init__(self, customer_id: CustomerId) -> None:
        super().__init__("a customer of this customer set has this external reference already")
        self.customer_id = customer_id


class CurrencyFixed(CustomersError):
    def __init__(self, currency: str) -> None:
        super().__init__(f"the site's prices and orders are in {currency}; make a new site instead")


class CustomerIsStaff(CustomersError):
    def __init__(self) -> None:
        super().__init__("it is a staff account; a storefront may not change it")


class CustomerIsErased(CustomersError):
    def __init__(self) -> None:
        super().__init__("the customer was erased: nothing personal is kept, nor can be again")


class NoInvitation(CustomersError):
    """The customer cannot be invited as things are.

    Attributes:
        code: ALREADY_REGISTERED, STOREFRONT_UNKNOWN or CUSTOMER_DISABLED.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class InvitationRefused(CustomersError):
    """An invitation's link does not work any longer, or never did.

    Attributes:
        code: INVITATION_UNKNOWN, INVITATION_USED, INVITATION_EXPIRED, INVITATION_REPLACED,
            CUSTOMER_SET_MISMATCH or CUSTOMER_DISABLED.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class StaleVersion(CustomersError):
    """The caller's change was made on a version that is no longer the current one.

    Attributes:
        current: The aggregate as it is.
    """

    def __init__(self, current: object, version: int) -> None:
        super().__init__(f"it has changed meanwhile; version {version} is the current one")
        self.current = current
        self.version = version
