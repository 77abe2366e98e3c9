"""What holds for every effect: the cut of the stream never shows, its state is all of it, extremes stay finite."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonic_audio.kernels import biquads, compressor, echo, fractional, network
from harmonic_audio.mix.chorus import ChorusEffect
from harmonic_audio.mix.compressor import CompressorEffect
from harmonic_audio.mix.convolution import Convolver
from harmonic_audio.mix.echo import EchoEffect
from harmonic_audio.mix.effect import Chain, Effect
from harmonic_audio.mix.equaliser import EqualiserEffect
from harmonic_audio.mix.graph import inserts_of, master_of, sends_of
from harmonic_audio.mix.layouts import LAYOUT_NAMES, layout_named
from harmonic_audio.mix.motion import Path
from harmonic_audio.mix.moving import MovingEffect
from harmonic_audio.mix.network import NetworkEffect
from harmonic_audio.soundscape.effects import Band, Chorus, Compressor, Delay, Equaliser, Reverb
from harmonic_audio.soundscape.mix import Mix

RATE = 48_000
BLOCK = 12_288
EQUALISER = Equaliser(bands=[Band(frequency_hz=80, gain_db=12, q=5), Band(kind="high_pass", frequency_hz=30)])
FLYBY = Path.of([0.0, 0.05, 0.1], [[6.0, 2.0], [1.0, 1.5], [-6.0, 2.0]])
STREAMS: dict[str, Callable[[], Effect]] = {
    "equaliser": lambda: EqualiserEffect(EQUALISER, 1, RATE),
    "compressor": lambda: CompressorEffect(Compressor(), 1, RATE),
    "network": lambda: NetworkEffect(Reverb(kind="fdn", decay_s=0.3), np.eye(2), RATE),
    "delay": lambda: EchoEffect(Delay(time_s=0.011), 120.0, RATE),
    "chorus": lambda: ChorusEffect(Chorus(), RATE),
    "moving": lambda: MovingEffect(FLYBY.distance_m, 80.0, RATE),
    "chain": lambda: Chain(
        [EqualiserEffect(EQUALISER, 1, RATE), CompressorEffect(Compressor(), 1, RATE), EchoEffect(Delay(), 99.0, RATE)],
        1,
    ),
}
LINEAR = ("equaliser", "network", "delay", "chorus", "moving")
NOISE = np.random.default_rng(7).standard_normal((1, 6000))


def _cut(effect: Effect, sound: np.ndarray, cuts: list[int]) -> np.ndarray:
    edges = [0, *sorted(cuts), sound.shape[1]]
    return np.concatenate([effect(sound[:, a:b]) for a, b in pairwise(edges) if a < b], axis=1)


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, 5999), max_size=12))
def test_no_cut_of_the_stream_changes_a_byte(name: str, cuts: list[int]) -> None:
    """Cut anywhere, single samples too, the output has the bytes of the whole."""
    whole = STREAMS[name]()(NOISE)
    np.testing.assert_array_equal(_cut(STREAMS[name](), NOISE, cuts), whole)


@pytest.mark.parametrize("name", STREAMS)
def test_a_state_is_all_that_an_effect_carries(name: str) -> None:
    """Another effect of the same settings, given the state, goes on with the same bytes; a strange state is refused."""
    first, second = STREAMS[name](), STREAMS[name]()
    first(NOISE[:, :2500])
    second.restore(first.state())
    np.testing.assert_array_equal(first(NOISE[:, 2500:]), second(NOISE[:, 2500:]))
    if name != "chain":
        with pytest.raises(ValueError, match="other settings"):
            second.restore(b"12345")


@pytest.mark.parametrize("name", STREAMS)
def test_an_effect_keeps_the_precision_and_never_changes_its_input(name: str) -> None:
    """float32 in, float32 out, what came in untouched; the wrong number of channels is refused."""
    sound = NOISE.astype(np.float32)
    kept = sound.copy()
    assert STREAMS[name]()(sound).dtype == np.float32
    np.testing.assert_array_equal(sound, kept)
    with pytest.raises(ValueError, match="takes runs of shape"):
        STREAMS[name]()(np.zeros((5, 10)))


@pytest.mark.parametrize("name", LINEAR)
def test_what_is_linear_is_linear(name: str) -> None:
    """The effect of a sum is the sum of the effects to -140 dB: so stems sum to the mix."""
    a, b = NOISE, np.random.default_rng(8).standard_normal(NOISE.shape)
    together = STREAMS[name]()(0.5 * a + 2.0 * b)
    apart = 0.5 * STREAMS[name]()(a) + 2.0 * STREAMS[name]()(b)
    assert np.abs(together - apart).max() < 1e-7 * np.abs(together).max()


@pytest.mark.parametrize("name", STREAMS)
def test_what_fades_ends_in_silence_not_in_denormals(name: str) -> None:
    """After a click and a long silence no carried number is smaller than 1e-200 but zero, and none is infinite."""
    effect = STREAMS[name]()
    click = np.zeros((1, 12 * RATE))
    click[0, :10] = 1e4
    out = effect(click)
    assert np.all(np.isfinite(out))
    tiny = np.abs(out[out != 0.0])
    assert tiny.min(initial=1.0) > 1e-200


def test_a_convolution_is_the_convolution() -> None:
    """Two inputs through responses of several blocks equal numpy's direct convolution to -120 dB, silence between."""
    rng = np.random.default_rng(9)
    responses, sound = rng.standard_normal((3, 2, 700)), rng.standard_normal((2, 2048))
    sound[:, 512:1280] = 0.0
    expected = np.stack([sum(np.convolve(sound[i], responses[o, i])[:2048] for i in range(2)) for o in range(3)])
    for step in (256, 1024, 2048):
        heard = _cut(Convolver(responses, block=256), sound, list(range(step, 2048, step)))
        assert np.abs(heard - expected).max() < 1e-6 * np.abs(expected).max()
    with pytest.raises(ValueError, match="whole blocks of 256"):
        Convolver(responses, block=256)(sound[:, :100])


@pytest.mark.parametrize("layout", LAYOUT_NAMES)
@pytest.mark.parametrize("kind", ["room", "fdn", "image_source"])
def test_every_send_of_a_mix_fills_the_bus_of_every_layout(layout: str, kind: str) -> None:
    """Reverb, delay and chorus take one channel and give the bus's, not silent, resumable in the middle."""
    mix = Mix(reverb=Reverb(kind=kind, decay_s=0.4), delay=Delay(time_s=0.01), chorus=Chorus())
    where = layout_named(layout)
    sound = np.random.default_rng(1).standard_normal((1, 2 * BLOCK)).astype(np.float32)
    resumed = sends_of(mix, where, RATE, 120.0)
    for name, effect in sends_of(mix, where, RATE, 120.0).items():
        assert (effect.inputs, effect.outputs, effect.latency) == (1, where.bus_channels, 0)
        assert effect(sound[:, :BLOCK]).any()
        resumed[name].restore(effect.state())
        np.testing.assert_array_equal(effect(sound[:, BLOCK:]), resumed[name](sound[:, BLOCK:]))


def test_inserts_and_master_are_those_of_the_document() -> None:
    """In order, for the channels asked for; a voice without an entry has none."""
    insert = [{"kind": "equaliser", "bands": [{"gain_db": 6.0}]}, {"kind": "compressor"}]
    mix = Mix.model_validate({"voices": [{"voice": "bell", "inserts": insert}], "master": insert[1:]})
    inserts = inserts_of(mix, "Earth", "bell", 2, RATE)
    assert [type(effect) for effect in inserts] == [EqualiserEffect, CompressorEffect]
    assert not inserts_of(mix, "Earth", "pad", 2, RATE)
    (master,) = master_of(mix, 6, RATE)
    assert (master.inputs, master.outputs) == (6, 6)


def test_a_warm_worker_compiles_nothing_more() -> None:
    """After ``warm`` of its kernels no effect makes the compiler work again: the signatures are the real ones."""
    for module in (biquads, compressor, echo, fractional, network):
        module.warm()
    kernels = (biquads.filtered, compressor.compressed, echo.echoed, fractional.read, fractional.softened,
               network.reverberated)  # fmt: skip
    before = [len(kernel.signatures) for kernel in kernels]
    for make in STREAMS.values():
        effect = make()
        effect(NOISE[:, :64].astype(np.float32))
        effect(NOISE)
    assert [len(kernel.signatures) for kernel in kernels] == before == [1] * len(kernels)
