"""Bare aio-pika on the same topology: what publishing and consuming cost without outbox, inbox, order or dedupe."""

import asyncio
import time
from collections.abc import Sequence

import aio_pika

from harmonic_contracts.envelope import Envelope

WINDOW = 256
PATIENCE_S = 300.0


async def publish_rate(url: str, exchange_name: str, routing_key: str, bodies: Sequence[bytes]) -> tuple[float, float]:
    """(messages a second, CPU seconds) of persistent, mandatory messages with pipelined confirms."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(exchange_name)
        persistent = aio_pika.DeliveryMode.PERSISTENT
        began, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(bodies), WINDOW):
            window = [aio_pika.Message(body, delivery_mode=persistent) for body in bodies[start : start + WINDOW]]
            await asyncio.gather(*(exchange.publish(each, routing_key, mandatory=True) for each in window))
        return len(bodies) / (time.perf_counter() - began), time.process_time() - cpu


async def consume_rate(url: str, queue_name: str, count: int, prefetch: int) -> tuple[float, float]:
    """(messages a second, CPU seconds) of consuming what lies in the queue: validated and acknowledged one by one."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=prefetch)
        queue = await channel.get_queue(queue_name)
        left, ended = count, asyncio.Event()

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal left
            Envelope.model_validate_json(message.body)
            await message.ack()
            left -= 1
            if not left:
                ended.set()

        began, cpu = time.perf_counter(), time.process_time()
        tag = await queue.consume(take)
        await asyncio.wait_for(ended.wait(), PATIENCE_S)
        spent = time.perf_counter() - began, time.process_time() - cpu
        await queue.cancel(tag)
        return count / spent[0], spent[1]
