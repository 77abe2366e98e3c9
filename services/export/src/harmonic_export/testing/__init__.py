"""A small performance for tests: seven planets on resonant orbits, made by closed forms."""
