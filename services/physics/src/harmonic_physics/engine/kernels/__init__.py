"""Compiled kernels: strict IEEE numba, imported only by a run."""
