"""The typed Python client and the harmonic command line."""
