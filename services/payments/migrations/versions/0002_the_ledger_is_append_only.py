"""Refuse to change or delete what the test gateway's ledger says."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER test_gateway_entry_is_append_only
        BEFORE UPDATE OR DELETE ON test_gateway_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER test_gateway_entry_is_append_only ON test_gateway_entry")
    op.execute("DROP FUNCTION refuse_change()")
