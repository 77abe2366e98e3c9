"""How kernels are compiled: cached on disk, without the GIL, in strict IEEE arithmetic; x / 0 is infinite, no error.

`kernel` is what Python calls; `inner` is what only kernels call: without the wrappers for Python, which take longer to
compile than the functions themselves.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function that Python calls."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


def inner(function: F) -> F:
    """Compile a function that only kernels call."""
    bare: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, njit(cache=True, nogil=True, error_model="numpy", **bare)(function))
