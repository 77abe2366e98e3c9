"""From the score to the mix, chunk by chunk in order: voices, their inserts, sends, effects, the master's inserts.

Everything that is carried from chunk to chunk is the effects' own state, which can be put away with the number of
chunks done and taken up again: the mix goes on with the same bytes.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mix.compressor import CompressorEffect
from harmonic_audio.mix.effect import Effect
from harmonic_audio.mix.graph import inserts_of, master_of, sends_of
from harmonic_audio.mix.layouts import Layout, layout_named
from harmonic_audio.mix.motion import NEAR_M
from harmonic_audio.mix.moving import MOST_M, MovingEffect
from harmonic_audio.rendering.beside import Beside
from harmonic_audio.rendering.bus import Rooms, add
from harmonic_audio.rendering.grouping import Player, Stems, players
from harmonic_audio.soundscape.effects import Compressor
from harmonic_audio.soundscape.mix import Insert, Mix
from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.curves import Curve
from harmonic_audio.synthesis.instruments import instrument_of
from harmonic_audio.synthesis.parts import Heard, Part
from harmonic_contracts.score import Score

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]
TOGETHER: Final = 8
"""So many voices are made and summed while their samples are in the processor's cache."""
T = TypeVar("T")
Run = TypeVar("Run", NDArray[np.float32], NDArray[np.float64])


@dataclass(frozen=True)
class Mixed:
    """A chunk of the mix and of its stems, each of shape (delivered channels, CHUNK)."""

    mix: Samples
    stems: list[Samples]
    """Those of the players, then what the effects made."""


class Mixing:
    """All chunks of a score, in order."""

    def __init__(self, score: Score, mix: Mix, stems: Stems, sample_rate: int) -> None:
        self.layout: Layout = layout_named(mix.layout)
        self.settings, self.rate = mix, sample_rate
        curves = {curve.target: Curve.of(curve) for curve in score.mix_curves}
        self.width: float | Curve = curves.get("width", mix.width)
        self._gain, self._reverb_level = curves.get("gain_db"), curves.get("reverb_db")
        self._sends = sends_of(mix, self.layout, sample_rate, score.tempo_map[0].bpm if score.tempo_map else 120.0)
        master = zip(mix.master, master_of(mix, self.layout.bus_channels, sample_rate), strict=True)
        self._master = [*(_Insert(*each) for each in master), _Insert(None, self.layout.decoder(sample_rate))]
        chosen, self.stem_names = players(score, stems)
        self._players = [
            _Desk(player, score, self, number // TOGETHER)
            for number, player in enumerate(player for player in chosen if player.notes)
        ]
        inserts = [insert for desk in self._players for insert in desk.inserts]
        self._wanted = {insert.key for insert in [*inserts, *self._master]} - {None}
        self._keys: dict[str, Floats] = {}
        """Of the chunk under way: the voices that steer compressors, by name."""
        whole = bool(self.stem_names or self._wanted)
        self._groups = _groups(self._players, len(self._players) if whole else TOGETHER)
        self._rooms = Rooms(max(map(len, self._groups), default=0))
        self._decoders = [self.layout.decoder(sample_rate) for _ in self.stem_names]

    @property
    def latency(self) -> int:
        """Samples by which what is delivered lags behind the score."""
        return sum(insert.effect.latency for insert in self._master)

    @property
    def send_names(self) -> list[str]:
        """Of the sends that the mix has."""
        return [str(name) for name in self._sends]

    def chunk(self, start: int) -> Mixed:
        """The next chunk, which begins at a sample."""
        bus, self._keys = np.zeros((self.layout.bus_channels + len(self._sends), CHUNK)), {}
        for group in self._groups:
            heard = self._heard(group, start)
            for _, together in groupby(heard, key=lambda pair: pair[0].group):
                add([found for _, found in together], bus, self._rooms)
        dry, sends = bus[: self.layout.bus_channels], bus[self.layout.bus_channels :]
        out = dry + self._returned(sends, start)
        level = np.ones(1) if self._gain is None else 10.0 ** (self._gain.at(self._times(start)) / 20.0)
        out *= level
        mix = _through(self._master, out, self._keys).astype(np.float32)
        return Mixed(mix, self._stems(heard, mix, level) if self.stem_names else [])

    def _heard(self, group: Sequence["_Desk"], start: int) -> list[tuple["_Desk", Heard]]:
        """What sounds, after its inserts; these may be steered by others of the group, so all are made first."""
        raw: list[tuple[_Desk, Heard]] = []
        for desk in group:
            found = desk.heard(start, self._rooms.of[len(raw)])
            if found is None:
                continue
            raw.append((desk, found))
            if desk.name in self._wanted:
                self._keys[desk.name] = self._keys.get(desk.name, np.zeros((1, CHUNK))) + found.samples[:1]
        return [(desk, desk.inserted(found, self._keys)) for desk, found in raw]

    def _returned(self, sends: Floats, start: int) -> Floats:
        wet = np.zeros((self.layout.bus_channels, CHUNK))
        for (name, effect), send in zip(self._sends.items(), sends, strict=True):
            if name == "reverb" and self._reverb_level is not None:
                send = send * 10.0 ** (self._reverb_level.at(self._times(start)) / 20.0)
            wet += effect(np.asarray(send[None], dtype=np.float32))
        return wet

    def _stems(self, heard: Sequence[tuple["_Desk", Heard]], mix: Samples, level: Floats) -> list[Samples]:
        """Each stem by itself, under the evolving level; the last is what is missing, so that all sum to the mix."""
        made, rest = [], mix.astype(np.float64)
        for number, decoder in enumerate(self._decoders):
            own = [found for desk, found in heard if desk.stem == number]
            stem = np.zeros((self.layout.bus_channels, CHUNK))
            add(own, stem)
            made.append(decoder(level * stem).astype(np.float32))
            rest -= made[-1]
        return [*made, rest.astype(np.float32)]

    def _times(self, start: int) -> Floats:
        return np.arange(start, start + CHUNK) / self.rate

    def state(self) -> bytes:
        """What is carried from chunk to chunk."""
        states = [effect.state() for effect in self._effects()]
        return b"".join(struct.pack("<Q", len(state)) + state for state in states)

    def restore(self, state: bytes) -> None:
        """Go on from a state that a mixing of the same things put away."""
        at = 0
        for effect in self._effects():
            (length,) = struct.unpack_from("<Q", state, at)
            effect.restore(state[at + 8 : at + 8 + length])
            at += 8 + length

    def _effects(self) -> list[Effect]:
        inserts = [insert.effect for desk in self._players for insert in desk.inserts]
        master = [insert.effect for insert in self._master]
        return [*inserts, *self._sends.values(), *master, *self._decoders]


class _Desk:
    """A player's way to the bus: its part, and the inserts it passes."""

    def __init__(self, player: Player, score: Score, mixing: "Mixing", group: int) -> None:
        """``group``: of those that are summed together, whether stems are wanted or not."""
        voice, mix = score.voices[player.voice], mixing.settings
        told, instrument = mix.voice(voice.name, voice.instrument), instrument_of(voice)
        reverb = instrument.reverb_send if told.reverb_send is None else told.reverb_send
        levels = {"reverb": reverb, "delay": told.delay_send, "chorus": told.chorus_send}
        self.stem, self.group = player.stem, group
        self._part = Part(
            score,
            player.voice,
            sample_rate=mixing.rate,
            width=mixing.width,
            layout=mixing.layout,
            sends={name: levels[name] for name in mixing.send_names},
            notes=player.notes,
            gain_db=told.gain_db,
            lfe=told.lfe_send,
        )
        rows = 1 if self._part.one_place else mixing.layout.bus_channels + len(mixing.send_names)
        effects = inserts_of(mix, voice.name, voice.instrument, rows, mixing.rate)
        self.inserts = [_Insert(*each) for each in zip(told.inserts, effects, strict=True)]
        if mix.doppler and (distance := _distance(score, player.voice)) is not None:
            self.inserts.insert(0, _Insert(None, Beside(partial(_moving, distance, mixing.rate), rows)))
        self.name = voice.name

    def heard(self, start: int, room: Samples) -> Heard | None:
        """The next chunk before its inserts; None where nothing sounds and nothing can ring on."""
        heard = self._part.heard(start, room)
        return self._part.silence(start) if heard is None and self.inserts else heard

    def inserted(self, heard: Heard, keys: Mapping[str, Floats]) -> Heard:
        """The same chunk after them."""
        return Heard(_through(self.inserts, heard.samples, keys), heard.gains) if self.inserts else heard


def _distance(score: Score, voice: int) -> Curve | None:
    """How far away a voice is, where that changes."""
    curves = [Curve.of(curve) for curve in score.curves if curve.voice == voice and curve.target == "distance_m"]
    return curves[0] if curves and not curves[0].constant else None


def _moving(distance: Curve, rate: int) -> Effect:
    """The way of a sound from a changing distance. Its level is among the gains of its place already."""
    furthest = float(np.clip(distance.value.max(), NEAR_M, MOST_M))
    return MovingEffect(distance.at, furthest, rate, level=False)


class _Insert:
    """An effect in place, and the voice that steers it."""

    def __init__(self, settings: Insert | None, effect: Effect) -> None:
        self.effect = effect
        self.key = settings.key if isinstance(settings, Compressor) else None

    def __call__(self, run: Run, keys: Mapping[str, Floats]) -> Run:
        if self.key is None or not isinstance(self.effect, CompressorEffect):
            return self.effect(run)
        return self.effect.keyed(run, np.asarray(keys.get(self.key, np.zeros((1, CHUNK))), dtype=run.dtype))


def _through(inserts: Sequence[_Insert], run: Run, keys: Mapping[str, Floats]) -> Run:
    for insert in inserts:
        run = insert(run, keys)
    return run


def _groups(all_of_them: Sequence[T], size: int) -> list[Sequence[T]]:
    return [all_of_them[first : first + size] for first in range(0, len(all_of_them), max(size, 1))]
