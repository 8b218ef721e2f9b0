"""Draws are addressed: by seed, driver and absolute scenario, whatever the chunk; Sobol replicates are stratified."""

import numpy as np
import pytest
from scipy import stats

from leadmc.base.philox import PURPOSE_SHIFT, Purpose, philox4x32, split_seed
from leadmc.inputs.assumptions import SERVICES, Management
from leadmc.inputs.settings import LHS_POINTS, Sampler
from leadmc.scenarios.sampler import driver_uniforms, plain_uniforms, sobol_points
from leadmc.scenarios.streams import BLOCKS, PADDED_YEARS, SOBOL_DIMENSIONS, Driver
from leadmc.scenarios.timeline import N_YEARS

SEED = 2**63 + 5
SAMPLERS = [
    Sampler(),
    Sampler(kind="antithetic"),
    Sampler(kind="lhs"),
    Sampler(kind="sobol", replicates=16),
    Sampler(kind="sobol", replicates=3),
]


def test_blocks_do_not_overlap_and_hold_what_their_drivers_need():
    owned = [d for block in BLOCKS.values() for d in range(block.first, block.first + block.width)]
    assert len(owned) == len(set(owned))
    assert max(owned) < SOBOL_DIMENSIONS
    assert set(BLOCKS) == set(Driver)
    assert N_YEARS <= PADDED_YEARS
    assert BLOCKS[Driver.SERVICE].width == len(SERVICES) * PADDED_YEARS
    (limit,) = [m.max_length for m in Management.model_fields["interventions"].metadata if hasattr(m, "max_length")]
    assert BLOCKS[Driver.MANAGEMENT].width == limit


def test_addresses_are_pinned():
    # numbers once given are never reused: a change here changes every stored result
    assert {d.name: (int(d), *BLOCKS[d]) for d in Driver} == {
        "ACO_START": (1, 0, 1),
        "PARAMETER": (2, 1, 4),
        "NATIONAL": (3, 5, 16),
        "ACO": (4, 21, 16),
        "REGIONAL": (5, 37, 16),
        "COUNTY": (6, 53, 16),
        "CODING": (7, 69, 16),
        "QUALITY": (8, 85, 16),
        "FORECAST": (9, 101, 16),
        "AI_SCORE": (10, 117, 1),
        "PRACTICE": (11, 118, 16),
        "PANDEMIC": (12, 134, 16),
        "POLICY_EVENT": (13, 150, 16),
        "POLICY_SIZE": (14, 166, 16),
        "MANAGEMENT": (15, 182, 16),
        "SERVICE": (16, 198, 128),
        "TILT": (20, 383, 1),
    }
    assert SOBOL_DIMENSIONS == 384


def test_plain_draw_is_its_counter():
    uniforms = plain_uniforms(Driver.REGIONAL, seed=SEED, scenarios=np.array([41, 7]))[Driver.REGIONAL]
    address = (np.uint64(2), np.uint64(Driver.REGIONAL), np.uint64(7), np.uint64(Purpose.DRIVER << PURPOSE_SHIFT))
    words = philox4x32(*address, *split_seed(SEED))
    assert uniforms[1, 8:12].tolist() == [(int(word) + 0.5) / 2**32 for word in words]


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_scenario_has_the_same_draws_in_any_chunk(sampler):
    everything = driver_uniforms(sampler, seed=SEED, scenarios=np.arange(300))
    for chunk in (np.arange(37, 74), np.array([299]), np.array([250, 3, 117])):
        part = driver_uniforms(sampler, seed=SEED, scenarios=chunk)
        for driver in Driver:
            assert np.array_equal(part[driver], everything[driver][chunk])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_uniforms_are_inside_the_unit_interval_and_depend_on_the_seed(sampler):
    first = driver_uniforms(sampler, seed=1, scenarios=np.arange(64))
    second = driver_uniforms(sampler, seed=2, scenarios=np.arange(64))
    for driver, block in BLOCKS.items():
        assert first[driver].shape == (64, block.width)
        assert first[driver].flags.c_contiguous
        assert first[driver].min() > 0.0
        assert first[driver].max() < 1.0
        assert not np.any(first[driver] == second[driver])


def test_plain_uniforms_are_uniform_and_independent():
    uniforms = plain_uniforms(Driver.NATIONAL, seed=3, scenarios=np.arange(20_000))[Driver.NATIONAL]
    # Kolmogorov-Smirnov on 320,000 draws, and 120 correlations: |z| < 4.5 for the largest of them
    assert stats.kstest(uniforms.ravel(), "uniform").pvalue > 0.001
    correlation = np.corrcoef(uniforms.T)[np.triu_indices(16, 1)]
    assert np.abs(correlation).max() * np.sqrt(20_000) < 4.5


@pytest.mark.parametrize("replicates", [2, 4])
def test_every_sobol_replicate_is_stratified_in_every_dimension(replicates):
    # 64 points: exactly one in each cell of width 1/64, whatever the dimension and scrambling
    points = sobol_points(replicates, seed=SEED, scenarios=np.arange(64 * replicates))
    for replicate in range(replicates):
        cells = np.sort(np.floor(points[replicate::replicates] * 64), axis=0)
        assert np.array_equal(cells, np.broadcast_to(np.arange(64.0)[:, None], cells.shape))


def test_sobol_replicates_differ():
    points = sobol_points(4, seed=SEED, scenarios=np.arange(64))
    for a in range(4):
        for b in range(a):
            assert not np.any(points[a::4] == points[b::4])


def test_sobol_first_two_dimensions_fill_the_square():
    # 256 points put one in each of 16 x 16 squares, the defining property of a (0, 8, 2)-net
    points = sobol_points(1, seed=SEED, scenarios=np.arange(256))[:, :2]
    cells = np.floor(points * 16).astype(int)
    assert len({tuple(cell) for cell in cells}) == 256


def test_antithetic_scenarios_mirror_one_another():
    mirrored = driver_uniforms(Sampler(kind="antithetic"), seed=SEED, scenarios=np.arange(10))
    plain = driver_uniforms(Sampler(), seed=SEED, scenarios=np.arange(5))
    for driver, uniforms in mirrored.items():
        assert np.array_equal(uniforms[::2], plain[driver])
        assert np.array_equal(uniforms[1::2], 1.0 - plain[driver])


def test_a_latin_hypercube_has_one_draw_in_every_slice_of_every_driver():
    scenarios = np.arange(2 * LHS_POINTS)
    for uniforms in driver_uniforms(Sampler(kind="lhs"), seed=SEED, scenarios=scenarios).values():
        slices = np.floor(uniforms * LHS_POINTS).reshape(2, LHS_POINTS, -1)
        assert np.array_equal(np.sort(slices, axis=1), np.broadcast_to(np.arange(64.0)[:, None], slices.shape))
        assert not np.array_equal(slices[0], slices[1])
