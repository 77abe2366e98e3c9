"""Universes: documents that say what is simulated, with their rules. Pure: no I/O, no framework."""
