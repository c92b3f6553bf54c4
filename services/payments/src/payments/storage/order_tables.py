"""The copy of what orders cost."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Table, Text, Uuid

from payments.storage.tables import metadata

orders = Table(
    "order_copy",
    metadata,
    Column("order_id", Uuid, primary_key=True),
    Column("site_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
    Column("total", BigInteger, comment="minor units; none while it was never submitted"),
    Column("currency", Text),
    Column("cancelled", Boolean, nullable=False),
    Column(
        "costs_since",
        DateTime(timezone=True),
        comment="submitted or last revised; what is told of an earlier time is passed over",
    ),
    Index("order_copy_by_site", "site_id"),
    comment="what the orders service tells; cancelled stands, whatever comes late (SU-8)",
)
