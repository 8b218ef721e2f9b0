"""Are the uniforms uniform, the normals normal, and the streams strangers to one another?

Kolmogorov-Smirnov distances are taken at the edges of a fine grid, so that a hundred million draws are only counted;
a cell's own probability (below 5e-6) is what the distance can miss, a thirtieth of what it is judged by.
"""

import numba
import numpy as np
import pytest
from scipy.special import kolmogorov, ndtr
from scipy.stats import chi2, norm

from leadmc.base.philox import PURPOSE_SHIFT, Purpose, philox4x32
from leadmc.paths.maths import normal_pair, uniform

CELLS = 1 << 20
REACH = 6.0
FAST = 2_000_000
FULL = 100_000_000
SIZES = [FAST, pytest.param(FULL, marks=pytest.mark.slow)]
STREAM = np.uint32(Purpose.YEAR << PURPOSE_SHIFT)
KEY = np.uint32(2027), np.uint32(0)
Z = 4.0  # two-sided p of 6e-5 a comparison; seeds are fixed


@numba.njit(error_model="numpy")
def count_draws(people, scenario, normals, uniforms, powers):
    """Count the draws of everybody's person-year: two normals and two uniforms each, and the normals' powers."""
    for i in range(people):
        words = philox4x32(np.uint32(i), np.uint32(7), np.uint32(scenario), STREAM, KEY[0], KEY[1])
        for u in (uniform(words[2]), uniform(words[3])):
            uniforms[np.int64(np.float64(u) * CELLS)] += 1
        for z in normal_pair(words[0], words[1]):
            normals[np.int64((np.float64(z) + REACH) * (CELLS / (2 * REACH)))] += 1
            power = 1.0
            for k in range(4):
                power *= np.float64(z)
                powers[k] += power


def counted(draws):
    normals, uniforms = np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64)
    powers = np.zeros(4)
    people = 1_000_000
    for scenario in range(draws // (2 * people)):
        chunk = np.zeros(4)
        count_draws(people, scenario, normals, uniforms, chunk)
        powers += chunk
    return normals, uniforms, powers / draws


def kolmogorov_smirnov(counts, cdf):
    """P-value of the largest distance at the right edges of the cells."""
    n = counts.sum()
    return kolmogorov(np.sqrt(n) * np.abs(np.cumsum(counts) / n - cdf).max())


@pytest.mark.parametrize("draws", SIZES)
def test_draws_have_their_distributions(draws):
    normals, uniforms, powers = counted(draws)
    assert normals.sum() == uniforms.sum() == draws
    edges = np.arange(1, CELLS + 1) / CELLS
    p_normal = kolmogorov_smirnov(normals, ndtr((2 * edges - 1) * REACH))
    p_uniform = kolmogorov_smirnov(uniforms, edges)
    # variances of z, z^2, z^3, z^4: 1, 2, 15, 96
    z = (powers - [0.0, 1.0, 0.0, 3.0]) / np.sqrt(np.array([1.0, 2.0, 15.0, 96.0]) / draws)
    mean_of_uniforms = (uniforms * (edges - 0.5 / CELLS)).sum() / draws
    z_uniform = (mean_of_uniforms - 0.5) / np.sqrt(1 / 12 / draws)
    print(f"{draws:,} draws: KS p {p_normal:.3f} normal, {p_uniform:.3f} uniform; z {np.round(z, 2)} {z_uniform:.2f}")
    assert min(p_normal, p_uniform) > 1e-3
    assert np.abs(z).max() < Z
    assert abs(z_uniform) < Z


@pytest.mark.parametrize("draws", SIZES)
def test_tails_are_as_heavy_as_they_should_be(draws):
    normals, _, _ = counted(draws)
    left = np.cumsum(normals)
    for threshold in (-5.0, -4.0, -3.0):
        cell = round((threshold + REACH) * CELLS / (2 * REACH))
        expected = draws * norm.cdf((cell * 2 * REACH) / CELLS - REACH)
        for seen in (left[cell - 1], normals[CELLS - cell :].sum()):
            assert abs(seen - expected) < Z * np.sqrt(expected) + 1


def year_words(people, scenario, year, seed=KEY):
    keys = np.arange(people, dtype=np.uint32)
    return philox4x32(keys, np.uint32(7), np.uint32(scenario), np.uint32(STREAM | np.uint32(year)), *seed)


def correlation_z(a, b):
    return np.corrcoef(a, b)[0, 1] * np.sqrt(a.size)


def test_the_draws_of_a_person_year_are_unrelated():
    words = year_words(1 << 20, 5, 3)
    draws = np.stack([*normal_pair(words[0], words[1]), uniform(words[2]), uniform(words[3])]).astype(np.float64)
    shapes = np.concatenate([draws, draws**2, np.abs(draws - draws.mean(axis=1, keepdims=True))])
    for i in range(shapes.shape[0]):
        for j in range(i):
            if i % 4 != j % 4:
                assert abs(correlation_z(shapes[i], shapes[j])) < Z


@pytest.mark.parametrize(
    ("scenario", "year", "seed"),
    [
        (6, 3, KEY),
        (5, 4, KEY),
        (5 + 2**16, 3, KEY),
        (5, 3, (KEY[0] + np.uint32(1), KEY[1])),
        (5, 3, (KEY[0], np.uint32(1))),
    ],
    ids=["next scenario", "next year", "far scenario", "next seed", "next high seed"],
)
def test_neighbouring_addresses_are_unrelated(scenario, year, seed):
    here, there = year_words(1 << 20, 5, 3), year_words(1 << 20, scenario, year, seed)
    for a, b in zip(normal_pair(*here[:2]), normal_pair(*there[:2]), strict=True):
        assert abs(correlation_z(a, b)) < Z
        assert abs(correlation_z(a * a, b * b)) < Z
    for k in (2, 3):
        assert abs(correlation_z(uniform(here[k]), uniform(there[k]))) < Z


def test_neighbouring_people_and_streams_are_unrelated():
    words = year_words(1 << 20, 5, 3)
    entrant = np.uint32(Purpose.ENTRANT << PURPOSE_SHIFT | 3)
    other = philox4x32(np.arange(1 << 20, dtype=np.uint32), np.uint32(7), np.uint32(5), entrant, *KEY)
    z, _ = normal_pair(words[0], words[1])
    z_other, _ = normal_pair(other[0], other[1])
    assert abs(correlation_z(z[:-1], z[1:])) < Z
    assert abs(correlation_z(z, z_other)) < Z


def test_bits_of_the_entry_age_know_nothing_of_the_normals():
    """The low byte of both words gives the entry age; the normals use bits 9 to 31 and 8 to 31 of the same words."""
    words = year_words(1 << 20, 5, 3)
    normals = normal_pair(words[0], words[1])
    for k in (0, 1):
        byte = words[k] & np.uint32(0xFF)
        same = np.array_equal(
            np.stack(normals), np.stack(normal_pair(words[0] ^ byte * (k == 0), words[1] ^ byte * (k == 1)))
        )
        assert same
        counts = np.bincount(byte, minlength=256)
        assert chi2.sf(((counts - byte.size / 256) ** 2 / (byte.size / 256)).sum(), 255) > 1e-3
        for z in normals:
            assert abs(correlation_z(byte.astype(np.float64), z)) < Z
            means = np.bincount(byte, z, minlength=256)  # mean of z given the byte, as a sum of 256 squares
            assert chi2.sf((means**2 / counts).sum(), 256) > 1e-3
