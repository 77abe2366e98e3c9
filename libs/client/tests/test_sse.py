"""Server-sent events, however the bytes are cut."""

import itertools
from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from harmonic_client.sse import ServerEvent, events

STREAM = (
    b'retry: 1000\n\n: comment\n\nid: 1\nevent: operation\ndata: {"a":\n'
    b"data: 1}\n\nevent: progress\r\ndata: half\xc3\xa9\r\n\r\ndata:x\rid: 2\r\rid: 3\ndata\n\ndata: never finished\n"
)
FOUND = [
    ServerEvent("operation", '{"a":\n1}', "1"),
    ServerEvent("progress", "halfé", "1"),
    ServerEvent("message", "x", "2"),
    ServerEvent("message", "", "3"),
]


async def _read(chunks: list[bytes]) -> list[ServerEvent]:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [event async for event in events(stream())]


@given(cuts=st.lists(st.integers(min_value=0, max_value=len(STREAM)), max_size=30))
async def test_the_events_do_not_depend_on_the_cuts(cuts: list[int]) -> None:
    """All three line ends, comments, several data lines, a default name, ids that stay; the unfinished event is dropped
    (the examples follow the interpretation rules of the HTML standard, section 9.2.6)."""
    places = sorted({0, *cuts, len(STREAM)})
    chunks = [STREAM[a:b] for a, b in itertools.pairwise(places)]
    assert await _read(chunks) == FOUND


async def test_byte_by_byte() -> None:
    """The hardest cut."""
    assert await _read([bytes([byte]) for byte in STREAM]) == FOUND
