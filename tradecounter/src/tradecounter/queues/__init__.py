"""Durable queues for systems outside: made on the broker, each with credentials of its own."""
