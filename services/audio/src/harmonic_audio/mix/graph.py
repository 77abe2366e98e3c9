"""From the mix document to effects that run: what a voice passes, what it is sent to, and the master."""

from typing import Final, Literal

import numpy as np

from harmonic_audio.mix.chorus import ChorusEffect
from harmonic_audio.mix.compressor import CompressorEffect
from harmonic_audio.mix.convolution import Convolver
from harmonic_audio.mix.echo import EchoEffect
from harmonic_audio.mix.effect import Chain, Effect, Floats, Stateful
from harmonic_audio.mix.equaliser import EqualiserEffect
from harmonic_audio.mix.image_source import echoes
from harmonic_audio.mix.layouts import Layout, azimuth_of_pan
from harmonic_audio.mix.network import NetworkEffect
from harmonic_audio.mix.reverb import impulse_response
from harmonic_audio.soundscape.effects import Reverb
from harmonic_audio.soundscape.mix import Insert, Mix

SendName = Literal["reverb", "delay", "chorus"]
SIDES: Final = (-1.0, 1.0)
"""Pans of the left and the right return of a delay and a chorus."""


class Placed(Stateful):
    """Puts the returns of an effect (returns, n) into the channels of a bus, by gains (returns, channels)."""

    def __init__(self, gains: Floats) -> None:
        self.inputs, self.outputs = gains.shape
        self._gains = gains

    def _process(self, run: Floats) -> Floats:
        # Sums in a fixed order, so that no cut changes a bit, as it might in a matrix product.
        out = np.zeros((self.outputs, run.shape[1]))
        for gains, sound in zip(self._gains, run, strict=True):
            for channel in np.flatnonzero(gains):
                out[channel] += gains[channel] * sound
        return out


def sends_of(mix: Mix, layout: Layout, sample_rate: int, tempo_bpm: float) -> dict[SendName, Effect]:
    """The effects that voices are sent to: each one channel to the channels of a bus, wet alone."""
    sends: dict[SendName, Effect] = {}
    sides = layout.gains(azimuth_of_pan(SIDES))
    if mix.reverb is not None:
        sends["reverb"] = reverb_of(mix.reverb, layout, sample_rate)
    if mix.delay is not None:
        sends["delay"] = Chain([EchoEffect(mix.delay, tempo_bpm, sample_rate), Placed(sides)], 1)
    if mix.chorus is not None:
        sends["chorus"] = Chain([ChorusEffect(mix.chorus, sample_rate), Placed(sides)], 1)
    return sends


def reverb_of(settings: Reverb, layout: Layout, sample_rate: int) -> Effect:
    """The room of the settings: one channel to the channels of a bus."""
    if settings.kind == "fdn":
        return NetworkEffect(settings, layout.returns, sample_rate)
    if settings.kind == "image_source":
        return Convolver(echoes(settings, layout, sample_rate)[:, np.newaxis])
    level = 10.0 ** (settings.level_db / 20.0)
    returns = layout.returns
    tails = impulse_response(settings, sample_rate, len(returns))
    # The noise of each return is its own: what is heard in a channel is their sum by its gains.
    return Convolver(level * (returns.T @ tails)[:, np.newaxis])


def inserts_of(mix: Mix, voice_name: str, instrument: str, channels: int, sample_rate: int) -> list[Effect]:
    """The effects of one voice, in order."""
    return [_insert(insert, channels, sample_rate) for insert in mix.voice(voice_name, instrument).inserts]


def master_of(mix: Mix, channels: int, sample_rate: int) -> list[Effect]:
    """The effects of the whole mix, in order."""
    return [_insert(insert, channels, sample_rate) for insert in mix.master]


def _insert(settings: Insert, channels: int, sample_rate: int) -> Effect:
    if settings.kind == "equaliser":
        return EqualiserEffect(settings, channels, sample_rate)
    return CompressorEffect(settings, channels, sample_rate)
