"""Runs this service's migrations on the connection that the caller has opened."""

from alembic import context
from catalog.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
