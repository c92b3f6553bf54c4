"""Double entry: money is never made or lost, it only moves between accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.values import CustomerId, PaymentId, SiteId, derived_id

MOST = 2**63 - 1
"""Minor units that an account can have or owe."""


class AccountKind(StrEnum):
    """What an account stands for; only ``issued`` may be negative: it is what the shop owes."""

    STORE_CREDIT = "store-credit"
    GIFT_CARD = "gift-card"
    HOLD = "hold"
    ISSUED = "issued"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one site, and what is on it in minor units."""

    account_id: UUID
    kind: AccountKind
    site_id: SiteId
    currency: str
    balance: int


class NotEnoughCredit(Exception):
    """An account has less than is to be taken from it.

    Attributes:
        balance: What it has, in minor units.
    """

    def __init__(self, account_id: UUID, balance: int) -> None:
        super().__init__(f"account {account_id} has {balance} minor units")
        self.account_id = account_id
        self.balance = balance


class TooMuchCredit(Exception):
    """An account would hold, or owe, more than the books can write."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that moves from one account to others.

    Attributes:
        key: It is made once, however often it is asked.
        entries: What comes to each account, or leaves it when negative; sums to zero.

    Raises:
        ValueError: The entries do not sum to zero.
    """

    key: str
    kind: str
    entries: Mapping[UUID, int]
    payment_id: PaymentId | None = None
    reason: str | None = None
    staff_id: str | None = None

    def __post_init__(self) -> None:
        if sum(self.entries.values()) != 0 or not self.entries:
            raise ValueError(f"transfer {self.key} makes or loses money")


def apply(balances: Mapping[UUID, int], transfer: Transfer, owed: UUID) -> dict[UUID, int]:
    """Give the balances after a transfer; ``owed`` is the account that may be negative.

    Raises:
        NotEnoughCredit: Another account would fall below zero; nothing moves.
        TooMuchCredit: An amount would not fit 64 bits; nothing moves.
    """
    after = dict(balances)
    for account_id, amount in transfer.entries.items():
        after[account_id] = after.get(account_id, 0) + amount
        if after[account_id] < 0 and account_id != owed:
            raise NotEnoughCredit(account_id, balances.get(account_id, 0))
        if not -MOST <= after[account_id] <= MOST:
            raise TooMuchCredit
    return after


def credit_of(site_id: SiteId, customer_id: CustomerId) -> UUID:
    """Give the id of a customer's store credit at a site."""
    return derived_id(site_id, AccountKind.STORE_CREDIT, customer_id)


def card_of(digest: str, site_id: SiteId) -> UUID:
    """Give the id of a gift card, by its code's digest."""
    return derived_id(site_id, AccountKind.GIFT_CARD, digest)


def hold_of(payment_id: PaymentId) -> UUID:
    """Give the id of what is held for a payment."""
    return derived_id(payment_id, AccountKind.HOLD)


def books_of(site_id: SiteId, kind: AccountKind) -> UUID:
    """Give the id of a site's own account."""
    return derived_id(site_id, kind)
