"""What the customers service can be asked to tell."""

from typing import ClassVar

from contracts.customers.replies import Address, LevelOfSite
from contracts.message import Errand, Question
from contracts.values import CustomerId, SiteId


class DescribeCustomer(Question):
    """Tell who a customer is, if they may order on this site.

    Answered by ``CustomerDescribed``, or by ``CustomerRefused``.
    """

    type: ClassVar = "customers.describe-customer.v1"

    customer_id: CustomerId
    site_id: SiteId


class FindCustomer(Question):
    """Tell who has this external reference in a site's customer set, if they may order there.

    Answered by ``CustomerDescribed``, by ``CustomerRefused``, or by ``CustomerNotFound``.
    """

    type: ClassVar = "customers.find-customer.v1"

    site_id: SiteId
    external_reference: str


class CheckLevels(Question):
    """Tell which of these levels there are not: prices for them would be seen by nobody (CU-14).

    Answered by ``LevelsChecked``.

    Attributes:
        levels: At least one.
    """

    type: ClassVar = "customers.check-levels.v1"

    levels: tuple[LevelOfSite, ...]


class CheckAddresses(Question):
    """Tell whether a customer's book would keep addresses; nothing changes (FU-5, OB-1).

    Answered by ``AddressesFit``, or by the ``AddressesNotKept`` that ``KeepAddresses`` would be
    answered by.

    Attributes:
        addresses: At least one.
    """

    type: ClassVar = "customers.check-addresses.v1"

    customer_id: CustomerId
    site_id: SiteId
    addresses: tuple[Address, ...]


class KeepAddresses(Errand):
    """Keep addresses in a customer's book, all or none (FU-5).

    Answered by ``AddressesKept``, or by ``AddressesNotKept``. One that the customer has already is
    not added again; no default changes.

    Attributes:
        addresses: At least one.
    """

    type: ClassVar = "customers.keep-addresses.v1"

    customer_id: CustomerId
    site_id: SiteId
    addresses: tuple[Address, ...]
