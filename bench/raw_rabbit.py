"""Bare aio-pika: persistent messages through a quorum queue, confirms pipelined, acknowledged one by one. No more."""

import asyncio
import time

import aio_pika

WINDOW = 256
BODY = b"x" * 500


async def raw_rate(url: str, queue_name: str, count: int) -> float:
    """Messages a second from the first publish to the last acknowledgement."""
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(prefetch_count=WINDOW)
        queue = await channel.declare_queue(queue_name, durable=True, arguments={"x-queue-type": "quorum"})
        left, ended = count, asyncio.Event()

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if not left:
                ended.set()

        try:
            tag = await queue.consume(take)
            began = time.perf_counter()
            for start in range(0, count, WINDOW):
                await asyncio.gather(*(_publish(channel, queue_name) for _ in range(min(WINDOW, count - start))))
            await asyncio.wait_for(ended.wait(), 60.0)
            rate = count / (time.perf_counter() - began)
            await queue.cancel(tag)
            return rate
        finally:
            await queue.delete(if_unused=False, if_empty=False)


async def _publish(channel: aio_pika.abc.AbstractChannel, queue_name: str) -> None:
    message = aio_pika.Message(BODY, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, routing_key=queue_name)
