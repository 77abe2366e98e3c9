"""Descriptors and suggestions, each proved by simulation."""
