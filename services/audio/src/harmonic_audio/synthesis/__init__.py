"""Voices: from the notes of a score to sound, without aliasing and without clicks."""
