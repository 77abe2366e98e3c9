"""Runs of charges: constants of particles and fields, the push, the events."""
