"""Loudness by ITU-R BS.1770-5 and EBU Tech 3341/3342, and true peak."""

from harmonic_audio.loudness.meter import Loudness, LoudnessMeter
from harmonic_audio.loudness.true_peak import TruePeakMeter, true_peak, true_peaks
from harmonic_audio.loudness.weighting import channel_weights

__all__ = ["Loudness", "LoudnessMeter", "TruePeakMeter", "channel_weights", "true_peak", "true_peaks"]
