"""The tables of the orders database.

An order is one row: what lists and searches use are columns, the rest is one document, so that an
edit costs one SELECT and one UPDATE however many lines there are.
"""

from chassis.idempotency import idempotency_table
from messaging.tables import messaging_tables
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
messaging = messaging_tables(metadata)
idempotency = idempotency_table(metadata)

sites = Table(
    "site",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("customer_set_id", Uuid, nullable=False),
    Column("country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("storefront_url", Text),
    Index("site_by_code", "code"),
    comment="copies of the customers service's sites; the highest version is kept",
)

site_terms = Table(
    "site_terms",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("terms", JSONB, nullable=False, comment="policy, shipping methods, tax rates"),
    comment="what a site has decided for its orders; without a row: nothing",
)

order_counts = Table(
    "order_count",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("given", BigInteger, nullable=False),
    comment="how many order numbers of each site were given to processes, used or not",
)

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", Text(collation="C"), nullable=False),
    Column("site_id", Uuid, ForeignKey("site.site_id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("event_seq", Integer, nullable=False, comment="events published about it"),
    Column("customer_id", Uuid),
    Column("customer_name", Text, comment="as it was when the customer was chosen"),
    Column("external_reference", Text),
    Column("total_minor", BigInteger, nullable=False, comment="for lists; content is what counts"),
    Column("currency", Text, nullable=False),
    Column("submission_id", Uuid, comment="running, or the last one"),
    Column("submitted_by", Text),
    Column("submitted_at", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("leased_by", Text, comment="who is working on the draft; not a change of the order"),
    Column("leased_until", DateTime(timezone=True)),
    Column("search_text", Text, nullable=False, comment="lower case; a space before each word"),
    Column("cancel_reason", Text, comment="its code, for lists; so the two below"),
    Column("revisions", Integer, nullable=False, server_default="0"),
    Column("giving_back", Boolean, nullable=False, server_default=false()),
    Column("ships_to", Text, comment="country of the shipping address, for lists; so the next"),
    Column("payment_methods", ARRAY(Text), comment="each once, in the order of the payments"),
    Column("content", JSONB, nullable=False, comment="lines, addresses, shipping, payments, notes"),
    CheckConstraint(
        "state IN ('draft', 'submitting', 'submitted', 'cancelled')", name="known_state"
    ),
    # The site last: they are looked for on all sites too.
    Index("orders_number_once", "number", "site_id", unique=True),
    Index(
        "orders_reference_once",
        "external_reference",
        "site_id",
        unique=True,
        postgresql_where="external_reference IS NOT NULL",
    ),
    # The text beside it: what is looked for among a site's newest is not read order by order.
    Index("orders_by_site", "site_id", "id", postgresql_include=["search_text"]),
    Index("orders_by_site_and_state", "site_id", "state", "id"),
    Index("orders_by_state", "state", "id"),
    Index("orders_by_customer", "customer_id", "id"),
    Index(
        "orders_by_cancel_reason",
        "cancel_reason",
        "id",
        postgresql_where="cancel_reason IS NOT NULL",
    ),
    Index(
        "orders_by_site_and_cancel_reason",
        "site_id",
        "cancel_reason",
        "id",
        postgresql_where="cancel_reason IS NOT NULL",
    ),
)

SITE_OF_ORDER = array([orders.c.site_id])
WORDS_OF_ORDER: ColumnElement[str] = func.array_to_tsvector(
    func.array_remove(
        func.string_to_array(orders.c.search_text, literal_column("' '")), literal_column("''")
    )
)
"""The words of ``search_text``; as this stands in the index, it must stand in the search."""
# Written at once: a list of what is pending would be read through by every search.
Index(
    "orders_by_site_and_words",
    SITE_OF_ORDER,
    WORDS_OF_ORDER,
    postgresql_using="gin",
    postgresql_with={"fastupdate": "off"},
)

revisions = Table(
    "order_revision",
    metadata,
    Column("revision_id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("proposed", JSONB, nullable=False, comment="the order's content as it is to be"),
    Column("difference", JSONB, nullable=False),
    Column("refusals", JSONB, nullable=False),
    Column("reason", JSONB(none_as_null=True), comment="why staff asked for it"),
    CheckConstraint("state IN ('running', 'applied', 'refused', 'superseded')", name="known_state"),
    Index("order_revision_by_order", "order_id", "revision_id"),
    Index(
        "order_revision_one_runs",
        "order_id",
        unique=True,
        postgresql_where="state = 'running'",
    ),
    comment="what submitted orders were to become, and whether they did",
)

revised_for = Table(
    "order_revised_for",
    metadata,
    Column("reason", Text, primary_key=True, comment="its code, and once more: any"),
    Column("order_id", Uuid, primary_key=True),
    Column("site_id", Uuid, nullable=False, comment="the order's"),
    Index("order_revised_for_by_site", "site_id", "reason", "order_id"),
    comment="why orders were revised, each reason once, so that lists can be narrowed by it",
)
ANY_REASON = "any"
"""Stands beside the others for every order that was revised, whatever the reason."""

carts = Table(
    "cart",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), nullable=False),
    Column("reference", Text, nullable=False, comment="the storefront's own name for it"),
    Column("customer_id", Uuid, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("abandoned_at", DateTime(timezone=True), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("taken_over_by", Text, comment="who edits it in the customer's place"),
    Column("taken_over_on", Uuid, comment="the draft on which they do"),
    Column("taken_over_at", DateTime(timezone=True)),
    Index("cart_reference_once", "site_id", "reference", unique=True),
    Index("cart_by_customer", "customer_id", "id"),
    comment="carts that customers left at a storefront",
)

draft_holds = Table(
    "draft_hold",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("hold_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False, comment="of the request that is answered here"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("refusals", JSONB, nullable=False),
    comment="what the catalog last said of the stock that a draft holds",
)

links = Table(
    "link",
    metadata,
    Column("link_id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("customer_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False, comment="mail or storefront"),
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("sent_at", DateTime(timezone=True), comment="when its mail was written"),
    Column("used_at", DateTime(timezone=True), comment="when the order was last handed in with it"),
    Column("payment_nos", JSONB, nullable=False, comment="of the payments chosen then"),
    Column("refusals", JSONB, nullable=False, comment="why it could not be mailed"),
    Index("link_by_order", "order_id", "link_id"),
    comment="links by which drafts were handed to their customers; the secret is nowhere",
)

# No foreign key: orders are never deleted, and the check would cost every entry a look-up.
order_changes = Table(
    "order_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False, comment="of the order after the change"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("staff_id", Text, nullable=False),
    Column("customer_id", Uuid),
    Column("action", Text, nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("undo", JSONB(none_as_null=True), comment="what takes the change back; none: nothing"),
    Index("order_change_by_order", "order_id", "id"),
    comment="who changed what, before and after; append-only",
)
