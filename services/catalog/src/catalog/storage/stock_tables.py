"""The ledger of stock, what is expected, what is held of it, and what sites promise."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    and_,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from catalog.storage.metadata import metadata, moment


def _sku(*, primary_key: bool = False, known: bool = True) -> "Column[str]":
    column_type = Text(collation="C")
    if known:
        refers = ForeignKey("variant.sku")
        return Column("sku", column_type, refers, primary_key=primary_key, nullable=False)
    return Column("sku", column_type, primary_key=primary_key, nullable=False)


def _units(name: str, comment: str | None = None) -> "Column[int]":
    return Column(name, BigInteger, nullable=False, server_default=text("0"), comment=comment)


stock = Table(
    "stock",
    metadata,
    _sku(primary_key=True),
    Column("location_id", Uuid, ForeignKey("location.location_id"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    _units("reserved", "of the goods on hand"),
    _units("allocated", "of the goods on hand"),
    _units("pending", "reserved or allocated, and covered by no goods on hand"),
    _units("safety_stock", "not sellable"),
    Column(
        "version",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="grows when staff change it; reservations do not count",
    ),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("allocated >= 0", name="allocated_not_negative"),
    CheckConstraint("pending >= 0", name="pending_not_negative"),
    CheckConstraint("safety_stock >= 0", name="safety_stock_not_negative"),
    CheckConstraint("reserved + allocated <= on_hand", name="not_oversold"),
    Index("stock_by_location", "location_id", "sku"),
    # Room on each page keeps the updates of a busy row off the indexes.
    postgresql_with={"fillfactor": "70"},
    comment="one ledger per product and location, in units",
)

stock_movements = Table(
    "stock_movement",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("adjustment_id", Uuid, nullable=False, comment="one for all that changed together"),
    Column(
        "kind",
        Text,
        nullable=False,
        server_default="adjustment",
        comment="adjustment, count or receipt",
    ),
    Column("receipt_id", Uuid),
    _sku(known=False),
    Column("location_id", Uuid, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False, comment="after the change"),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False, comment="staff id"),
    moment("at"),
    ForeignKeyConstraint(["sku", "location_id"], ["stock.sku", "stock.location_id"]),
    Index("stock_movement_by_shelf", "sku", "location_id", "id"),
    Index("stock_movement_by_sku", "sku", "id"),
    Index("stock_movement_by_location", "location_id", "id"),
    comment="what staff changed, and why; append-only",
)

receipts = Table(
    "receipt",
    metadata,
    Column("receipt_id", Uuid, primary_key=True),
    Column("location_id", Uuid, ForeignKey("location.location_id"), nullable=False),
    Column("reference", Text, nullable=False, comment="as the supplier or the buyer names it"),
    Column("due", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("author", Text, nullable=False, comment="staff id"),
    Column("version", BigInteger, nullable=False),
    moment("created_at"),
    CheckConstraint("state IN ('open', 'booked', 'cancelled')", name="state"),
    Index("receipt_by_due", "due", "receipt_id"),
    Index("receipt_by_location", "location_id", "due", "receipt_id"),
    Index("receipt_open", "location_id", "due", "receipt_id", postgresql_where="state = 'open'"),
    comment="goods that a location expects",
)

receipt_lines = Table(
    "receipt_line",
    metadata,
    Column("receipt_id", Uuid, ForeignKey("receipt.receipt_id"), primary_key=True),
    _sku(primary_key=True),
    Column("location_id", Uuid, nullable=False, comment="the receipt's"),
    Column("units", BigInteger, nullable=False, comment="announced"),
    _units("booked"),
    Column("expected", BigInteger, nullable=False, comment="units that will still come"),
    CheckConstraint("units > 0", name="units_positive"),
    CheckConstraint("booked >= 0 AND expected >= 0", name="not_negative"),
    Index("receipt_line_by_sku", "sku", "receipt_id"),
    # Small however many receipts there were: only what is still expected stands in it.
    Index("receipt_line_expected", "sku", "location_id", postgresql_where="expected > 0"),
)

reservations = Table(
    "reservation",
    metadata,
    Column("submission_id", Uuid, primary_key=True, comment="or the id of a draft's hold"),
    Column("kind", Text, nullable=False, server_default="submission"),
    Column("order_id", Uuid, comment="none: released before it was reserved"),
    Column("site_id", Uuid),
    Column("state", Text, nullable=False),
    Column("refusal", JSONB, comment="why it was refused, to be told again"),
    Column("sequence", BigInteger, comment="of a hold: the latest request"),
    Column("expires_at", DateTime(timezone=True), comment="of a hold"),
    moment("created_at"),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('submission', 'hold')", name="kind"),
    CheckConstraint(
        "state IN ('held', 'refused', 'released', 'allocated', 'expired', 'consumed')",
        name="state",
    ),
    Index(
        "reservation_expiring", "expires_at", postgresql_where="kind = 'hold' AND state = 'held'"
    ),
    Index("reservation_by_order", "order_id"),
    comment="one per submission; the first outcome recorded stands. One per draft that holds stock",
)

reservation_lines = Table(
    "reservation_line",
    metadata,
    Column("submission_id", Uuid, ForeignKey("reservation.submission_id"), primary_key=True),
    _sku(primary_key=True, known=False),
    Column("location_id", Uuid, primary_key=True),
    Column("units", BigInteger, nullable=False),
    _units("pending", "of the units: on their way"),
    _units("backordered", "of the units: no stock is known for them"),
    _units("returned", "of the units: allocated, and taken back since"),
    CheckConstraint("units > 0", name="units_positive"),
    CheckConstraint(
        "pending >= 0 AND backordered >= 0 AND returned >= 0"
        " AND pending + backordered + returned <= units",
        name="parts",
    ),
    # Small however many reservations there were: only what waits for goods stands in it.
    Index(
        "reservation_line_waiting",
        "sku",
        "location_id",
        postgresql_where="(pending + backordered) > 0",
    ),
)

stock_returns = Table(
    "stock_return",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("lines", JSONB, comment="what went back where, to be told again"),
    Column("shortages", JSONB, comment="why it was refused, to be told again"),
    moment("created_at"),
    comment="one per return; the first outcome recorded stands",
)

# A partial index serves a statement only where its condition stands there word by word: a value
# that comes as a parameter may be any.
IS_EXPECTED = receipt_lines.c.expected > literal_column("0")
IS_WAITING = reservation_lines.c.pending + reservation_lines.c.backordered > literal_column("0")
IS_HELD_FOR_A_DRAFT = and_(
    reservations.c.kind == literal_column("'hold'"),
    reservations.c.state == literal_column("'held'"),
)

site_stock_policies = Table(
    "site_stock_policy",
    metadata,
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("future_stock", Boolean, nullable=False),
    Column("horizon_days", Integer, nullable=False),
    Column("backorder", Text, nullable=False),
    Column("split_shipping", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("backorder IN ('refuse', 'allow', 'permission')", name="backorder"),
    comment="what a site promises beyond the goods on hand; none: the default",
)

product_stock_policies = Table(
    "product_stock_policy",
    metadata,
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    _sku(primary_key=True),
    Column("backorder", Text),
    Column("future_stock", Boolean),
    CheckConstraint("backorder IN ('refuse', 'allow', 'permission')", name="backorder"),
    comment="where a site decides otherwise for one product",
)
