"""Scores as Standard MIDI Files."""

from harmonic_audio.midi.writer import MEDIA_TYPE, write_midi

__all__ = ["MEDIA_TYPE", "write_midi"]
