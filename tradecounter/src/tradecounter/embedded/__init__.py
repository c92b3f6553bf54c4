"""The whole system in one process: PostgreSQL beside it, messages through its own outboxes."""
