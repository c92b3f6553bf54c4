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
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
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
    Column("storefront_url", Text),
    Column("version", Integer, nullable=False),
    Column(
        "told_as",
        Integer,
        nullable=False,
        server_default="1",
        comment="of what form the last event about it was",
    ),
    Index("site_by_set", "customer_set_id"),
)

customer_level = Table(
    "customer_level",
    metadata,
    Column("customer_set_id", Uuid, ForeignKey(customer_set.c.customer_set_id), primary_key=True),
    Column("code", Text(collation="C"), primary_key=True),
    Column("level_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
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
    Column("tax_id", Text),
    Column("tax_exempt", Boolean, nullable=False, server_default=false()),
    Column("level", Text(collation="C")),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    Column("consent", JSONB, comment="{granted, at, source}, as last said"),
    Column("is_registered", Boolean, nullable=False, server_default=false()),
    Column("erased_at", DateTime(timezone=True)),
    # What lists are sorted by: folded, never null, in order of code points.
    Column("by_last_name", Text(collation="C"), nullable=False, server_default=""),
    Column("by_first_name", Text(collation="C"), nullable=False, server_default=""),
    Column("by_company", Text(collation="C"), nullable=False, server_default=""),
    Column("by_email", Text(collation="C"), nullable=False, server_default=""),
    UniqueConstraint("customer_set_id", "number", name="customer_number_key"),
    UniqueConstraint("customer_set_id", "email_key", name="customer_email_key"),
    UniqueConstraint("customer_set_id", "external_reference", name="customer_reference_key"),
    ForeignKeyConstraint(
        ["customer_set_id", "level"],
        [customer_level.c.customer_set_id, customer_level.c.code],
        name="customer_level_fkey",
    ),
    Index("customer_by_set", "customer_set_id", "customer_id"),
    Index("customer_by_last_name", "customer_set_id", "by_last_name", "customer_id"),
    Index("customer_by_first_name", "customer_set_id", "by_first_name", "customer_id"),
    Index("customer_by_company", "customer_set_id", "by_company", "customer_id"),
    Index("customer_by_email", "customer_set_id", "by_email", "customer_id"),
    Index("customer_by_registered", "customer_set_id", "is_registered", "customer_id"),
    # Filters that few customers pass; a list of those must not read all the others.
    Index(
        "customer_by_level",
        *("customer_set_id", "level", "customer_id"),
        postgresql_where=text("level IS NOT NULL"),
    ),
    Index(
        "customer_disabled",
        *("customer_set_id", "customer_id"),
        postgresql_where=text("disabled"),
    ),
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

customer_order = Table(
    "customer_order",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("customer_set_id", Uuid, nullable=False, comment="of the order's site, when submitted"),
    Column("site_id", Uuid, nullable=False),
    Column("number_key", Text(collation="C"), nullable=False, comment="as domain.search says"),
    Column("customer_id", Uuid, nullable=False),
    Index("customer_order_by_number", "customer_set_id", "number_key"),
    comment="whose orders are whose, as the orders service told",
)

customer_note = Table(
    "customer_note",
    metadata,
    Column("note_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, ForeignKey(customer.c.customer_id), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("customer_note_by_customer", "customer_id", "note_id"),
    comment="what staff noted; never changed",
)

consent = Table(
    "consent",
    metadata,
    Column("consent_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, ForeignKey(customer.c.customer_id), nullable=False),
    Column("granted", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Index("consent_by_customer", "customer_id", "consent_id"),
    comment="everything a customer ever said about offers",
)

mail = Table(
    "mail",
    metadata,
    Column("mail_id", Uuid, primary_key=True),
    Column("customer_id", Uuid, ForeignKey(customer.c.customer_id), nullable=False),
    Column("site_id", Uuid, ForeignKey(site.c.site_id), nullable=False),
    Column("sender_name", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, comment="gone once it is sent: its link is a secret"),
    Column("state", Text, nullable=False, comment="waiting, sent, failed or expired"),
    Column("attempts", Integer, nullable=False),
    Column("trouble", Text, comment="why the last attempt did not succeed"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False, comment="pointless afterwards"),
    Column("sent_at", DateTime(timezone=True)),
    Index("mail_by_customer", "customer_id", "mail_id"),
    Index("mail_by_site", "site_id", "mail_id"),
    Index("mail_due", "due_at", postgresql_where=text("state = 'waiting'")),
    comment="mails that transactions have written, and what became of them",
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256; the token is nowhere"),
    Column("customer_id", Uuid, ForeignKey(customer.c.customer_id), nullable=False),
    Column("site_id", Uuid, ForeignKey(site.c.site_id), nullable=False),
    Column("email_key", Text, nullable=False, comment="to whom it was sent"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ended_as", Text, comment="used or replaced"),
    Index("invitation_by_customer", "customer_id"),
)

Index(
    "idempotency_by_customer",
    func.coalesce(
        idempotency.c.response["customer_id"].astext, idempotency.c.response["id"].astext
    ),
)
