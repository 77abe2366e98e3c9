"""Server-sent events, read from a stream of bytes.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

MAX_LINE = 1024 * 1024


@dataclass(frozen=True)
class ServerEvent:
    """One event. `id` is the last id that the stream gave, which is where to resume."""

    name: str
    data: str
    id: str | None


async def events(chunks: AsyncIterator[bytes]) -> AsyncIterator[ServerEvent]:
    """The events of a stream, however it is cut. An event that is not finished at the end is dropped, as it must be."""
    name, last_id = "", None
    data: list[str] = []
    async for line in _lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name or "message", "\n".join(data), last_id)
            name, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last_id = value


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Lines without their ends, which are CR LF, LF or CR."""
    rest, after_cr = b"", False
    async for chunk in chunks:
        if after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        if chunk:
            after_cr = chunk.endswith(b"\r")
        rest += chunk
        parts = rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = parts.pop()
        if len(rest) > MAX_LINE:
            raise ValueError(f"a line of the stream is longer than {MAX_LINE} bytes")
        for part in parts:
            yield part.decode("utf-8", "replace")
