"""What every module of tables adds to: one metadata, migrated by this service's Alembic tree."""

from chassis.idempotency import idempotency_table
from messaging.tables import messaging_tables
from sqlalchemy import Column, DateTime, MetaData, func

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


def moment(name: str) -> "Column[object]":
    """Give a column that says when the row was made, unless it is told otherwise."""
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())
