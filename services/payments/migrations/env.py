"""Runs this service's migrations on the connection that the caller has opened."""

from alembic import context
from payments.gateways.tables import metadata  # storage's, and the test gateway's in it

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
