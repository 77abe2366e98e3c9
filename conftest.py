"""Fixtures for the whole house."""

import os

# One thread for each process: matrix products of many small blocks are ten times slower on threads that fight for cores.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

pytest_plugins = ["harmonic_chassis.testing.plugin"]
