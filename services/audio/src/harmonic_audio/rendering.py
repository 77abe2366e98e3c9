"""A score rendered to a master, in small steps: mix, room, level and ceiling, files.

Every step works on a fixed grid and is a pure function of what lies before it, so a rendering that was cut off and is
resumed in its folder ends with the same bytes: the mix is kept chunk by chunk in a file that only grows. Memory: three
float32 buses of the length of the sound.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio import wav
from harmonic_audio.engine import ENGINE_VERSION
from harmonic_audio.loudness import Loudness
from harmonic_audio.mix.mastering import Mastering
from harmonic_audio.mix.reverb import Room
from harmonic_audio.soundscape.document import Mix
from harmonic_audio.synthesis.bank import CHUNK
from harmonic_audio.synthesis.parts import Part, chunks_of
from harmonic_contracts.score import Score

SAMPLE_RATE: Final = 48_000
TICK_S: Final = 0.05
FADE_S: Final = 1.5
MIX_SHARE, ROOM_SHARE, MASTER_SHARE = 0.5, 0.6, 0.9
"""Progress at which the mix, the room and the level are done."""
Samples = NDArray[np.float32]
MIX_FILE: Final = "mix.f32"
CHUNK_BYTES: Final = 4 * CHUNK


@dataclass(frozen=True)
class Analysis:
    """What the master measures."""

    duration_s: float
    loudness: Loudness
    true_peak_dbtp: float | None
    gain_db: float
    """Level change from the mix to the master, before the limiter."""


class Rendering:
    """One rendering into a folder. Call ``tick`` until it returns 1.0; then ``analysis`` and the files are there."""

    def __init__(
        self, score: Score, mix: Mix, folder: Path, *, stems: bool = False, checkpoint: bytes | None = None
    ) -> None:
        self.master_path = folder / "master.wav"
        self.stem_paths: dict[str, Path] = {}
        self.analysis: Analysis | None = None
        self._score, self._mix, self._folder = score, mix, folder
        self._frames = round(score.duration_s * SAMPLE_RATE)
        self._chunks = chunks_of(score.duration_s, SAMPLE_RATE)
        self._bus: Samples = np.zeros((3, self._chunks * CHUNK), dtype=np.float32)
        """Left, right, and what is sent to the room."""
        self._stems = [f"stem-{voice}.f32" for voice in range(len(score.voices))] if stems else []
        self._mixed = self._restored(checkpoint) if checkpoint is not None else 0
        self._steps = self._run()
        self._progress = 0.0

    def tick(self) -> float:
        """Work for about TICK_S seconds; returns the progress, 1.0 when all is done."""
        until = time.perf_counter() + TICK_S
        while self._progress < 1.0 and time.perf_counter() < until:
            self._progress = next(self._steps, 1.0)
        return self._progress

    def checkpoint(self) -> tuple[bytes, dict[str, int]] | None:
        """What a resumed rendering needs: a state, and the lengths in bytes of files of the folder that only grow.

        None before the first chunk and after the last: from there it is a second's work.
        """
        if not 0 < self._mixed < self._chunks:
            return None
        files = dict.fromkeys(self._stems, 2 * self._mixed * CHUNK_BYTES)
        return self._identity() + self._mixed.to_bytes(8, "little"), {MIX_FILE: 3 * self._mixed * CHUNK_BYTES} | files

    def _identity(self) -> bytes:
        """What a checkpoint belongs to."""
        made_of = (ENGINE_VERSION, self._score.model_dump_json(), self._mix.model_dump_json(), *self._stems)
        return hashlib.sha256("\n".join(made_of).encode()).digest()

    def _restored(self, checkpoint: bytes) -> int:
        """Chunks taken over from the folder; 0 where the checkpoint is another rendering's."""
        if checkpoint[:32] != self._identity():
            return 0
        mixed = int.from_bytes(checkpoint[32:40], "little")
        kept = np.fromfile(self._folder / MIX_FILE, dtype="<f4", count=3 * mixed * CHUNK)
        self._bus[:, : mixed * CHUNK] = kept.reshape(mixed, 3, CHUNK).transpose(1, 0, 2).reshape(3, -1)
        return mixed

    def _run(self) -> Iterator[float]:
        for share in self._mixing():
            yield MIX_SHARE * share
        for share in self._rooming():
            yield MIX_SHARE + (ROOM_SHARE - MIX_SHARE) * share
        self._bus = self._faded(self._bus[:2, : self._frames])
        mastering = Mastering(self._bus, self._mix, SAMPLE_RATE)
        for share in mastering.steps():
            yield ROOM_SHARE + (MASTER_SHARE - ROOM_SHARE) * share
        for share in self._writing(mastering):
            yield MASTER_SHARE + (0.999 - MASTER_SHARE) * share
        level = mastering.level
        self.analysis = Analysis(self._frames / SAMPLE_RATE, level.loudness, level.true_peak_dbtp, level.gain_db)
        yield 1.0

    def _mixing(self) -> Iterator[float]:
        voices = range(len(self._score.voices))
        parts = [Part(self._score, voice, width=self._mix.width, sample_rate=SAMPLE_RATE) for voice in voices]
        with ExitStack() as files:
            mix_file = files.enter_context(self._growing(MIX_FILE, 3))
            stem_files = [files.enter_context(self._growing(name, 2)) for name in self._stems]
            for chunk in range(self._mixed, self._chunks):
                bus = self._bus[:, chunk * CHUNK : (chunk + 1) * CHUNK]
                for index, part in enumerate(parts):
                    stem = part.stem(chunk * CHUNK)
                    bus[:2] += stem
                    bus[2] += np.float32(0.5 * part.instrument.reverb_send) * (stem[0] + stem[1])
                    if stem_files:
                        stem_files[index].write(stem.tobytes())
                mix_file.write(bus.tobytes())
                self._mixed = chunk + 1
                yield self._mixed / self._chunks

    @contextmanager
    def _growing(self, name: str, channels: int) -> Iterator[BinaryIO]:
        """A file of chunks, opened where the restored ones end, unbuffered: what is counted is there."""
        path = self._folder / name
        path.touch()
        with path.open("r+b", buffering=0) as file:
            file.truncate(channels * self._mixed * CHUNK_BYTES)
            file.seek(0, 2)
            yield file

    def _rooming(self) -> Iterator[float]:
        if self._mix.reverb is None:
            return
        room = Room.of(self._mix.reverb, SAMPLE_RATE)
        yield 0.0
        for start in range(0, self._bus.shape[1], room.hop):
            wet = room.wet(self._bus[2], start)
            self._bus[:2, start : start + wet.shape[1]] += wet
            yield min(1.0, (start + room.hop) / self._bus.shape[1])

    def _writing(self, mastering: Mastering) -> Iterator[float]:
        with self.master_path.open("wb") as file:
            file.write(wav.header(2, SAMPLE_RATE, self._frames))
            for start in mastering.starts:
                file.write(wav.pcm24(mastering.piece(start)))
                yield 0.5 * start / self._frames
            file.write(wav.padding(2, self._frames))
        gain = np.float32(mastering.level.gain)
        total, summed = len(self._stems), self._bus.copy() if self._stems else self._bus
        for index, name in enumerate(self._stems):
            stem = np.memmap(self._folder / name, dtype="<f4", mode="r").reshape(self._chunks, 2, CHUNK)
            dry = self._faded(np.asarray(stem).transpose(1, 0, 2).reshape(2, -1)[:, : self._frames])
            summed -= dry
            self._write_stem(self._score.voices[index].name, index, gain * dry)
            yield 0.5 + 0.5 * (index + 1) / (total + 1)
        if self._stems:
            self._write_stem("room", total, gain * summed)

    def _faded(self, samples: Samples) -> Samples:
        """The samples, changed so that the end is silence, reached smoothly."""
        count = min(round(FADE_S * SAMPLE_RATE), self._frames)
        samples[:, -count:] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(count) + 1.0) / count)).astype(np.float32)
        return samples

    def _write_stem(self, name: str, index: int, samples: Samples) -> None:
        """A stem at the master's level before its limiter: the stems sum to the mix. Float: it may pass full scale."""
        path = self._folder / f"stem-{index}.wav"
        path.write_bytes(wav.header(2, SAMPLE_RATE, self._frames, float32=True) + wav.float32(samples))
        self.stem_paths[name] = path


def render(score: Score, mix: Mix, folder: Path, *, stems: bool = False) -> Rendering:
    """A score rendered in one go: the library's way in. The folder must exist."""
    rendering = Rendering(score, mix, folder, stems=stems)
    while rendering.tick() < 1.0:
        pass
    return rendering
