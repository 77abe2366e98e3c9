"""The engine: every physical system, exact, fast and reproducible. Pure numerics: no I/O, no framework, no clock.

The same spec, environment and seed give the same bytes, for any chunking and any number of checkpoints.
"""

ENGINE_VERSION = "2.0.0"
"""Named in every result; raised whenever a system would give other numbers from the same spec and seed."""
