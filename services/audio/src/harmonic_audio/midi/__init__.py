"""Scores as Standard MIDI Files, and files as scores."""

from harmonic_audio.midi.bulk import bulk_tuning_dump
from harmonic_audio.midi.importing import score_of_midi
from harmonic_audio.midi.reader import MidiError, read_midi
from harmonic_audio.midi.writer import MEDIA_TYPE, write_midi

__all__ = ["MEDIA_TYPE", "MidiError", "bulk_tuning_dump", "read_midi", "score_of_midi", "write_midi"]
