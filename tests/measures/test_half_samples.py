"""Half samples: balanced, whole groups, and percentiles that are worked out by hand."""

import numpy as np
import pytest
from scipy.linalg import hadamard

from leadmc.measures.draws import Draws, drawn_by
from leadmc.measures.half_samples import half_samples


@pytest.mark.parametrize("size", [4, 64, 100, 1000])
def test_every_two_blocks_are_in_the_same_half_as_often_as_not(size):
    inside = half_samples(Draws(size)).inside
    blocks = len(inside)
    assert inside.shape == (blocks, blocks - 1)
    assert (inside.sum(axis=0) == blocks / 2).all()
    signs = 2 * inside - 1
    # rows of a Hadamard matrix less its first column: each with itself count - 1, with any other -1
    assert (signs @ signs.T == blocks * np.eye(blocks) - 1).all()
    assert (signs == hadamard(blocks)[:, 1:]).all()


def test_medians_of_halves_by_hand():
    # Values 1, 8, 2, 4 in four blocks. Halves: {1, 2}, {1, 8}, {1, 4}. The median of all lies half way between two
    # scenarios, and so does that of each half: 1.5, 4.5, 2.5.
    found = half_samples(Draws(4)).percentiles(np.array([1.0, 8.0, 2.0, 4.0]), (0.5,))
    assert found.tolist() == [[1.5, 4.5, 2.5]]


def test_terms_move_as_the_percentile_does():
    values = np.random.default_rng(1).normal(size=300)
    halves = half_samples(Draws(300))
    terms = halves.terms(values, (0.05, 0.5))
    found = halves.percentiles(values, (0.05, 0.5))
    assert terms.mean(axis=1) == pytest.approx([0, 0], abs=1e-12)
    # a half sample counts twice
    of_halves = terms @ halves.inside[halves.block] * 2 / 300
    assert of_halves == pytest.approx(found - found.mean(axis=1, keepdims=True))


@pytest.mark.parametrize("sampler", ["antithetic", "lhs", "sobol", "importance"])
def test_blocks_do_not_straddle_groups(sampler):
    drawn = drawn_by(sampler, np.arange(1024), replicates=16, weights=np.ones(1024))
    block, group = half_samples(drawn).block, drawn.blocks(1024)
    smaller, larger = (block, group) if drawn.groups <= 64 else (group, block)
    assert all(np.unique(larger[smaller == each]).size == 1 for each in np.unique(smaller))


def test_equal_weights_change_nothing():
    values = np.random.default_rng(2).normal(size=512)
    plain, weighted = (half_samples(Draws(512, weights=each)) for each in (None, np.ones(512)))
    assert (plain.terms(values, (0.05,)) == weighted.terms(values, (0.05,))).all()
