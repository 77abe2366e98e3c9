"""The reader of Standard MIDI Files (SMF 1.0, formats 0 and 1): bytes in, events in order of time out.

Hostile files are refused with the byte at fault; nothing is read beyond what the file's own lengths allow, and no more
events are kept than stated. Unknown chunks, meta events and system messages are passed over, as the standard asks.
"""

from dataclasses import dataclass
from typing import Final

LARGEST_FILE: Final = 8 * 2**20
MOST_EVENTS: Final = 500_000
MOST_TRACKS: Final = 1024
_LENGTHS: Final = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_META: Final = 0xFF
_SYSEX: Final = (0xF0, 0xF7)


class MidiError(ValueError):
    """A malformed file; ``offset`` is the byte at fault, from 0."""

    def __init__(self, offset: int, reason: str) -> None:
        self.offset = offset
        super().__init__(f"byte {offset}: {reason}")


@dataclass(frozen=True, slots=True)
class Message:
    """An event of a track: ``status`` is that of a channel message, 0xFF (meta; ``first`` is its kind) or 0xF0."""

    tick: int
    track: int
    status: int
    first: int = 0
    second: int = 0
    data: bytes = b""


@dataclass(frozen=True)
class MidiFile:
    """All events in order of tick, those of a tick in the file's order; and the tick at which the last track ends."""

    ticks_per_beat: int
    tracks: int
    messages: tuple[Message, ...]
    end: int


def read_midi(data: bytes, *, most_events: int = MOST_EVENTS) -> MidiFile:
    """The events of a file. Raises MidiError."""
    if len(data) > LARGEST_FILE:
        raise MidiError(LARGEST_FILE, f"the file has {len(data)} bytes; the most is {LARGEST_FILE}")
    form, count, division = _header(data)
    place, found = 8 + _long(data, 4), 0
    messages: list[Message] = []
    end = 0
    while found < count and place + 8 <= len(data):
        length = _long(data, place + 4)
        if place + 8 + length > len(data):
            raise MidiError(place + 4, f"the chunk says {length} bytes; {len(data) - place - 8} follow")
        if data[place : place + 4] == b"MTrk":
            reader = _Track(data, place + 8, place + 8 + length, found, most_events - len(messages))
            messages += reader.messages()
            end = max(end, reader.tick)
            found += 1
        place += 8 + length
    if found < count:
        raise MidiError(len(data), f"the file ends after {found} tracks; its header says {count}")
    if form == 1:
        messages.sort(key=lambda message: message.tick)
    return MidiFile(division, count, tuple(messages), end)


def _header(data: bytes) -> tuple[int, int, int]:
    if data[:4] != b"MThd":
        raise MidiError(0, "this is no Standard MIDI File: it does not begin with MThd")
    if len(data) < 14 or _long(data, 4) < 6 or 8 + _long(data, 4) > len(data):
        raise MidiError(4, "the header is shorter than its six bytes, or longer than the file")
    form, count, division = (int.from_bytes(data[at : at + 2], "big") for at in (8, 10, 12))
    if form > 1:
        raise MidiError(8, f"format {form}: formats 0 and 1 can be read")
    if not 1 <= count <= MOST_TRACKS or (form == 0 and count != 1):
        raise MidiError(10, f"{count} tracks in format {form}: format 0 has one, format 1 has 1 to {MOST_TRACKS}")
    if division & 0x8000 or division == 0:
        raise MidiError(12, "time is not in ticks a beat (SMPTE time and a division of 0 cannot be read)")
    return form, count, division


def _long(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


class _Track:
    """The events of one track chunk, read once from its first byte to its last."""

    def __init__(self, data: bytes, place: int, end: int, number: int, room: int) -> None:
        self.data, self.place, self.end, self.number, self.room = data, place, end, number, room
        self.tick = 0
        self.running = 0
        self.ended = False

    def messages(self) -> list[Message]:
        """Every event that counts, in the file's order."""
        made: list[Message] = []
        while self.place < self.end and not self.ended:
            self.tick += self._quantity()
            at = self.place
            message = self._event()
            if message is not None:
                if len(made) >= self.room:
                    raise MidiError(at, "the file has more events than can be read")
                made.append(message)
        return made

    def _event(self) -> Message | None:
        at = self.place
        status = self._byte()
        if status == _META:
            return self._meta(at)
        if status in _SYSEX:
            self.running = 0
            body = self._bytes(self._quantity())
            return Message(self.tick, self.number, 0xF0, data=body) if status == 0xF0 else None
        if status > 0xF0:
            raise MidiError(at, f"the status {status:#04x} does not occur in files")
        if status < 0x80:
            if not self.running:
                raise MidiError(at, "a data byte without a status before it")
            self.place = at
        else:
            self.running = status
        first = self._data_byte()
        second = self._data_byte() if _LENGTHS[self.running & 0xF0] == 2 else 0
        return Message(self.tick, self.number, self.running, first, second)

    def _meta(self, at: int) -> Message | None:
        self.running = 0
        kind = self._byte()
        if kind > 0x7F:
            raise MidiError(at, f"a meta event of kind {kind}: kinds are 0 to 127")
        body = self._bytes(self._quantity())
        wanted = {0x51: 3, 0x58: 4, 0x59: 2}.get(kind)
        if wanted is not None and len(body) != wanted:
            raise MidiError(at, f"a meta event of kind {kind:#04x} has {len(body)} bytes, not {wanted}")
        self.ended = kind == 0x2F
        return Message(self.tick, self.number, _META, kind, data=body)

    def _byte(self) -> int:
        if self.place >= self.end:
            raise MidiError(self.place, "the track ends inside an event")
        self.place += 1
        return self.data[self.place - 1]

    def _data_byte(self) -> int:
        value = self._byte()
        if value > 0x7F:
            raise MidiError(self.place - 1, f"a data byte of {value}: they are 0 to 127")
        return value

    def _bytes(self, length: int) -> bytes:
        if self.place + length > self.end:
            raise MidiError(self.place, f"{length} bytes are announced; {self.end - self.place} are left in the track")
        self.place += length
        return self.data[self.place - length : self.place]

    def _quantity(self) -> int:
        """A variable-length quantity of at most four bytes."""
        value, at = 0, self.place
        for _ in range(4):
            byte = self._byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise MidiError(at, "a variable-length quantity of more than four bytes")
