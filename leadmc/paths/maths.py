"""Elementary functions in float32, short enough that a loop over people becomes vector code.

Each function runs unchanged on NumPy arrays and inside compiled kernels, with the same bits: only IEEE operations
(add, multiply, divide, square root, integer arithmetic, conversions) and selects, never a call into a maths library.
Polynomials: S. L. Moshier, Cephes Mathematical Library, single precision (``logf``, ``expf``, ``sinf``, ``cosf``).
Measured maximum errors stand in ``docs/numerics.md`` and are tested.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from leadmc.base.compiled import formula

F = np.float32
I = np.int32  # noqa: E741
U = np.uint32

HALF = F(0.5)
ONE = F(1.0)
UNIFORM_STEP = F(2.0**-23)
TURN_STEP = F(2.0 * np.pi * 2.0**-24)
LOG2_E = F(1.44269504088896341)
LN2_HIGH = F(0.693359375)
LN2_LOW = F(-2.12194440e-4)
SQRT_HALF_BITS = I(0x3F3504F3)


def select(condition: Any, if_true: Any, if_false: Any) -> Any:
    """Choose elementwise; a select in compiled code, never a branch."""
    return np.where(condition, if_true, if_false)


@overload(select, strict=False)  # type: ignore[untyped-decorator]
def _select(condition: Any, if_true: Any, if_false: Any) -> Any:
    return lambda condition, if_true, if_false: if_true if condition else if_false


def float_bits(x: Any) -> Any:
    """Reinterpret float32 as int32."""
    return x.view(np.int32)


def bits_float(i: Any) -> Any:
    """Reinterpret int32 as float32."""
    return i.view(np.float32)


def _bit_cast(target: Any, llvm_type: Any) -> Any:
    @intrinsic  # type: ignore[untyped-decorator]
    def cast(typing_context: Any, x: Any) -> Any:
        return target(x), lambda context, builder, signature, args: builder.bitcast(args[0], llvm_type)

    return cast


_to_bits = _bit_cast(types.int32, ir.IntType(32))
_from_bits = _bit_cast(types.float32, ir.FloatType())


@overload(float_bits, strict=False)  # type: ignore[untyped-decorator]
def _float_bits(x: Any) -> Any:
    return lambda x: _to_bits(x)


@overload(bits_float, strict=False)  # type: ignore[untyped-decorator]
def _bits_float(i: Any) -> Any:
    return lambda i: _from_bits(i)


@formula
def uniform(word: Any) -> Any:
    """Map a 32-bit word to the midpoint of one of 2^23 equal cells of (0, 1): exact, never 0 or 1."""
    return (F(I(U(word >> U(9)))) + HALF) * UNIFORM_STEP


@formula
def log(x: Any) -> Any:
    """Natural logarithm of a normal positive float32."""
    bits = float_bits(x)
    exponent = I(I(bits - SQRT_HALF_BITS) >> I(23))
    f = bits_float(I(bits - I(exponent << I(23)))) - ONE
    y = F(7.0376836292e-2) * f + F(-1.1514610310e-1)
    y = y * f + F(1.1676998740e-1)
    y = y * f + F(-1.2420140846e-1)
    y = y * f + F(1.4249322787e-1)
    y = y * f + F(-1.6668057665e-1)
    y = y * f + F(2.0000714765e-1)
    y = y * f + F(-2.4999993993e-1)
    y = y * f + F(3.3333331174e-1)
    square = f * f
    e = F(exponent)
    y = y * f * square + e * LN2_LOW
    y = y - HALF * square
    return (f + y) + e * LN2_HIGH


@formula
def exp(x: Any) -> Any:
    """Exponential of a float32 in [-87, 88]."""
    n = I(x * LOG2_E + select(x < F(0.0), -HALF, HALF))
    nf = F(n)
    r = (x - nf * LN2_HIGH) - nf * LN2_LOW
    y = F(1.9875691500e-4) * r + F(1.3981999507e-3)
    y = y * r + F(8.3334519073e-3)
    y = y * r + F(4.1665795894e-2)
    y = y * r + F(1.6666665459e-1)
    y = y * r + F(5.0000001201e-1)
    y = (y * (r * r) + r) + ONE
    return y * bits_float(I(I(n + I(127)) << I(23)))


@formula
def cos_sin_turn(word: Any) -> tuple[Any, Any]:
    """Cosine and sine of 2 pi u, where u is the midpoint of one of 2^24 cells of (0, 1) given by a 32-bit word."""
    k = I(U(word >> U(8)))
    quadrant = I(I(k + I(1 << 21)) >> I(22))
    x = (F(I(k - I(quadrant << I(22)))) + HALF) * TURN_STEP
    z = x * x
    s = F(-1.9515295891e-4) * z + F(8.3321608736e-3)
    s = s * z + F(-1.6666654611e-1)
    s = s * z * x + x
    c = F(2.443315711809948e-5) * z + F(-1.388731625493765e-3)
    c = c * z + F(4.166664568298827e-2)
    c = (c * (z * z) - HALF * z) + ONE
    odd = I(quadrant & I(1)) == I(1)
    cosine = select(odd, s, c)
    sine = select(odd, c, s)
    # integer masks flip the signs: a chain of branches on the quadrant would become a switch and stop vectorisation
    cosine = bits_float(I(float_bits(cosine) ^ I(I(I(quadrant + I(1)) & I(2)) << I(30))))
    sine = bits_float(I(float_bits(sine) ^ I(I(quadrant & I(2)) << I(30))))
    return cosine, sine


@formula
def normal_pair(word_0: Any, word_1: Any) -> tuple[Any, Any]:
    """Two independent standard normals from two words (Box and Muller, 1958)."""
    radius = np.sqrt(F(-2.0) * log(uniform(word_0)))
    cosine, sine = cos_sin_turn(word_1)
    return radius * cosine, radius * sine
