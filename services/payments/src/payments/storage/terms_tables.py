"""What may be bought on account, and who has changed that."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from payments.storage.tables import metadata

agreements = Table(
    "purchase_terms",
    metadata,
    Column("customer_set_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, primary_key=True),
    Column("net_days", Integer, nullable=False),
    Column("limits", JSONB, nullable=False, comment="minor units by currency"),
    Column("version", Integer, nullable=False),
    Column("removed", Boolean, nullable=False, server_default=false()),
    comment="agreed with a customer, for all sites of the set; locked by who adds to what is open",
)

usual_terms = Table(
    "site_purchase_terms",
    metadata,
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("without_agreement", Boolean, nullable=False),
    Column("net_days", Integer, nullable=False),
    comment="for those with whom nothing was agreed",
)

changes = Table(
    "purchase_terms_change",
    metadata,
    Column("change_id", BigInteger, Identity(always=True), primary_key=True),
    Column("customer_set_id", Uuid, comment="with customer_id: what was agreed"),
    Column("customer_id", Uuid),
    Column("site_id", Uuid, comment="what a site says to all others"),
    Column("staff_id", Text),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True), comment="none: removed"),
    Index("purchase_terms_change_of_customer", "customer_set_id", "customer_id", "change_id"),
    Index("purchase_terms_change_of_site", "site_id", "change_id"),
    comment="append-only",
)
