"""Store credit and gift cards: double-entry books.

A transfer moves money between accounts by entries that sum to zero; the database sees to it when
the transaction commits. An account's balance is the sum of its entries, and the customer's never
falls below zero.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from payments.storage.tables import metadata

accounts = Table(
    "credit_account",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False, comment="store-credit, gift-card, hold, issued or taken"),
    Column("site_id", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("customer_id", Uuid, comment="whose store credit it is"),
    Column("code_digest", Text, comment="of a gift card's code, which is kept nowhere"),
    Column("payment_id", Uuid, comment="for which money is held"),
    Column("balance", BigInteger, nullable=False, server_default="0", comment="minor units"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("code_digest"),
    Index(
        "credit_account_of_customer",
        "site_id",
        "customer_id",
        unique=True,
        postgresql_where=text("kind = 'store-credit'"),
    ),
    Index("credit_account_of_payment", "payment_id", unique=True),
    Index(
        "credit_account_of_site",
        "site_id",
        "kind",
        unique=True,
        postgresql_where=text("kind IN ('issued', 'taken')"),
    ),
    CheckConstraint("balance >= 0 OR kind = 'issued'", name="balance"),
)

transfers = Table(
    "credit_transfer",
    metadata,
    Column("transfer_id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", Text, nullable=False, comment="each is made once"),
    Column("kind", Text, nullable=False, comment="issue, hold, capture, release or refund"),
    Column("payment_id", Uuid),
    Column("reason", Text),
    Column("staff_id", Text),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("key"),
    Index("credit_transfer_by_payment", "payment_id"),
    comment="append-only",
)

entries = Table(
    "credit_entry",
    metadata,
    Column(
        "transfer_id",
        BigInteger,
        ForeignKey("credit_transfer.transfer_id"),
        primary_key=True,
    ),
    Column("account_id", Uuid, ForeignKey("credit_account.account_id"), primary_key=True),
    Column("amount", BigInteger, nullable=False, comment="minor units; negative leaves"),
    Index("credit_entry_by_account", "account_id", "transfer_id"),
    CheckConstraint("amount <> 0", name="amount"),
    comment="append-only; those of a transfer sum to zero",
)
