"""What is used of aiormq's channel beneath its documented methods, in one place.

All of it are attributes without an underscore of ``aiormq.channel.Channel`` 7.2; the dependency is
bounded to that major version.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from aiormq.abc import ChannelFrame


class Wire(Protocol):
    """An open AMQP channel.

    Attributes:
        number: The channel's number, which stands in every frame.
        max_content_size: Bytes of a body that fit one frame.
        delivery_tag: How many messages were published; the broker counts alike.
        confirmations: What waits for the confirm of each published message, by its number.
        message_id_delivery_tag: By which a returned message is recognised.
        consumers: Callbacks by consumer tag.
    """

    number: int
    max_content_size: int
    delivery_tag: int
    confirmations: dict[int, Any]
    message_id_delivery_tag: dict[str, int]
    write_queue: asyncio.Queue[ChannelFrame]
    consumers: Mapping[str | None, Any]

    @property
    def closing(self) -> asyncio.Future[None]:
        """Give a future of one's own that ends when the channel does, with the reason."""
        ...

    @property
    def lock(self) -> AbstractAsyncContextManager[None]:
        """Keep other frames out while messages are counted and written."""
        ...
