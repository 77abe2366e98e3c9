"""The six pieces are held to what a listener can follow: nothing clips, drones on or buries the melody."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from harmonic_audio.mapping import EventColumns, Motion, map_to_score
from harmonic_audio.rendering import Analysis, Rendering
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.soundscape.defaults import default_soundscape
from harmonic_audio.soundscape.pieces import PIECES
from harmonic_audio.testing import listening
from harmonic_contracts.score import Score
from harmonic_physics.engine.checking import check
from harmonic_physics.engine.registry import presets
from harmonic_physics.engine.simulate import simulate

MELODIES = {
    "trappist-1": ["b", "c", "d", "e", "f", "g", "h"],
    "cooling-gas": ["hail", "frost", "walls"],
    "double-pendulum": ["upper rod", "lower rod"],
    "metronomes": ["ripple", "in step", "cross beat of 3", "cross beat of 4", "cross beat of 5", "cross beat of 7"],
    "struck-chladni-plate": ["song", "low plate"],
    "plucked-chord": [*(f"string {number}" for number in range(1, 7)), "answers"],
}
MOST_NOTES_PER_S, LONGEST_SAME_S, MOST_BURIED, MOST_SILENCE, LEAST_RANGE_LU = 24.0, 8.0, 0.12, 0.1, 5.0
MOST_ROUGH = 1.25
"""Of the middle moment, in roughnesses of a semitone."""
BLOCK, QUIET = 19_200, 10.0**-2.5
"""Samples of 400 ms, and the effective value below which they count as silence: -50 dBFS."""


@dataclass(frozen=True)
class Heard:
    """A piece and what was heard of it."""

    system: str
    document: Soundscape
    score: Score
    analysis: Analysis
    samples: Any
    stems: dict[str, Any]

    @property
    def modal(self) -> bool:
        """Whether the universe is a vibrating body with modes of its own."""
        return self.system in ("plate", "string")


def heard(name: str) -> Heard:
    """The preset simulated, mapped and rendered; the master and the stems as mono."""
    system, preset = presets()[name]
    result = simulate(check(system.kind, preset.spec, preset.environment))
    rows = result.events
    events = EventColumns(
        rows.time,
        rows.kind.astype(np.int64),
        rows.body_a.astype(np.int64),
        rows.body_b.astype(np.int64),
        rows.strength,
        rows.position,
    )
    document = default_soundscape(system.kind, name, preset.title)
    score = map_to_score(document, Motion(result.header, result.time, events, result.arrays))
    with tempfile.TemporaryDirectory() as folder:
        rendering = Rendering(score, document.mix, Path(folder), stems="voices")
        while rendering.tick() < 1.0:
            pass
        samples = soundfile.read(rendering.master_path)[0].mean(axis=1)
        stems = {
            voice: soundfile.read(path)[0].mean(axis=1)
            for voice, path in rendering.stem_paths.items()
            if voice != "room"
        }
    assert rendering.analysis is not None
    return Heard(system.kind, document, score, rendering.analysis, samples, stems)


def test_every_piece_has_a_preset_and_a_melody() -> None:
    """Each soundscape belongs to a preset of physics, and says which of its voices are in front."""
    assert set(PIECES) == set(MELODIES) <= set(presets())


@pytest.mark.parametrize("name", list(PIECES))
def test_a_piece_neither_clips_nor_drones_on_nor_buries_its_melody(name: str) -> None:
    """Level, peak, range, density, silence, sameness, masking and roughness keep to their bounds.

    One test a piece, so that each is simulated and rendered once wherever tests run side by side.
    """
    piece = heard(name)
    loudness, peak = piece.analysis.loudness, piece.analysis.true_peak_dbtp
    assert peak is not None and peak <= piece.document.mix.ceiling_dbtp
    assert loudness.integrated_lufs == pytest.approx(piece.document.mix.target_lufs, abs=0.2)
    assert loudness.range_lu is not None and loudness.range_lu >= LEAST_RANGE_LU
    assert listening.density(piece.score).max() <= MOST_NOTES_PER_S
    blocks = piece.samples[: len(piece.samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    assert np.mean(np.sqrt(np.mean(blocks**2, axis=1)) < QUIET) <= MOST_SILENCE
    length = int(piece.document.length_s * listening.RATE)
    assert listening.longest_same(piece.samples[:length]) <= LONGEST_SAME_S
    assert listening.buried(piece.score, piece.stems, MELODIES[name]) <= MOST_BURIED
    assert np.median(listening.roughness(piece.samples, every_s=1.0)) <= MOST_ROUGH
    if piece.modal:
        with_modes = [voice for voice in piece.score.voices if voice.modes]
        assert len(with_modes) >= 4
        assert all(voice.instrument in ("body", "body_as_it_is") for voice in with_modes)


def test_the_measures_know_a_drone_a_change_and_a_mask() -> None:
    """A steady tone is one stretch, one that moves is not; two equal tones are smooth, a semitone apart they are 1."""
    time = np.arange(int(10 * listening.RATE)) / listening.RATE
    steady = np.sin(2 * np.pi * 440.0 * time)
    assert listening.longest_same(steady) > LONGEST_SAME_S
    assert listening.longest_same(np.sin(2 * np.pi * np.where(time % 4 < 2, 440.0, 990.0) * time)) < 4.0
    number = np.arange(1, 7)
    hertz = 261.626 * np.concatenate([number, number * 2.0 ** (1.0 / 12.0)])
    semitone = listening.pair_roughness(hertz, np.tile(0.88**number, 2)) / listening.semitone_roughness()
    fifth = 261.626 * np.concatenate([number, 1.5 * number])
    assert semitone == pytest.approx(1.0)
    assert listening.pair_roughness(fifth, np.tile(0.88**number, 2)) < 0.5 * listening.semitone_roughness()
