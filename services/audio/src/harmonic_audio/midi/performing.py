"""What a MIDI file's messages do: channels with their controllers, bends, tunings and pedals; notes as they sound."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from harmonic_audio.midi import specs
from harmonic_audio.midi.reader import Message, MidiError, MidiFile

DRUMS: Final = 9
Part = tuple[int, int, int]
"""Track, channel and program (of percussion, the key): what is a voice. The channel is -1 where each note has its own
(MPE)."""
MOST_BENDS: Final = 200_000
FOLLOWED: Final = (specs.MODULATION, specs.EXPRESSION, specs.PAN, specs.RESONANCE, specs.BRIGHTNESS, specs.REVERB)


@dataclass
class Channel:
    """The state of a channel; values as MIDI has them."""

    program: int = 0
    bend: int = specs.BEND_CENTRE
    bend_range: float = 2.0
    values: dict[int, int] = field(default_factory=dict)
    registered: tuple[int, int] = (127, 127)
    pedal: bool = False

    @property
    def bent(self) -> float:
        """Semitones of the bend."""
        return (self.bend - specs.BEND_CENTRE) / specs.BEND_CENTRE * self.bend_range


@dataclass
class PlayedNote:
    """A note: ticks, pitch as a fractional MIDI note, and what its channel said at its start."""

    part: Part
    key: int
    on: int
    off: int
    pitch: float
    velocity: int
    volume: int
    pan: int
    brightness: int | None
    bends: list[tuple[int, float]] = field(default_factory=list)
    """Tick and semitones of the bend from the start, where it changes."""


@dataclass
class Performance:
    """All notes in order of their ends, and the controllers of each part as (tick, value)."""

    notes: list[PlayedNote] = field(default_factory=list)
    controls: dict[tuple[Part, int], list[tuple[int, int]]] = field(default_factory=dict)
    mpe: bool = False


class Player:
    """Plays a file's messages one by one; ask `performance` at the end."""

    def __init__(self, file: MidiFile, most_notes: int) -> None:
        self.file, self.most_notes = file, most_notes
        self.channels = [Channel() for _ in range(16)]
        self.tuning: dict[int, float] = {}
        self.sounding: dict[tuple[int, int, int], list[PlayedNote]] = {}
        self.held: list[tuple[int, PlayedNote]] = []
        self.started = self.bends = 0
        self.performance = Performance(mpe=_is_mpe(file))

    def play(self) -> Performance:
        """All of it. Raises MidiError where there are more notes than allowed."""
        for message in self.file.messages:
            if message.status == 0xF0:
                self._exclusive(message)
            elif message.status < 0xF0:
                self._channel_message(message)
        for notes in self.sounding.values():
            for note in notes:
                self._end(note, self.file.end)
        self._release(None, self.file.end)
        return self.performance

    def _channel_message(self, message: Message) -> None:
        kind, number = message.status & 0xF0, message.status & 0x0F
        channel = self.channels[number]
        if kind == specs.NOTE_ON and message.second:
            self._start(message, number, channel)
        elif kind in (specs.NOTE_ON, specs.NOTE_OFF):
            self._let_go(message, number, channel)
        elif kind == specs.PROGRAM:
            channel.program = message.first
        elif kind == specs.BEND:
            channel.bend = message.first | message.second << 7
            self._bent(message, number, channel)
        elif kind == specs.CONTROL:
            self._control(message, number, channel)

    def _part(self, track: int, number: int, key: int = 0) -> Part:
        program = key if number == DRUMS else self.channels[number].program
        return track, -1 if self.performance.mpe and number != DRUMS else number, program

    def _start(self, message: Message, number: int, channel: Channel) -> None:
        self.started += 1
        if self.started > self.most_notes:
            raise MidiError(0, f"the file has more than {self.most_notes} notes")
        pitch = self.tuning.get(message.first, float(message.first)) + channel.bent
        values = channel.values
        note = PlayedNote(
            self._part(message.track, number, message.first),
            message.first,
            message.tick,
            message.tick,
            pitch,
            message.second,
            values.get(specs.VOLUME, 127),
            values.get(specs.PAN, 64),
            values.get(specs.BRIGHTNESS),
            [(message.tick, channel.bent)],
        )
        self.sounding.setdefault((message.track, number, message.first), []).append(note)

    def _let_go(self, message: Message, number: int, channel: Channel) -> None:
        """The note of the key that began first ends; where the pedal is down, when it is released."""
        waiting = self.sounding.get((message.track, number, message.first))
        if not waiting:
            return
        note = waiting.pop(0)
        if not waiting:
            del self.sounding[message.track, number, message.first]
        if channel.pedal:
            self.held.append((number, note))
        else:
            self._end(note, message.tick)

    def _release(self, number: int | None, tick: int) -> None:
        for held, note in self.held:
            if number in (None, held):
                self._end(note, tick)
        self.held = [] if number is None else [(held, note) for held, note in self.held if held != number]

    def _end(self, note: PlayedNote, tick: int) -> None:
        note.off = tick
        self.performance.notes.append(note)

    def _bent(self, message: Message, number: int, channel: Channel) -> None:
        for (_, of, _), notes in self.sounding.items():
            if of == number:
                self.bends += len(notes)
                for note in notes:
                    note.bends.append((message.tick, channel.bent))
        if self.bends > MOST_BENDS:
            raise MidiError(0, f"the bends of sounding notes change more than {MOST_BENDS} times")

    def _control(self, message: Message, number: int, channel: Channel) -> None:
        controller, value = message.first, message.second
        if controller in (specs.RPN_MSB, specs.RPN_LSB):
            msb, lsb = channel.registered
            channel.registered = (value, lsb) if controller == specs.RPN_MSB else (msb, value)
        elif controller == specs.DATA_MSB and channel.registered == (0, specs.RPN_BEND_RANGE):
            channel.bend_range = float(value)
        elif controller == specs.DATA_LSB and channel.registered == (0, specs.RPN_BEND_RANGE):
            channel.bend_range = int(channel.bend_range) + value / 100.0
        elif controller == specs.SUSTAIN:
            channel.pedal = value >= 64
            if not channel.pedal:
                self._release(number, message.tick)
        else:
            channel.values[controller] = value
            if controller in FOLLOWED:
                part = self._part(message.track, number)
                self.performance.controls.setdefault((part, controller), []).append((message.tick, value))

    def _exclusive(self, message: Message) -> None:
        """MTS single note tuning change, real time (7F id 08 02) or not (7E id 08 02); others are passed over."""
        data = message.data
        if len(data) < 7 or data[0] not in (0x7E, 0x7F) or data[2:4] != b"\x08\x02":
            return
        for change in range(min(data[5], (len(data) - 6) // 4)):
            key, semitone, high, low = data[6 + 4 * change : 10 + 4 * change]
            if max(key, semitone, high, low) < 0x80 and (semitone, high, low) != (0x7F, 0x7F, 0x7F):
                self.tuning[key] = semitone + (high << 7 | low) / 16384.0


def _is_mpe(file: MidiFile) -> bool:
    """Whether a zone is configured: registered parameter 6 on the first or the last channel."""
    asked = [(m.status & 0x0F, m.first, m.second) for m in file.messages if m.status & 0xF0 == specs.CONTROL]
    return any(
        before[1:] == (specs.RPN_LSB, specs.RPN_MPE_ZONE) and after[1] == specs.DATA_MSB and after[2] > 0
        for before, after in pairwise(asked)
        if before[0] == after[0] and before[0] in (0, 15)
    )
