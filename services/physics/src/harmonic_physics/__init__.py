"""Universes, and their exact, reproducible simulation."""
