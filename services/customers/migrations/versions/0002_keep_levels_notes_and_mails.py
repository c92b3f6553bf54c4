"""Keep levels, notes, consents, invitations, mails, and whose orders are whose."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "customer_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "customer_set_id",
            sa.Uuid(),
            nullable=False,
            comment="of the order's site, when submitted",
        ),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column(
            "number_key", sa.Text(collation="C"), nullable=False, comment="as domain.search says"
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("customer_order_pkey")),
        comment="whose orders are whose, as the orders service told",
    )
    op.create_index(
        "customer_order_by_number",
        "customer_order",
        ["customer_set_id", "number_key"],
        unique=False,
    )
    op.create_table(
        "customer_level",
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_set_id"],
            ["customer_set.customer_set_id"],
            name=op.f("customer_level_customer_set_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("customer_set_id", "code", name=op.f("customer_level_pkey")),
    )
    op.create_table(
        "consent",
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.customer_id"], name=op.f("consent_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("consent_id", name=op.f("consent_pkey")),
        comment="everything a customer ever said about offers",
    )
    op.create_index("consent_by_customer", "consent", ["customer_id", "consent_id"], unique=False)
    op.create_table(
        "customer_note",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.customer_id"], name=op.f("customer_note_customer_id_fkey")
        ),
        sa.PrimaryKeyConstraint("note_id", name=op.f("customer_note_pkey")),
        comment="what staff noted; never changed",
    )
    op.create_index(
        "customer_note_by_customer", "customer_note", ["customer_id", "note_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column(
            "token_hash", sa.LargeBinary(), nullable=False, comment="SHA-256; the token is nowhere"
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False, comment="to whom it was sent"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True, comment="used or replaced"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.customer_id"], name=op.f("invitation_customer_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("invitation_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("invitation_pkey")),
    )
    op.create_index("invitation_by_customer", "invitation", ["customer_id"], unique=False)
    op.create_table(
        "mail",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "text", sa.Text(), nullable=True, comment="gone once it is sent: its link is a secret"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, sent, failed or expired"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column(
            "trouble", sa.Text(), nullable=True, comment="why the last attempt did not succeed"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "expires_at", sa.DateTime(timezone=True), nullable=False, comment="pointless afterwards"
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.customer_id"], name=op.f("mail_customer_id_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("mail_site_id_fkey")),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("mail_pkey")),
        comment="mails that transactions have written, and what became of them",
    )
    op.create_index("mail_by_customer", "mail", ["customer_id", "mail_id"], unique=False)
    op.create_index("mail_by_site", "mail", ["site_id", "mail_id"], unique=False)
    op.create_index(
        "mail_due", "mail", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.add_column("customer", sa.Column("tax_id", sa.Text(), nullable=True))
    op.add_column(
        "customer",
        sa.Column("tax_exempt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("customer", sa.Column("level", sa.Text(collation="C"), nullable=True))
    op.add_column(
        "customer",
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column(
        "customer",
        sa.Column(
            "consent",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="{granted, at, source}, as last said",
        ),
    )
    op.add_column(
        "customer",
        sa.Column("is_registered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("customer", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "customer",
        sa.Column("by_last_name", sa.Text(collation="C"), server_default="", nullable=False),
    )
    op.add_column(
        "customer",
        sa.Column("by_first_name", sa.Text(collation="C"), server_default="", nullable=False),
    )
    op.add_column(
        "customer",
        sa.Column("by_company", sa.Text(collation="C"), server_default="", nullable=False),
    )
    op.add_column(
        "customer", sa.Column("by_email", sa.Text(collation="C"), server_default="", nullable=False)
    )
    op.create_index(
        "customer_by_company",
        "customer",
        ["customer_set_id", "by_company", "customer_id"],
        unique=False,
    )
    op.create_index(
        "customer_by_email",
        "customer",
        ["customer_set_id", "by_email", "customer_id"],
        unique=False,
    )
    op.create_index(
        "customer_by_first_name",
        "customer",
        ["customer_set_id", "by_first_name", "customer_id"],
        unique=False,
    )
    op.create_index(
        "customer_by_last_name",
        "customer",
        ["customer_set_id", "by_last_name", "customer_id"],
        unique=False,
    )
    op.create_index(
        "customer_by_level",
        "customer",
        ["customer_set_id", "level", "customer_id"],
        unique=False,
        postgresql_where=sa.text("level IS NOT NULL"),
    )
    op.create_index(
        "customer_disabled",
        "customer",
        ["customer_set_id", "customer_id"],
        unique=False,
        postgresql_where=sa.text("disabled"),
    )
    op.create_index(
        "customer_registered",
        "customer",
        ["customer_set_id", "customer_id"],
        unique=False,
        postgresql_where=sa.text("is_registered"),
    )
    op.create_foreign_key(
        "customer_level_fkey",
        "customer",
        "customer_level",
        ["customer_set_id", "level"],
        ["customer_set_id", "code"],
    )
    op.create_index(
        "idempotency_by_customer",
        "idempotency",
        [sa.literal_column("coalesce(response ->> 'customer_id', response ->> 'id')")],
        unique=False,
    )
    op.add_column("site", sa.Column("storefront_url", sa.Text(), nullable=True))
    # Near enough until a customer is next saved: folding without accents is done in Python.
    op.execute(
        "UPDATE customer SET by_last_name = lower(last_name), by_first_name = lower(first_name),"
        " by_company = lower(coalesce(company, '')), by_email = lower(coalesce(email, ''))"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("site", "storefront_url")
    op.drop_index("idempotency_by_customer", table_name="idempotency")
    op.drop_constraint("customer_level_fkey", "customer", type_="foreignkey")
    op.drop_index(
        "customer_registered", table_name="customer", postgresql_where=sa.text("is_registered")
    )
    op.drop_index("customer_disabled", table_name="customer", postgresql_where=sa.text("disabled"))
    op.drop_index(
        "customer_by_level", table_name="customer", postgresql_where=sa.text("level IS NOT NULL")
    )
    op.drop_index("customer_by_last_name", table_name="customer")
    op.drop_index("customer_by_first_name", table_name="customer")
    op.drop_index("customer_by_email", table_name="customer")
    op.drop_index("customer_by_company", table_name="customer")
    op.drop_column("customer", "by_email")
    op.drop_column("customer", "by_company")
    op.drop_column("customer", "by_first_name")
    op.drop_column("customer", "by_last_name")
    op.drop_column("customer", "erased_at")
    op.drop_column("customer", "is_registered")
    op.drop_column("customer", "consent")
    op.drop_column("customer", "attributes")
    op.drop_column("customer", "level")
    op.drop_column("customer", "tax_exempt")
    op.drop_column("customer", "tax_id")
    op.drop_index("mail_due", table_name="mail", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("mail_by_site", table_name="mail")
    op.drop_index("mail_by_customer", table_name="mail")
    op.drop_table("mail")
    op.drop_index("invitation_by_customer", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("customer_note_by_customer", table_name="customer_note")
    op.drop_table("customer_note")
    op.drop_index("consent_by_customer", table_name="consent")
    op.drop_table("consent")
    op.drop_table("customer_level")
    op.drop_index("customer_order_by_number", table_name="customer_order")
    op.drop_table("customer_order")
