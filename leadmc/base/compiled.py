"""The two ways in which leadmc compiles, stated once: kernels, and formulas shared by a kernel and its NumPy twin.

Strict IEEE arithmetic everywhere: no relaxed maths and no parallel loops, so that a NumPy twin gives the same bits and
Dask threads are the only parallelism. Kernels release the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import types
from numba.extending import intrinsic, register_jitable

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop over people; the machine code is cached on disk between runs."""
    compiled: Callable[P, R] = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def formula(function: Callable[..., Any]) -> Callable[..., Any]:
    """Leave a function as it is for arrays, and let kernels call it for scalars: one source for both.

    Always inlined: a call that is left standing stops the vectorisation of the loop around it.
    """
    shared: Callable[..., Any] = register_jitable(forceinline=True, error_model="numpy")(function)
    return shared


@intrinsic  # type: ignore[untyped-decorator]
def widest_vectors(typing_context: Any) -> Any:
    """Let the calling kernel use the machine's widest vectors (measured: 1.6 times as fast where AVX-512 is present).

    LLVM prefers half-width vectors on such machines, out of care for processors of 2017. Bits do not depend on it.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite's own list of attributes has no string attributes, so step around it
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), code
