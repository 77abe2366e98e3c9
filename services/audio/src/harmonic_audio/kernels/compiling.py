"""How kernels are compiled: cached on disk, without the GIL, in strict IEEE arithmetic; x / 0 is infinite, no error.

numba's cache knows only a kernel's own file, so no kernel calls a kernel of another file.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function that Python calls."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


def inner(function: F) -> F:
    """Compile a function that only kernels of the same file call."""
    bare: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(F, njit(cache=True, nogil=True, error_model="numpy", **bare)(function))
