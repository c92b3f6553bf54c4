"""The servers that Tradecounter starts itself: PostgreSQL to run on, RabbitMQ to test on."""
