"""Keep of a gift card's code its digest alone: in orders, revisions, sagas and unsent messages.

As ``contracts.gift_cards`` digests it; a code has letters of A to Z only.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DIGESTED = """
    CREATE OR REPLACE FUNCTION pg_temp.digested(paid jsonb) RETURNS jsonb LANGUAGE sql AS $$
        SELECT CASE
            WHEN paid ->> 'method' = 'gift-card' AND paid ->> 'token' <> '' THEN
                paid - 'token' || jsonb_build_object('code_digest', encode(sha256(convert_to(
                    regexp_replace(upper((paid ->> 'token') COLLATE "C"), '[^A-Z0-9]', '', 'g'),
                    'UTF8'
                )), 'hex'))
            ELSE paid
        END
    $$
"""
BY_CODE = '(@.method == "gift-card" && @.token != null)'

# What the columns say spares a look into most documents.
ORDERS = f"""
    UPDATE orders SET content = jsonb_set(content, '{{payments}}', (
        SELECT jsonb_agg(
            jsonb_set(payment, '{{terms}}', pg_temp.digested(payment -> 'terms')) ORDER BY place
        )
        FROM jsonb_array_elements(content -> 'payments') WITH ORDINALITY AS of (payment, place)
    ))
    WHERE (payment_methods IS NULL OR 'gift-card' = ANY (payment_methods))
        AND jsonb_path_exists(content, '$.payments[*].terms ? {BY_CODE}')
"""
REVISIONS = f"""
    UPDATE order_revision SET proposed = jsonb_set(proposed, '{{payments}}', (
        SELECT jsonb_agg(
            jsonb_set(payment, '{{terms}}', pg_temp.digested(payment -> 'terms')) ORDER BY place
        )
        FROM jsonb_array_elements(proposed -> 'payments') WITH ORDINALITY AS of (payment, place)
    ))
    WHERE jsonb_path_exists(proposed, '$.payments[*].terms ? {BY_CODE}')
"""
SAGAS = f"""
    UPDATE saga SET data = jsonb_set(data, '{{payments}}', (
        SELECT jsonb_agg(pg_temp.digested(payment) ORDER BY place)
        FROM jsonb_array_elements(data -> 'payments') WITH ORDINALITY AS of (payment, place)
    ))
    WHERE definition IN ('orders.submit-order', 'orders.revise-order')
        AND jsonb_path_exists(data, '$.payments[*] ? {BY_CODE}')
"""
MESSAGES = """
    UPDATE outbox SET body = convert_to(jsonb_set(
        convert_from(body, 'UTF8')::jsonb,
        '{data}',
        pg_temp.digested(convert_from(body, 'UTF8')::jsonb -> 'data')
    )::text, 'UTF8')
    WHERE type = 'payments.authorise-payment.v1'
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in (DIGESTED, ORDERS, REVISIONS, SAGAS, MESSAGES):
        op.execute(statement)


def downgrade() -> None:
    """No code follows from a digest: by an earlier release such a payment is declined."""
