"""The whole report on a sound, made while it streams by: figures for the whole, and tracks over time.

Everything is measured on a fixed grid of segments, so the pieces in which the sound arrives change nothing. Memory: a
segment of the sound, and about 300 bytes for each hop of 1,024 samples.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.analysis import bands, mel, shape
from harmonic_audio.analysis.chroma import chroma
from harmonic_audio.analysis.document import MOST_LISTED, BandLevel, KeyFound, SoundReport
from harmonic_audio.analysis.key import key_of
from harmonic_audio.analysis.onsets import HOP_S, Strength, onsets, strength
from harmonic_audio.analysis.pitch import pitch_track
from harmonic_audio.analysis.stft import frequencies, powers
from harmonic_audio.analysis.tempo import tempo

Floats = NDArray[np.float64]
Samples = NDArray[np.floating]
WINDOW: Final = 4096
HOP: Final = 1024
SEGMENT_HOPS: Final = 128
"""2.7 s at 48 kHz: what is measured between two looks at whether to stop."""
MARGIN_S: Final = 0.6
PITCH_HOP_S: Final = 0.1
TEMPO_S: Final = 600.0


@dataclass(frozen=True)
class Tracks:
    """What changes over time, by the names under which an archive holds it; times in seconds."""

    arrays: dict[str, NDArray[np.floating]]


class Listener:
    """Feed it mono samples in order, in pieces of any size; then ask once for the report."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._segment = SEGMENT_HOPS * HOP
        self._margin = round(MARGIN_S * sample_rate)
        self._kept, self._kept_from = np.zeros(0), 0
        self._done = 0
        self._squares, self._count = 0.0, 0
        self._spectral: list[dict[str, Floats]] = []
        self._band_sum, self._frames = np.zeros(len(bands.centres(3, sample_rate))), 0
        self._before: Floats | None = None
        self._onsets: list[Floats] = []
        self._pitch: list[Floats] = []
        self._strength: list[Floats] = []

    def feed(self, samples: Samples) -> None:
        """Add samples of shape (n,)."""
        self._kept = np.concatenate([self._kept, np.asarray(samples, dtype=np.float64)])
        self._count += len(samples)
        while self._count >= self._done + self._segment + max(self._margin, WINDOW):
            self._hear(self._done, self._done + self._segment)

    def report(self) -> tuple[SoundReport, Tracks]:
        """The report on all that was fed, and the tracks."""
        if self._count > self._done:
            self._hear(self._done, self._count)
        tracks = self._tracks()
        mean = {name: float(track.mean()) if track.size else 0.0 for name, track in tracks.items() if track.ndim == 1}
        classes = tracks["chroma"].mean(axis=0) if len(tracks["chroma"]) else np.zeros(12)
        pitches, found = tracks["pitch_hz"], key_of(classes)
        voiced = pitches[np.isfinite(pitches)]
        times = tracks["onset_s"]
        power = self._squares / self._count if self._count else 0.0
        report = SoundReport(
            rms_dbfs=10.0 * float(np.log10(power)) if power > 0.0 else None,
            pitch_hz=float(np.median(voiced)) if voiced.size else None,
            pitched_share=voiced.size / pitches.size if pitches.size else 0.0,
            onsets=len(times),
            onset_times_s=[float(time) for time in times[:MOST_LISTED]],
            tempo_bpm=self._tempo(),
            key=KeyFound(tonic=found.tonic, mode=found.mode, correlation=found.correlation, lead=found.lead)
            if found
            else None,
            chroma=[float(value) for value in classes],
            centroid_hz=mean["centroid_hz"],
            rolloff_hz=mean["rolloff_hz"],
            flatness=mean["flatness"],
            flux=mean["flux"],
            mfcc=[float(value) for value in tracks["mfcc"].mean(axis=0)] if len(tracks["mfcc"]) else [0.0] * 13,
            bands=self._bands(),
        )
        in_time = {name: track if name.endswith("_s") else track.astype(np.float32) for name, track in tracks.items()}
        return report, Tracks(in_time)

    def _tracks(self) -> dict[str, Floats]:
        names = ("centroid_hz", "rolloff_hz", "flatness", "flux", "chroma", "mfcc")
        empty = {"chroma": np.zeros((0, 12)), "mfcc": np.zeros((0, 13))}
        joined = {
            name: np.concatenate([empty.get(name, np.zeros(0)), *(part[name] for part in self._spectral)])
            for name in names
        }
        joined["time_s"] = (np.arange(len(joined["flux"])) * HOP + WINDOW / 2) / self._rate
        joined["pitch_hz"] = np.concatenate([np.zeros(0), *self._pitch])
        joined["pitch_time_s"] = np.arange(len(joined["pitch_hz"])) * round(PITCH_HOP_S * self._rate) / self._rate
        joined["onset_s"] = np.concatenate([np.zeros(0), *self._onsets])
        return joined

    def _bands(self) -> list[BandLevel]:
        mean = self._band_sum / max(self._frames, 1)
        levels = 10.0 * np.log10(np.maximum(mean, 1e-20))
        centres = bands.centres(3, self._rate)
        return [BandLevel(centre_hz=float(c), level_db=float(v)) for c, v in zip(centres, levels, strict=True)]

    def _tempo(self) -> float | None:
        values = np.concatenate([np.zeros(0), *self._strength])
        return tempo(Strength(values, round(HOP_S * self._rate), 0, self._rate))

    def _hear(self, start: int, stop: int) -> None:
        """Measure the segment [start, stop); what was kept reaches a margin to either side."""
        own = self._kept[start - self._kept_from : stop - self._kept_from]
        self._squares += float(own @ own)
        # Frames that begin in the segment; the last may reach into the next.
        self._spectra(self._kept[start - self._kept_from : stop - self._kept_from + WINDOW - HOP])
        self._begin(start, stop)
        self._pitches(start, stop)
        self._done = stop
        drop = max(0, stop - self._margin - self._kept_from)
        self._kept, self._kept_from = self._kept[drop:], self._kept_from + drop

    def _spectra(self, samples: Floats) -> None:
        power, hertz = powers(samples, WINDOW, HOP), frequencies(self._rate, WINDOW)
        if not len(power):
            return
        self._spectral.append(
            {
                "centroid_hz": shape.centroid(power, hertz),
                "rolloff_hz": shape.rolloff(power, hertz),
                "flatness": shape.flatness(power),
                "flux": shape.flux(power, self._before),
                "chroma": chroma(power, self._rate),
                "mfcc": mel.mfcc(mel.mel_spectra(power, self._rate)),
            }
        )
        self._band_sum += bands.band_powers(power, self._rate).sum(axis=0)
        self._frames += len(power)
        self._before = power[-1]

    def _begin(self, start: int, stop: int) -> None:
        low, high = max(start - self._margin, 0), min(stop + self._margin, self._count)
        heard = self._kept[low - self._kept_from : high - self._kept_from]
        times = onsets(heard, self._rate) + low / self._rate
        self._onsets.append(times[(times >= start / self._rate) & (times < stop / self._rate)])
        if start < TEMPO_S * self._rate:
            found = strength(heard, self._rate)
            middle = low + found.first + found.hop * np.arange(len(found.values))
            self._strength.append(found.values[(middle >= start) & (middle < stop)])

    def _pitches(self, start: int, stop: int) -> None:
        hop = round(PITCH_HOP_S * self._rate)
        first = -(-start // hop) * hop
        reach = min(stop + self._margin, self._count)
        heard = self._kept[first - self._kept_from : reach - self._kept_from]
        found = pitch_track(heard, self._rate, highest_hz=min(5000.0, self._rate / 4.0), hop_s=hop / self._rate)
        wanted = max(0, -(-(stop - first) // hop))
        self._pitch.append(found.hertz[:wanted])
