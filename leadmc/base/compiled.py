"""The two ways in which leadmc compiles, stated once: kernels, and formulas shared by a kernel and its NumPy twin.

Strict IEEE arithmetic everywhere: no relaxed maths and no parallel loops, so that a NumPy twin gives the same bits and
Dask threads are the only parallelism. Kernels release the interpreter lock.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba
from numba.core import types
from numba.extending import intrinsic, register_jitable

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop over people; its machine code is kept on disk while the sources stay the same.

    Numba's cache knows the kernel's own file, not the formulas that it calls, so a digest of all sources that may hold
    compiled code goes into the name under which the code is kept (docs/decisions/0004-numba-cache.md).
    """
    function.__qualname__ = f"{function.__qualname__}-{_digest_of_sources()}"
    options = {"nogil": True, "error_model": "numpy"}
    try:
        compiled: Callable[P, R] = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # nowhere to write
        compiled = numba.njit(**options)(function)
    return compiled


@cache
def _digest_of_sources() -> str:
    package = Path(__file__).parents[1]
    sources = sorted(path for layer in ("base", "paths") for path in (package / layer).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


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
