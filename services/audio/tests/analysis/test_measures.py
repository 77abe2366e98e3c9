"""The measures against closed forms, scipy, and sounds made exactly for them."""

import numpy as np
import pytest
from scipy import signal

from harmonic_audio.analysis import bands, mel, shape
from harmonic_audio.analysis.chroma import chroma
from harmonic_audio.analysis.key import MINOR, key_of
from harmonic_audio.analysis.onsets import onsets, strength
from harmonic_audio.analysis.pitch import pitch_track
from harmonic_audio.analysis.pyramid import Pyramid
from harmonic_audio.analysis.stft import frequencies, powers, stft
from harmonic_audio.analysis.tempo import tempo

RATE = 48_000
HZ = frequencies(RATE)


def _sine(hz: float, seconds: float = 1.0, amplitude: float = 0.5) -> np.ndarray:
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def _noise(seconds: float = 2.0, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE))


def _struck(onset_s: float, hz: float, seconds: float, partials: int = 5) -> np.ndarray:
    """Decaying partials that begin at an exact time with an attack of 2 ms."""
    t = np.arange(round(seconds * RATE)) / RATE - onset_s
    on = np.maximum(t, 0.0)
    attack = np.minimum(1.0, on / 0.002)
    waves = [np.exp(-3.0 * k * on) / k * np.sin(2 * np.pi * hz * k * on) for k in range(1, partials + 1)]
    return 0.2 * attack * np.sum(waves, axis=0)


def test_spectra_are_those_of_scipy() -> None:
    """The transform equals scipy's, and the bins of noise add up to its variance."""
    samples = _noise()
    theirs = signal.ShortTimeFFT(signal.windows.hann(2048, sym=False), 512, RATE).stft(samples, p0=2, p1=10)
    start = 2 * 512 - 1024
    assert np.abs(stft(samples[start:])[:8]) == pytest.approx(np.abs(theirs.T), abs=1e-9)
    assert powers(samples).sum(axis=1).mean() == pytest.approx(1.0, abs=0.03)


def test_a_sine_has_its_frequency_as_centroid_and_rolloff() -> None:
    """On a bin's middle to the bin; flatness near 0, and 0.56 (e to the minus Euler's constant) for white noise."""
    power = powers(_sine(HZ[100]))
    assert shape.centroid(power, HZ) == pytest.approx(HZ[100], abs=1.0)
    assert shape.rolloff(power, HZ) == pytest.approx(HZ[100], abs=HZ[1])
    assert shape.flatness(power).max() < 1e-6
    assert shape.flatness(powers(_noise())).mean() == pytest.approx(np.exp(-np.euler_gamma), abs=0.01)
    assert not shape.centroid(np.zeros((1, 1025)), HZ).any() and not shape.flatness(np.zeros((1, 1025))).any()


def test_flux_counts_what_rises() -> None:
    """A step in level by a known amount gives that amount; a fall gives none."""
    power = np.array([[1.0, 4.0], [4.0, 1.0], [4.0, 1.0]])
    assert list(shape.flux(power)) == [0.0, 1.0, 0.0]
    assert list(shape.flux(power, np.zeros(2))) == [3.0, 1.0, 0.0]


def test_mel_scales_are_those_of_the_papers() -> None:
    """HTK: 1000 Hz is 999.99 mel. Slaney: 1000 Hz is 15, 6400 Hz is 42. Both invert."""
    hertz = np.array([0.0, 440.0, 1000.0, 6400.0])
    assert mel.to_mel(hertz, "htk")[2] == pytest.approx(999.9855, abs=1e-3)
    assert mel.to_mel(hertz, "slaney")[2:] == pytest.approx([15.0, 42.0])
    for scale in ("htk", "slaney"):
        assert mel.to_hertz(mel.to_mel(hertz, scale), scale) == pytest.approx(hertz, abs=1e-9)


def test_cepstra_of_a_flat_spectrum_have_a_constant_alone() -> None:
    """Equal bands: coefficient 0 is the level times the root of the number of bands, all others are 0."""
    found = mel.mfcc(np.full((1, 40), 0.01))
    assert found[0, 0] == pytest.approx(-20.0 * np.sqrt(40)) and found[0, 1:] == pytest.approx(0.0, abs=1e-9)
    assert mel.mel_spectra(powers(_sine(1000.0)), RATE).argmax(axis=1) == pytest.approx(
        np.argmax(mel.filters(RATE, 2048, 40, "slaney", 0.0, RATE / 2)[:, round(1000 * 2048 / RATE)])
    )


def test_bands_add_up_and_hold_what_they_should() -> None:
    """A sine at a mid-band frequency lies in its band; white noise fills each band by its width."""
    middle = bands.centres(3, RATE)
    assert middle[np.argmin(abs(middle - 1000))] == pytest.approx(1000.0)
    power = bands.band_powers(powers(_sine(1000.0)), RATE).mean(axis=0)
    assert power.max() == pytest.approx(0.125, rel=1e-3) and middle[power.argmax()] == pytest.approx(1000.0)
    octaves = bands.band_powers(powers(_noise(4.0)), RATE, 1).mean(axis=0)
    width = bands.centres(1, RATE) * (bands.G**0.5 - bands.G**-0.5)
    assert octaves[4:] == pytest.approx(width[4:] / (RATE / 2), rel=0.03)
    with pytest.raises(ValueError, match="thirds"):
        bands.centres(2, RATE)


@pytest.mark.parametrize("hz", [55.0, 110.03, 261.6256, 440.0, 987.77, 1760.4, 4186.009])
@pytest.mark.parametrize("kind", ["sine", "harmonic", "decaying", "hollow"])
def test_pitch_is_found_within_a_tenth_of_a_cent(hz: float, kind: str) -> None:
    """Steady and decaying tones, pure or with harmonics, also with a weak fundamental, over the whole range."""
    t = np.arange(RATE) / RATE
    amplitudes = {"sine": [1.0], "harmonic": [1, 0.5, 0.33, 0.25], "decaying": [1, 0.5, 0.2], "hollow": [0.2, 1.0, 0.7]}
    parts = [(k, a) for k, a in enumerate(amplitudes[kind], 1) if k * hz < 20_000]
    tone = 0.3 * sum(a * np.sin(2 * np.pi * k * hz * t + k) for k, a in parts)
    if kind == "decaying":
        tone = tone * np.exp(-3.0 * t)
    track = pitch_track(tone, RATE)
    assert track.clarity.min() > 0.8
    assert np.abs(1200 * np.log2(track.hertz / hz)).max() < 0.1


def test_noise_and_silence_have_no_pitch() -> None:
    """Most frames of white noise and all of silence read nan, not a number."""
    assert np.isnan(pitch_track(_noise(0.5), RATE).hertz).mean() > 0.9
    assert pitch_track(np.zeros(RATE), RATE).median_hz is None
    with pytest.raises(ValueError, match="quarter"):
        pitch_track(np.zeros(100), RATE, highest_hz=20_000)


def test_onsets_are_placed_within_a_millisecond() -> None:
    """Struck notes that overlap while the ones before still ring: each found, none invented."""
    times = [0.1003, 0.4501, 0.7, 0.91234, 1.3, 1.71]
    pitches = [220.0, 330.0, 277.18, 523.25, 440.0, 196.0]
    samples = np.sum([_struck(at, hz, 2.4) for at, hz in zip(times, pitches, strict=True)], axis=0)
    assert onsets(samples, RATE) == pytest.approx(times, abs=1e-3)


def test_silence_and_a_steady_tone_have_no_onsets_of_their_own() -> None:
    """Nothing in silence; a tone that was always there begins with the file."""
    assert not onsets(np.zeros(RATE), RATE).size
    assert (onsets(_sine(440.0), RATE) < 0.001).all()


@pytest.mark.parametrize("bpm", [72.0, 96.0, 120.0, 133.0])
def test_tempo_of_a_pulse(bpm: float) -> None:
    """Within half a per cent, at its own metrical level."""
    length = 15.0
    samples = np.zeros(round(length * RATE))
    for at in np.arange(0.2, length - 0.5, 60.0 / bpm):
        start = round(at * RATE)
        note = _struck(0.0, 440.0, 0.2)
        samples[start : start + len(note)] += note
    assert tempo(strength(samples, RATE)) == pytest.approx(bpm, rel=0.005)
    assert tempo(strength(np.zeros(RATE), RATE)) is None


def test_chroma_and_key_of_a_cadence() -> None:
    """I IV V I in D major reads D major; the pitch class of a tone is its own; the minor profile reads minor."""
    chords = ["D F# A", "G B D", "A C# E", "D F# A"]
    names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    piece = np.concatenate(
        [sum(_sine(261.6256 * 2 ** (names.index(n) / 12), 1.0, 0.2) for n in chord.split()) for chord in chords]
    )
    found = key_of(chroma(powers(piece, 8192, 2048), RATE).mean(axis=0))
    assert found is not None and (found.tonic, found.mode) == ("D", "major") and found.correlation > 0.8
    assert chroma(powers(_sine(440.0), 8192, 2048), RATE).mean(axis=0).argmax() == 9
    minor = key_of(np.roll(MINOR, 4))
    assert minor is not None and (minor.tonic, minor.mode) == ("E", "minor")
    assert key_of(np.ones(12)) is None


@pytest.mark.parametrize("piece", [1, 1000, 65_536])
def test_the_pyramid_is_exact_at_every_level(piece: int) -> None:
    """Each column is the minimum, maximum and rms of exactly its samples, however they arrived."""
    samples = np.stack([_noise(0.5), _noise(0.5, 2)]).astype(np.float32)[:, : 2000 if piece == 1 else None]
    pyramid = Pyramid(2, base=8)
    for start in range(0, samples.shape[1], piece):
        pyramid.feed(samples[:, start : start + piece])
    levels = pyramid.levels()
    assert [level.stretch for level in levels][:2] == ([8] if piece == 1 else [8, 32])
    for level in levels:
        for column in (0, level.rms.shape[1] - 1):
            part = samples[:, column * level.stretch : (column + 1) * level.stretch]
            assert np.array_equal(level.lowest[:, column], part.min(axis=1))
            assert np.array_equal(level.highest[:, column], part.max(axis=1))
            assert level.rms[:, column] == pytest.approx(np.sqrt((part.astype(float) ** 2).mean(axis=1)), rel=1e-6)
