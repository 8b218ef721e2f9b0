"""Elementary functions: their errors as docs/numerics.md states them, and the same bits in compiled code."""

import re
from pathlib import Path

import numba
import numpy as np
import pytest

from leadmc.paths.maths import bits_float, cos_sin_turn, exp, float_bits, log, normal_pair, select, uniform

NUMERICS = Path(__file__).parents[2] / "docs" / "numerics.md"
CHUNK = 1 << 20


def table():
    """Name, number of points and stated error of each row of the table of errors."""
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+) \| [^|]+ \| ([\d.e-]+) \|$", NUMERICS.read_text(), re.MULTILINE)
    return {name: (int(points.replace(",", "")), float(error)) for name, points, error in rows}


def chunks(total):
    for first in range(0, total, CHUNK):
        yield np.arange(first, min(first + CHUNK, total), dtype=np.uint32)


def all_uniforms():
    for cells in chunks(1 << 23):
        yield uniform(cells << np.uint32(9))


def ulp(exact):
    """Distance between neighbouring float32 at an exact value."""
    return np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64)


def exponents():
    """Arguments of exp: an even grid over its whole range and random bit patterns within it."""
    bits = np.random.default_rng(1).integers(0, 2**32, 1 << 22, dtype=np.uint32).view(np.float32)
    return np.concatenate([np.linspace(-87.0, 88.0, 1 << 22).astype(np.float32), bits[np.abs(bits) <= 87.0]])


def normal_floats():
    """Positive normal float32 at random bit patterns."""
    return np.random.default_rng(2).integers(0x00800000, 0x7F800000, 1 << 22, dtype=np.uint32).view(np.float32)


def word_pairs():
    words = np.random.default_rng(3).integers(0, 2**32, (2, 1 << 22), dtype=np.uint32)
    words[0, :64] = np.arange(64)  # the largest radii
    return words


def error_of_uniform():
    exact = ((cells.astype(np.float64) + 0.5) / 2**23 for cells in chunks(1 << 23))
    return max(np.abs(u - e).max() for u, e in zip(all_uniforms(), exact, strict=True)), 1 << 23


def error_of_log():
    def worst(x):
        exact = np.log(x.astype(np.float64))
        return float((np.abs(log(x) - exact) / ulp(exact)).max())

    return max(worst(u) for u in all_uniforms()), 1 << 23


def error_of_log_everywhere():
    x = normal_floats()
    exact = np.log(x.astype(np.float64))
    return float((np.abs(log(x) - exact) / ulp(exact)).max()), x.size


def error_of_exp():
    x = exponents()
    exact = np.exp(x.astype(np.float64))
    return float(np.abs(exp(x) / exact - 1.0).max()), x.size


def error_of_cos_sin():
    def worst(cells):
        turn = 2 * np.pi * (cells.astype(np.float64) + 0.5) / 2**24
        cosine, sine = cos_sin_turn(cells << np.uint32(8))
        return float(max(np.abs(cosine - np.cos(turn)).max(), np.abs(sine - np.sin(turn)).max()))

    return max(worst(cells) for cells in chunks(1 << 24)), 1 << 24


def error_of_normal_pair():
    first, second = word_pairs()
    radius = np.sqrt(-2 * np.log(((first >> np.uint32(9)) + 0.5) / 2**23))
    turn = 2 * np.pi * ((second >> np.uint32(8)) + 0.5) / 2**24
    pair = normal_pair(first, second)
    exact = radius * np.cos(turn), radius * np.sin(turn)
    return float(max(np.abs(p - e).max() for p, e in zip(pair, exact, strict=True))), first.size


MEASURED = {
    "uniform": error_of_uniform,
    "log": error_of_log,
    "log_everywhere": error_of_log_everywhere,
    "exp": error_of_exp,
    "cos_sin_turn": error_of_cos_sin,
    "normal_pair": error_of_normal_pair,
}


def test_the_table_has_every_function():
    assert set(table()) == set(MEASURED)


@pytest.mark.parametrize("name", MEASURED)
def test_errors_are_as_stated(name):
    """Not above what docs/numerics.md states, and what it states is not comfortable."""
    points, stated = table()[name]
    measured, measured_points = MEASURED[name]()
    print(f"{name}: {measured:.6g} over {measured_points:,} points, stated {stated:.6g}")
    assert measured_points == points
    assert measured <= stated <= 1.1 * measured


def test_uniforms_never_reach_the_ends():
    lowest = uniform(np.uint32(0)), uniform(np.uint32(511))
    highest = uniform(np.uint32(2**32 - 1))
    assert lowest == (2.0**-24, 2.0**-24)
    assert highest == 1.0 - 2.0**-24
    assert np.isfinite(log(lowest[0]))
    largest = normal_pair(np.uint32(0), np.uint32(0))[0]
    assert largest == pytest.approx(np.sqrt(48 * np.log(2)), rel=1e-6)  # 5.77 standard deviations


def test_exp_at_its_ends_and_at_zero():
    assert exp(np.float32(0.0)) == 1.0
    assert exp(np.float32(-87.0)) == pytest.approx(np.exp(-87.0), rel=1e-6)
    assert exp(np.float32(88.0)) == pytest.approx(np.exp(88.0), rel=1e-6)


def test_exact_points_of_log_and_select():
    assert log(np.float32(1.0)) == 0.0
    assert select(True, 1, 2) == 1
    np.testing.assert_array_equal(select(np.array([True, False]), 1, 2), [1, 2])


@numba.njit(error_model="numpy")
def compiled_on_words(words, results):
    for i in range(words.shape[1]):
        results[0, i] = uniform(words[0, i])
        results[1, i] = log(results[0, i])
        results[2, i], results[3, i] = cos_sin_turn(words[1, i])
        results[4, i], results[5, i] = normal_pair(words[0, i], words[1, i])


@numba.njit(error_model="numpy")
def compiled_exp(x, y):
    for i in range(x.size):
        y[i] = exp(x[i])


@numba.njit(error_model="numpy")
def compiled_log_and_bits(x, y):
    for i in range(x.size):
        y[0, i] = log(x[i])
        y[1, i] = bits_float(float_bits(x[i]))


def same_bits(a, b):
    np.testing.assert_array_equal(a.view(np.uint32), b.view(np.uint32))


def test_compiled_functions_of_words_have_the_same_bits():
    words = word_pairs()
    results = np.empty((6, words.shape[1]), np.float32)
    compiled_on_words(words, results)
    expected = uniform(words[0]), log(uniform(words[0])), *cos_sin_turn(words[1]), *normal_pair(*words)
    for result, twin in zip(results, expected, strict=True):
        assert twin.dtype == np.float32
        same_bits(result, twin)


def test_compiled_functions_have_the_same_bits_over_every_cell():
    for cells in chunks(1 << 24):
        words = np.stack([cells << np.uint32(9), cells << np.uint32(8)])
        results = np.empty((6, cells.size), np.float32)
        compiled_on_words(words, results)
        same_bits(results[1], log(uniform(words[0])))
        cosine, sine = cos_sin_turn(words[1])
        same_bits(results[2], cosine)
        same_bits(results[3], sine)


def test_compiled_exp_and_log_have_the_same_bits():
    x = exponents()
    y = np.empty_like(x)
    compiled_exp(x, y)
    same_bits(y, exp(x))
    x = normal_floats()
    both = np.empty((2, x.size), np.float32)
    compiled_log_and_bits(x, both)
    same_bits(both[0], log(x))
    same_bits(both[1], x)
