"""The tables of the customers database.

A customer is one row: phones and addresses are read and written with their customer only, so they
are documents in it, and the look-ups on the path of every order are one statement. What customers
are found by stands apart, in ``search_term``.
"""

from chassis.idempotency import idempotency_table
from messaging.tables import messaging_tables
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
    }
)
messaging = messaging_tables(metadata)
idempotency = idempotency_table(metadata)

customer_set = Table(
    "customer_set",
    metadata,
    Column("customer_set_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    comment="customers that some sites share",
)

number_series = Table(
    "number_series",
    metadata,
    Column("customer_set_id", Uuid, ForeignKey(customer_set.c.customer_set_id), primary_key=True),
    Column("last", BigInteger, nullable=False),
    comment="the last customer number given in each set; apart, for it changes all the time",
)

site = Table(
    "site",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("customer_set_id", Uuid, ForeignKey(customer_set.c.customer_set_id), nullable=False),
    Column("country", Text, nullable=False, comment="ISO 3166-1 alpha-2"),
    Column("currency", Text, nullable=False, comment="ISO 4217"),
    Column("time_zone", Text, nullable=False, comment="IANA name"),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("version", Integer, nullable=False),
    Index("site_by_set", "customer_set_id"),
)

customer = Table(
    "customer",
    metadata,
    Column("customer_id", Uuid, primary_key=True),
    Column("customer_set_id", Uuid, ForeignKey(customer_set.c.customer_set_id), nullable=False),
    Column("number", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("email", Text),
    Column("email_key", Text, comment="the e-mail without its case of letters"),
    Column("company", Text),
    Column("phones", JSONB, nullable=False, comment="[{kind, number}]"),
    Column("addresses", JSONB, nullable=False, comment="in order of entry"),
    Column("external_reference", Text),
    Column("is_staff", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("complete", Boolean, nullable=False, comment="has a phone and both default addresses"),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("customer_set_id", "number", name="customer_number_key"),
    UniqueConstraint("customer_set_id", "email_key", name="customer_email_key"),
    UniqueConstraint("customer_set_id", "external_reference", name="customer_reference_key"),
    Index("customer_by_set", "customer_set_id", "customer_id"),
)

search_term = Table(
    "search_term",
    metadata,
    Column("customer_set_id", Uuid, primary_key=True),
    # "C": in order of code points, whatever the server's language, so that a prefix is a range.
    Column("term", Text(collation="C"), primary_key=True),
    Column(
        "customer_id",
        Uuid,
        ForeignKey(customer.c.customer_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Index("search_term_by_customer", "customer_id", "term"),
    comment="everything a customer is found by, folded",
)
