"""Performances packaged as files: audio, MIDI, score, data, pictures, bundles."""
