"""Promises of the wire: it passes bytes both ways, and a cut is felt at once at both ends."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from harmonic_standalone.testing.chaos.proxy import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A wire to a server that sends back what it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    made = Wire(server.sockets[0].getsockname()[1])
    await made.start()
    yield made
    await made.stop()
    server.close()


async def test_bytes_pass_both_ways(wire: Wire) -> None:
    """A megabyte, in one piece, comes back as it went."""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    sent = bytes(range(256)) * 4096
    writer.write(sent)
    assert await asyncio.wait_for(reader.readexactly(len(sent)), 10) == sent
    writer.close()


async def test_a_cut_is_felt_and_mends(wire: Wire) -> None:
    """Cut, the open connection breaks and a new one is refused or broken; mended, new ones pass."""
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"x")
    assert await reader.readexactly(1) == b"x"
    wire.cut()
    assert not await _carries(reader, writer)
    assert not await _carries(*await asyncio.open_connection("127.0.0.1", wire.port))
    wire.mend()
    assert await _carries(*await asyncio.open_connection("127.0.0.1", wire.port))


async def _carries(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    try:
        writer.write(b"y")
        await writer.drain()
        return await asyncio.wait_for(reader.read(1), 5) == b"y"
    except OSError:
        return False
    finally:
        writer.close()
