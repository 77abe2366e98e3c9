"""Chaos: the platform as real processes, killed at every marked point of the event path, under load, and its books."""
