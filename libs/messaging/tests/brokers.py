"""What tests do to a broker behind the transport's back."""

import aio_pika
from messaging.rabbit import bootstrap

from libs.messaging.tests.shop import all_queues


async def empty(url: str) -> None:
    """Declare the shop's queues and throw away what is in them."""
    await bootstrap(url, all_queues())
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for queue in all_queues():
            for name in (queue.name, f"{queue.name}.dlq"):
                await (await channel.get_queue(name, ensure=False)).purge()


async def post(url: str, queue: str, message: aio_pika.Message) -> None:
    """Put a message into a queue as a stranger would."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.default_exchange.publish(message, queue)


async def give_back(url: str, queue: str, times: int) -> None:
    """Take the first message of a queue and give it back, as often as said."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        taken = await channel.get_queue(queue, ensure=False)
        for _ in range(times):
            message = await taken.get(timeout=5, fail=False)
            if message is None:
                return
            await message.reject(requeue=True)
