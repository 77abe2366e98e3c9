"""Matrix products on one thread, so that a rendering has the same bytes however many threads BLAS was given.

On some processors OpenBLAS rounds a product that it shares out between threads otherwise than one that it does not
(seen with its Haswell kernels on an AMD EPYC).
"""

from threadpoolctl import threadpool_limits


def on_one_thread() -> None:
    """Hold the BLAS of this process to one thread from now on.

    It is not given back: the setting is the process's, and another rendering may be at work in another thread. numpy
    and numba's `np.dot` have a BLAS each; the latter is scipy's, and would else be loaded by the first kernel.
    """
    import scipy.linalg.cython_blas  # noqa: F401

    threadpool_limits(limits=1, user_api="blas")
