"""Soundscapes, scores and their rendering to audio."""
