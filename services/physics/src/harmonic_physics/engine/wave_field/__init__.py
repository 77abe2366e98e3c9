"""Waves in the plane."""
