"""Messages over RabbitMQ, 3.10 to 4.x."""

from messaging.rabbit.declare import bootstrap
from messaging.rabbit.definitions import definitions
from messaging.rabbit.transport import RabbitTransport

__all__ = ["RabbitTransport", "bootstrap", "definitions"]
