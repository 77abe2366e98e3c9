"""One rendering into a folder, in small steps that can be cut off anywhere and gone on from with the same bytes.

The mix and its stems lie in files that only grow; memory holds a chunk of each, and the score. Every step is a pure
function of the score, of what lies in the files, and of the states of the effects, which a checkpoint keeps.
"""

import hashlib
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from harmonic_audio.engine import ENGINE_VERSION
from harmonic_audio.loudness import Loudness
from harmonic_audio.mix.mastering import Mastering
from harmonic_audio.rendering.ends import faded
from harmonic_audio.rendering.grouping import EFFECTS, Stems, stems_of
from harmonic_audio.rendering.mixing import Mixing
from harmonic_audio.rendering.products import on_one_thread
from harmonic_audio.rendering.sound_file import Samples, SoundFile
from harmonic_audio.rendering.writing import write_master, write_stem
from harmonic_audio.soundscape.mix import Mix
from harmonic_audio.synthesis.bank import CHUNK
from harmonic_contracts.score import Score

SAMPLE_RATE: Final = 48_000
TICK_S: Final = 0.05
MIX_SHARE, MASTER_SHARE = 0.6, 0.9
"""Progress at which the mix and the level are done."""
MIX_FILE: Final = "mix.f32"
_HEAD: Final = struct.Struct("<32sQQ")


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
        self, score: Score, mix: Mix, folder: Path, *, stems: bool | Stems = False, checkpoint: bytes | None = None
    ) -> None:
        self.master_path = folder / "master.wav"
        self.stem_paths: dict[str, Path] = {}
        self.analysis: Analysis | None = None
        self._settings, self._folder = mix, folder
        self._frames = round(score.duration_s * SAMPLE_RATE)
        self._identity = _identity(score, mix, stems_of(stems))
        on_one_thread()
        self._mixing = Mixing(score, mix, stems_of(stems), SAMPLE_RATE)
        self.layout = self._mixing.layout
        self._chunks = -(-(self._frames + self._mixing.latency) // CHUNK)
        self._mixed, mastered = self._restored(checkpoint)
        done = self._delivered(self._mixed)
        self.mix = SoundFile(folder / MIX_FILE, self.layout.channels, done)
        """What is mixed so far, before its level is set."""
        names = [*self._mixing.stem_names, EFFECTS] if self._mixing.stem_names else []
        self._names = names
        self._stems = [SoundFile(folder / f"stem-{n}.f32", self.layout.channels, done) for n in range(len(names))]
        self._mastering = Mastering(self.mix, mix, SAMPLE_RATE, self.layout.weights, mastered)
        self._steps = self._run()
        self._progress = 0.0

    @property
    def frames(self) -> int:
        """Length of the whole, in samples of each channel."""
        return self._frames

    def tick(self) -> float:
        """Work for about TICK_S seconds; returns the progress, 1.0 when all is done."""
        until = time.perf_counter() + TICK_S
        while self._progress < 1.0 and time.perf_counter() < until:
            self._progress = next(self._steps, 1.0)
        return self._progress

    def checkpoint(self) -> tuple[bytes, dict[str, int]] | None:
        """What a resumed rendering needs: a state, and the lengths in bytes of files of the folder that only grow.

        None before the first chunk.
        """
        if not self._mixed:
            return None
        state = self._mixing.state() if self._mixed < self._chunks else b""
        head = _HEAD.pack(self._identity, self._mixed, len(state))
        files = {sound.path.name: sound.bytes for sound in (self.mix, *self._stems)}
        return head + state + self._mastering.state(), files

    def _restored(self, checkpoint: bytes | None) -> tuple[int, bytes]:
        """Chunks taken over from the folder, and what the mastering has found; nothing of another rendering's."""
        if checkpoint is None or len(checkpoint) < _HEAD.size or checkpoint[:32] != self._identity:
            return 0, b""
        _, mixed, length = _HEAD.unpack_from(checkpoint)
        if mixed < self._chunks:
            self._mixing.restore(checkpoint[_HEAD.size : _HEAD.size + length])
        return mixed, checkpoint[_HEAD.size + length :]

    def _delivered(self, chunks: int) -> int:
        """Frames that so many chunks give: the first ones are lost to the latency."""
        return min(max(chunks * CHUNK - self._mixing.latency, 0), self._frames)

    def _run(self) -> Iterator[float]:
        while self._mixed < self._chunks:
            self._mix_chunk()
            yield MIX_SHARE * self._mixed / self._chunks
        for share in self._mastering.steps():
            yield MIX_SHARE + (MASTER_SHARE - MIX_SHARE) * share
        for share in self._writing():
            yield MASTER_SHARE + (0.999 - MASTER_SHARE) * share
        level = self._mastering.level
        self.analysis = Analysis(self._frames / SAMPLE_RATE, level.loudness, level.true_peak_dbtp, level.gain_db)
        yield 1.0

    def _mix_chunk(self) -> None:
        chunk = self._mixing.chunk(self._mixed * CHUNK)
        at = self._mixed * CHUNK - self._mixing.latency
        for sound, samples in zip((self.mix, *self._stems), (chunk.mix, *chunk.stems), strict=True):
            self._append(sound, samples, at)
        self._mixed += 1

    def _append(self, sound: SoundFile, samples: Samples, at: int) -> None:
        """Write a chunk that begins at a frame, without what lies before the first and behind the last."""
        kept = np.array(samples[:, max(-at, 0) : max(self._frames - at, 0)])
        faded(kept, max(at, 0), self._frames, SAMPLE_RATE)
        sound.append(kept)

    def _writing(self) -> Iterator[float]:
        parts = 1 + len(self._stems)
        for share in write_master(self.master_path, self._mastering, self.layout, SAMPLE_RATE):
            yield share / parts
        for index, (name, sound) in enumerate(zip(self._names, self._stems, strict=True)):
            path = self._folder / f"stem-{index}.wav"
            gain = self._mastering.level.gain
            for share in write_stem(path, sound, gain, self.layout, SAMPLE_RATE):
                yield (1 + index + share) / parts
            self.stem_paths[name if name not in self.stem_paths else f"{name} {index + 1}"] = path


def _identity(score: Score, mix: Mix, stems: Stems) -> bytes:
    """What a checkpoint belongs to."""
    digest = hashlib.sha256(f"{ENGINE_VERSION}\n{stems}\n{mix.model_dump_json()}\n".encode())
    digest.update(score.model_dump_json().encode())
    return digest.digest()


def render(score: Score, mix: Mix, folder: Path, *, stems: bool | Stems = False) -> Rendering:
    """A score rendered in one go: the library's way in. The folder must exist."""
    rendering = Rendering(score, mix, folder, stems=stems)
    while rendering.tick() < 1.0:
        pass
    return rendering
