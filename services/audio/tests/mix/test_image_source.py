"""The rectangular room: its echoes against Allen and Berkley's sum, written out, and against geometry."""

import numpy as np
import pytest

from harmonic_audio.mix.fractional import AFTER
from harmonic_audio.mix.image_source import SPEED_OF_SOUND, echoes, images_of, impulses
from harmonic_audio.mix.layouts import layout_named
from harmonic_audio.soundscape.effects import Reverb, Shoebox

RATE = 48_000
ROOM = Shoebox(size_m=(6.0, 5.0, 3.0), listener_m=(2.0, 1.5, 1.2), source_m=(4.5, 3.0, 1.7),
               reflection=(0.9, 0.8, 0.7, 0.6, 0.5, 0.4), order=5)  # fmt: skip


def _allen_berkley(room: Shoebox) -> list[tuple[float, float]]:
    """(distance, amplitude) of every image by their equation 10: six nested sums, the eight parities apart."""
    size, source, listener, beta = room.size_m, room.source(), room.listener(), room.reflection
    found = []
    span = range(-room.order, room.order + 1)
    for q in (0, 1):
        for j in (0, 1):
            for k in (0, 1):
                for n in span:
                    for m in span:
                        for l in span:  # noqa: E741
                            hits = [abs(n - q), abs(n), abs(m - j), abs(m), abs(l - k), abs(l)]
                            if sum(hits) > room.order:
                                continue
                            place = [
                                (1 - 2 * p) * source[a] - listener[a] + 2 * t * size[a]
                                for a, (p, t) in enumerate(((q, n), (j, m), (k, l)))
                            ]
                            distance = float(np.sqrt(sum(x * x for x in place)))
                            found.append((distance, float(np.prod(np.power(beta, hits))) / distance))
    return sorted(found)


def test_the_images_are_allen_and_berkleys() -> None:
    """Every distance and amplitude of the direct sum is there, to 1e-12, and nothing more."""
    images = images_of(ROOM)
    ours = sorted(zip(images.distance_m.tolist(), images.amplitude.tolist(), strict=True))
    np.testing.assert_allclose(ours, _allen_berkley(ROOM), rtol=1e-12)


def test_the_first_echoes_come_from_the_mirrors() -> None:
    """The source is image 0; the six of first order are it, mirrored in each wall, with that wall's reflection."""
    images = images_of(ROOM)
    source, listener, size = (np.array(x) for x in (ROOM.source(), ROOM.listener(), ROOM.size_m))
    np.testing.assert_allclose(images.offset_m[0], source - listener)
    first = {tuple(np.round(offset, 9)): level for offset, level in
             zip(images.offset_m[1:7], images.amplitude[1:7], strict=True)}  # fmt: skip
    for axis in range(3):
        for wall, at in ((0, 0.0), (1, size[axis])):
            mirrored = source - listener
            mirrored[axis] = 2 * at - source[axis] - listener[axis]
            expected = ROOM.reflection[2 * axis + wall] / np.linalg.norm(mirrored)
            assert first[tuple(np.round(mirrored, 9))] == pytest.approx(expected, rel=1e-12)


def test_the_response_is_the_sum_of_delayed_clicks_in_every_frequency() -> None:
    """Its spectrum is sum a exp(-i w d / c) within -90 dB of its peak up to 20 kHz: fractions of samples count."""
    settings = Reverb(kind="image_source", level_db=0.0, predelay_s=0.002, shoebox=ROOM)
    heard = echoes(settings, layout_named("ambix1"), RATE)[0]
    images = images_of(ROOM)
    late = (images.distance_m[1:] - images.distance_m[0]) / SPEED_OF_SOUND + 0.002
    scale = np.sqrt(2.0 / np.sum(images.amplitude[1:] ** 2))
    size = 1 << 14
    hertz = np.fft.rfftfreq(size, 1 / RATE)[: int(20_000 / RATE * size)]
    exact = scale * np.exp(-2j * np.pi * np.outer(hertz, late)) @ images.amplitude[1:]
    error = np.fft.rfft(heard, size)[: len(hertz)] - exact
    assert np.abs(error).max() < 10 ** (-90 / 20) * np.abs(exact).max()


def test_an_echo_comes_from_where_its_image_is() -> None:
    """In a room that reflects on the left alone, the one echo of the axis is heard left in stereo, at its time."""
    room = Shoebox(size_m=(8, 8, 8), listener_m=(4, 4, 4), source_m=(4.001, 4, 4), reflection=(0, 0, 0, 0.5, 0, 0))
    response = echoes(Reverb(kind="image_source", shoebox=room, predelay_s=0.0, level_db=0.0),
                      layout_named("stereo"), RATE)  # fmt: skip
    peak = np.argmax(np.abs(response[0]))
    assert peak == pytest.approx(8 / SPEED_OF_SOUND * RATE, abs=1)
    assert np.abs(response[1]).max() < 1e-3 * response[0, peak]


def test_a_room_without_echoes_is_silent_and_an_impulse_may_lie_at_the_start() -> None:
    """Order 0, or walls that take everything, give silence; a click at place 0 is a click."""
    for room in (Shoebox(order=0), Shoebox(reflection=(0, 0, 0, 0, 0, 0))):
        assert not echoes(Reverb(kind="image_source", shoebox=room), layout_named("stereo"), RATE).any()
    click = impulses(np.array([0.0]), np.array([[1.0]]))[0]
    assert click[0] == pytest.approx(1.0) and np.abs(click[1:]).max() < 1e-12 and len(click) > AFTER
