"""Promise stock ahead: safety stock, receipts, pending units, holds that expire, policies."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")
STATES = ("held", "refused", "released", "allocated")
MORE_STATES = (*STATES, "expired", "consumed")


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

    _shelves_know_more()
    _movements_know_their_kind()
    _make_receipts()
    _reservations_may_expire()
    _make_policies()


def _units(name, comment=None):
    zero = sa.text("0")
    return sa.Column(name, sa.BigInteger(), server_default=zero, nullable=False, comment=comment)


def _shelves_know_more():
    for column in ("reserved", "allocated"):
        op.alter_column("stock", column, comment="of the goods on hand")
    op.add_column(
        "stock", _units("pending", "reserved or allocated, and covered by no goods on hand")
    )
    op.add_column("stock", _units("safety_stock", "not sellable"))
    op.add_column(
        "stock", _units("version", "grows when staff change it; reservations do not count")
    )
    for column in ("pending", "safety_stock"):
        op.create_check_constraint(op.f(f"stock_{column}_not_negative"), "stock", f"{column} >= 0")


def _movements_know_their_kind():
    op.alter_column("stock_movement", "adjustment_id", comment="one for all that changed together")
    op.add_column(
        "stock_movement",
        sa.Column(
            "kind",
            sa.Text(),
            server_default="adjustment",
            nullable=False,
            comment="adjustment, count or receipt",
        ),
    )
    op.add_column("stock_movement", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    op.create_index("stock_movement_by_sku", "stock_movement", ["sku", "id"])
    op.create_index("stock_movement_by_location", "stock_movement", ["location_id", "id"])


def _make_receipts():
    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reference",
            sa.Text(),
            nullable=False,
            comment="as the supplier or the buyer names it",
        ),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="staff id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.CheckConstraint("state IN ('open', 'booked', 'cancelled')", name=op.f("receipt_state")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.location_id"], name=op.f("receipt_location_id_fkey")
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("receipt_pkey")),
        comment="goods that a location expects",
    )
    op.create_index("receipt_by_due", "receipt", ["due", "receipt_id"])
    op.create_index("receipt_by_location", "receipt", ["location_id", "due", "receipt_id"])
    op.create_index(
        "receipt_open",
        "receipt",
        ["location_id", "due", "receipt_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "receipt_line",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("sku", CODE, nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False, comment="the receipt's"),
        sa.Column("units", sa.BigInteger(), nullable=False, comment="announced"),
        _units("booked"),
        sa.Column(
            "expected", sa.BigInteger(), nullable=False, comment="units that will still come"
        ),
        sa.CheckConstraint("units > 0", name=op.f("receipt_line_units_positive")),
        sa.CheckConstraint("booked >= 0 AND expected >= 0", name=op.f("receipt_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.receipt_id"], name=op.f("receipt_line_receipt_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("receipt_line_sku_fkey")),
        sa.PrimaryKeyConstraint("receipt_id", "sku", name=op.f("receipt_line_pkey")),
    )
    op.create_index("receipt_line_by_sku", "receipt_line", ["sku", "receipt_id"])
    op.create_index(
        "receipt_line_expected",
        "receipt_line",
        ["sku", "location_id"],
        postgresql_where=sa.text("expected > 0"),
    )


def _state_check(states):
    listed = ", ".join(f"'{state}'" for state in states)
    op.drop_constraint(op.f("reservation_state"), "reservation")
    op.create_check_constraint(op.f("reservation_state"), "reservation", f"state IN ({listed})")


def _reservations_may_expire():
    op.add_column(
        "reservation",
        sa.Column("kind", sa.Text(), server_default="submission", nullable=False),
    )
    op.alter_column("reservation", "submission_id", comment="or the id of a draft's hold")
    op.add_column(
        "reservation",
        sa.Column("sequence", sa.BigInteger(), comment="of a hold: the latest request"),
    )
    op.add_column(
        "reservation",
        sa.Column("expires_at", sa.DateTime(timezone=True), comment="of a hold"),
    )
    op.create_check_constraint(
        op.f("reservation_kind"), "reservation", "kind IN ('submission', 'hold')"
    )
    _state_check(MORE_STATES)
    op.create_index(
        "reservation_expiring",
        "reservation",
        ["expires_at"],
        postgresql_where=sa.text("kind = 'hold' AND state = 'held'"),
    )
    op.create_table_comment(
        "reservation",
        "one per submission; the first outcome recorded stands. One per draft that holds stock",
        existing_comment="one per submission; the first outcome recorded stands",
    )
    op.add_column("reservation_line", _units("pending", "of the units: on their way"))
    op.add_column(
        "reservation_line", _units("backordered", "of the units: no stock is known for them")
    )
    op.create_check_constraint(
        op.f("reservation_line_parts"),
        "reservation_line",
        "pending >= 0 AND backordered >= 0 AND pending + backordered <= units",
    )
    op.create_index(
        "reservation_line_waiting",
        "reservation_line",
        ["sku", "location_id"],
        postgresql_where=sa.text("(pending + backordered) > 0"),
    )


def _make_policies():
    op.create_table(
        "site_stock_policy",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("future_stock", sa.Boolean(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("backorder", sa.Text(), nullable=False),
        sa.Column("split_shipping", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "backorder IN ('refuse', 'allow', 'permission')",
            name=op.f("site_stock_policy_backorder"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("site_stock_policy_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("site_stock_policy_pkey")),
        comment="what a site promises beyond the goods on hand; none: the default",
    )
    op.create_table(
        "product_stock_policy",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sku", CODE, nullable=False),
        sa.Column("backorder", sa.Text(), nullable=True),
        sa.Column("future_stock", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "backorder IN ('refuse', 'allow', 'permission')",
            name=op.f("product_stock_policy_backorder"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("product_stock_policy_site_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["sku"], ["variant.sku"], name=op.f("product_stock_policy_sku_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("product_stock_policy_pkey")),
        comment="where a site decides otherwise for one product",
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

    op.drop_table("product_stock_policy")
    op.drop_table("site_stock_policy")
    op.drop_index("reservation_line_waiting")
    op.drop_constraint(op.f("reservation_line_parts"), "reservation_line")
    for column in ("pending", "backordered"):
        op.drop_column("reservation_line", column)
    op.drop_index("reservation_expiring")
    # A hold cannot be kept: the check refuses.
    _state_check(STATES)
    op.drop_constraint(op.f("reservation_kind"), "reservation")
    for column in ("kind", "sequence", "expires_at"):
        op.drop_column("reservation", column)
    op.alter_column("reservation", "submission_id", comment=None)
    op.create_table_comment(
        "reservation",
        "one per submission; the first outcome recorded stands",
        existing_comment="one per submission; the first outcome recorded stands. "
        "One per draft that holds stock",
    )
    op.drop_table("receipt_line")
    op.drop_table("receipt")
    for index in ("stock_movement_by_sku", "stock_movement_by_location"):
        op.drop_index(index)
    for column in ("kind", "receipt_id"):
        op.drop_column("stock_movement", column)
    op.alter_column("stock_movement", "adjustment_id", comment=None)
    for column in ("pending", "safety_stock"):
        op.drop_constraint(op.f(f"stock_{column}_not_negative"), "stock")
    for column in ("pending", "safety_stock", "version"):
        op.drop_column("stock", column)
    for column in ("reserved", "allocated"):
        op.alter_column("stock", column, comment=None)
