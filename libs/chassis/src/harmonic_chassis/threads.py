"""One thread a kernel: the platform runs as many jobs as there are cores, so a kernel that takes all of them only
disturbs the others. Must be called before numpy is imported, because its libraries read these variables once."""

import os

VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def pin() -> None:
    """Set what the operator did not set."""
    for name in VARIABLES:
        os.environ.setdefault(name, "1")
