"""Sweeps: one universe at many values of its parameters, as one job over all workers."""
