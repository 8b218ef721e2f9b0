"""The compiled loop against its twin, bit for bit, and against what may never matter: order, chunk, company."""

import os
import platform
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from example_people import COUNTY_COST, SEED, everybody, prices, rows, simulated
from hypothesis import given, settings
from hypothesis import strategies as st

from leadmc.base.axes import AGED_DISABLED, CATEGORIES, ESRD, HIGH_NEEDS, YEARS
from leadmc.base.philox import split_seed
from leadmc.inputs.reference import Reference
from leadmc.paths import kernel, twin
from leadmc.paths.arrays import Prices
from leadmc.paths.kernel import (
    BLOCK,
    CAPPED,
    DEATHS,
    EXITS,
    EXPENDITURE,
    MAX_CENTS,
    PERSON_MONTHS,
    SCORE_MONTHS,
    STOP_LOSS,
    TRUNCATED,
)
from leadmc.paths.people import gather_people


@pytest.fixture(scope="module")
def people(reference):
    return gather_people(everybody(3 * BLOCK), COUNTY_COST, reference)


@pytest.fixture(scope="module")
def panel(people):
    return people.panels[0]


@pytest.fixture(scope="module")
def nature(people):
    return people.nature


def both(panel, nature, *prices, **where):
    """Sums on which kernel and twin agree."""
    sums = simulated(kernel.simulate, panel, nature, *prices, **where)
    np.testing.assert_array_equal(sums, simulated(twin.simulate, panel, nature, *prices, **where))
    return sums


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 1])
def test_kernel_and_twin_agree_at_the_edges_of_blocks(panel, nature, n):
    sums = both(rows(panel, slice(0, n)), nature, *prices(2))
    assert sums[..., PERSON_MONTHS].sum(axis=2).max(initial=0) <= 12 * n
    assert (sums[..., PERSON_MONTHS].sum(axis=2).min() > 0) == (n > 0)


@pytest.mark.parametrize("category", range(len(CATEGORIES)), ids=CATEGORIES)
def test_kernel_and_twin_agree_on_a_panel_of_one_category(panel, nature, category):
    alike = rows(panel, panel.category == category)
    sums = both(alike, nature, *prices(3))
    assert sums[:, 0, category, PERSON_MONTHS].min() > 0
    assert sums[:, :, AGED_DISABLED, PERSON_MONTHS].sum() > 0  # entrants


def test_kernel_and_twin_agree_on_every_sum_of_everybody(panel, nature):
    sums = both(panel, nature, *prices(3))
    assert sums[..., :TRUNCATED].sum(axis=(0, 1)).min() > 0
    assert sums[..., TRUNCATED].sum() == 0  # nobody asked
    assert sums[..., CAPPED].sum() == 0
    assert (sums[..., DEATHS] + sums[..., EXITS]).sum(axis=(0, 1, 2)) < panel.age.size * 3 * len(YEARS)


def test_caps_bind_and_are_counted(panel, nature):
    level, attachment = prices(2, low=3000.0, high=6000.0)
    sums = both(panel, nature, level, attachment)
    assert sums[:, :, AGED_DISABLED, CAPPED].min() > 0
    assert sums[:, :, [ESRD, HIGH_NEEDS], CAPPED].sum() == 0  # all categories' caps are counted in the first
    one = rows(panel, slice(0, 1))
    enormous = np.full_like(level, 1e9)
    capped = both(one, nature, enormous, attachment)
    spenders = capped[..., EXPENDITURE].sum(axis=2) > 0
    assert set(np.unique(capped[..., EXPENDITURE].sum(axis=2))) <= {0, int(MAX_CENTS)}
    np.testing.assert_array_equal(capped[..., CAPPED].sum(axis=2), spenders)


def test_nobody_pays_at_level_zero_and_nobody_is_insured_beyond_reach(panel, nature):
    level, attachment = prices(2)
    free = both(panel, nature, np.zeros_like(level), attachment)
    assert free[..., EXPENDITURE].sum() == free[..., STOP_LOSS].sum() == 0
    unreached = both(panel, nature, level, np.full_like(attachment, 1e9))
    assert unreached[..., STOP_LOSS].sum() == 0
    at_first_dollar = both(panel, nature, level, np.zeros_like(attachment))
    np.testing.assert_array_equal(at_first_dollar[..., STOP_LOSS], at_first_dollar[..., EXPENDITURE])


def test_annualised_cost_is_cut_at_the_threshold(panel, nature):
    """The threshold of a year's part is that part of it; what is cut changes no other sum."""
    level, attachment = prices(2)
    whole = both(panel, nature, level, attachment)
    cut = both(panel, nature, level, attachment, attachment / 12)
    np.testing.assert_array_equal(np.delete(cut, TRUNCATED, axis=-1), np.delete(whole, TRUNCATED, axis=-1))
    assert np.all(cut[..., TRUNCATED] <= cut[..., EXPENDITURE])
    lower = both(panel, nature, level, attachment, attachment / 24)
    assert np.all(lower[..., TRUNCATED] >= cut[..., TRUNCATED])
    assert np.all(lower[..., TRUNCATED].sum(axis=1) > cut[..., TRUNCATED].sum(axis=1))
    everything = both(panel, nature, level, attachment, np.zeros_like(level))
    np.testing.assert_array_equal(everything[..., TRUNCATED], whole[..., EXPENDITURE])
    nothing = both(panel, nature, level, attachment, np.full_like(level, np.inf))
    np.testing.assert_array_equal(nothing, whole)


def test_prices_change_money_only(panel, nature):
    level, attachment = prices(2)
    sums = both(panel, nature, level, attachment)
    dearer = both(panel, nature, 2 * level, attachment)
    people_only = [PERSON_MONTHS, SCORE_MONTHS, DEATHS, EXITS]
    np.testing.assert_array_equal(dearer[..., people_only], sums[..., people_only])
    # cents are rounded person by person: at most a cent each
    assert np.abs(dearer[..., EXPENDITURE] - 2 * sums[..., EXPENDITURE]).max() <= panel.age.size
    assert np.all(dearer[..., STOP_LOSS] >= sums[..., STOP_LOSS])


def test_without_volatility_everybody_costs_the_same(reference):
    quiet = Reference(reference.people.model_copy(update={"volatility": False}))
    panels, nature = gather_people(everybody(600), COUNTY_COST, quiet)
    panel = panels[0]
    level, attachment = prices(2)
    sums = both(panel, nature, level, attachment)
    np.testing.assert_array_equal(
        sums[..., PERSON_MONTHS], np.bincount(panel.category)[None, None] * 12 + 0 * sums[..., 0]
    )
    assert sums[..., [DEATHS, EXITS]].sum() == 0
    assert np.all(sums[..., SCORE_MONTHS] == sums[..., PERSON_MONTHS] * kernel.SCORE_UNIT)
    dollars = np.where(panel.category == ESRD, panel.esrd_cost, panel.cost).astype(np.float64)
    expected = level.astype(np.float64) * np.bincount(panel.category, dollars)
    np.testing.assert_allclose(sums[..., EXPENDITURE] / 100, expected, rtol=3e-6)


@pytest.mark.parametrize("seed", [0, 1, 2**32, 2**32 + 1, 2**63 + 12345, 2**64 - 1])
def test_both_halves_of_the_seed_count(panel, nature, seed):
    few = rows(panel, slice(0, 50))
    here = both(few, nature, *prices(1), seed=split_seed(seed))
    for other in (seed ^ 1, seed ^ 2**32):
        assert not np.array_equal(here, both(few, nature, *prices(1), seed=split_seed(other)))


@settings(max_examples=15, deadline=None)
@given(cuts=st.sets(st.integers(1, 11), max_size=4), first=st.integers(0, 2**31))
def test_chunks_of_scenarios_do_not_matter(panel, nature, cuts, first):
    few = rows(panel, slice(0, 40))
    level, attachment = prices(12)
    whole = simulated(kernel.simulate, few, nature, level, attachment, first_scenario=first)
    edges = [0, *sorted(cuts), 12]
    parts = [both(few, nature, level[a:b], attachment[a:b], first_scenario=first + a) for a, b in pairwise(edges)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_people_are_strangers_to_one_another(panel, nature):
    """One at a time, they add up to the panel: nobody's company, position or absence moves anybody's draws."""
    few = rows(panel, slice(0, 60))
    level, attachment = prices(2)
    alone = [simulated(kernel.simulate, rows(few, [i]), nature, level, attachment) for i in range(60)]
    together = simulated(kernel.simulate, few, nature, level, attachment)
    np.testing.assert_array_equal(sum(alone), together)
    without = simulated(kernel.simulate, rows(few, np.arange(60) != 17), nature, level, attachment)
    np.testing.assert_array_equal(together - without, alone[17])
    # a newcomer at the front moves everybody by one place
    newcomer = rows(panel, [100, *range(60)])
    added = simulated(kernel.simulate, newcomer, nature, level, attachment)
    np.testing.assert_array_equal(
        added - together, simulated(kernel.simulate, rows(panel, [100]), nature, level, attachment)
    )


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(panel, nature, random):
    order = list(range(BLOCK + 3))
    random.shuffle(order)
    level, attachment = prices(1)
    sorted_panel = rows(panel, slice(0, BLOCK + 3))
    np.testing.assert_array_equal(
        simulated(kernel.simulate, rows(panel, order), nature, level, attachment),
        simulated(kernel.simulate, sorted_panel, nature, level, attachment),
    )


def test_sums_are_added_to_what_is_there(panel, nature):
    level, attachment = prices(1)
    once = simulated(kernel.simulate, panel, nature, level, attachment)
    twice = once.copy()
    kernel.simulate(panel, nature, Prices(level, attachment), SEED, 0, twice)
    np.testing.assert_array_equal(twice, 2 * once)


def assembly():
    """Machine code of the kernel; compiled anew where it came from the cache, which keeps no text."""
    import numba

    loop, signature = kernel.simulate, kernel.simulate.signatures[0]
    if loop.stats.cache_hits:
        loop = numba.njit(nogil=True, error_model="numpy")(loop.py_func)
        loop.compile(signature)
    return loop.inspect_asm(signature)


def loops(code):
    """Instructions between a label and a jump back to it that hold no inner loop."""
    lines = code.splitlines()
    labels = {line[:-1]: number for number, line in enumerate(lines) if re.fullmatch(r"\.?L\w+:", line)}
    found = []
    for number, line in enumerate(lines):
        jump = re.match(r"\s+j\w+\s+(\.?L\w+)$", line)
        if jump and labels.get(jump[1], number) < number:
            found.append((labels[jump[1]], number))
    return [lines[a:b] for a, b in found if not any(a < c and d < b for c, d in found)]


def test_the_loops_over_people_are_vector_code(panel, nature):
    """Philox thrice, normals four times, one division (months of the dying), and one loop of look-ups and sums."""
    from llvmlite import binding

    features = binding.get_host_cpu_features()
    if not features.get("avx2"):
        pytest.skip("no wide vectors on this machine")
    register = "zmm" if features.get("avx512f") else "ymm"
    simulated(kernel.simulate, rows(panel, [0]), nature, *prices(1))  # fixes the signature
    inner = ["\n".join(loop) for loop in loops(assembly())]

    def holding(instruction, times):
        return [loop for loop in inner if len(re.findall(rf"{instruction}.*{register}", loop)) >= times]

    found = {"vpmuludq": 20, "vsqrtps": 1, "vdivps": 1, "vgatherdps": 2}
    count = {instruction: len(holding(instruction, times)) for instruction, times in found.items()}
    print(f"{len(inner)} inner loops; {count}")
    assert count["vpmuludq"] >= 3
    assert count["vsqrtps"] >= 4
    assert count["vdivps"] >= 1
    assert any(len(re.findall(rf"vpaddd.*{register}", loop)) >= 10 for loop in holding("vgatherdps", 2))


BITS = """
import hashlib, sys
import numpy as np
from example_people import COUNTY_COST, everybody, prices, simulated
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.reference import Reference
from leadmc.paths import kernel
from leadmc.paths.people import gather_people
people = gather_people(everybody(700), COUNTY_COST, Reference(load_assumptions().people))
level, attachment = prices(3)
sums = simulated(kernel.simulate, people.panels[0], people.nature, level, attachment, attachment / 12)
print(hashlib.sha256(sums.tobytes()).hexdigest())
"""


def bits(**environment):
    """Digest of a simulation in a process of its own, which compiles for the machine that the environment names."""
    done = subprocess.run(
        [sys.executable, "-c", BITS],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent)} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("machine", "features"),
    [
        pytest.param("haswell", "+avx,+avx2,+fma,+bmi,+bmi2", id="AVX2, with fused multiply-add"),
        pytest.param("x86-64", "", id="SSE2, the x86 of 2003", marks=pytest.mark.slow),
    ],
)
def test_machines_with_narrower_vectors_give_the_same_bits(tmp_path, machine, features):
    """Slower, but the same; strict arithmetic must not use the fused instructions that some machines have."""
    from llvmlite import binding

    if platform.machine() not in {"x86_64", "AMD64"} or not binding.get_host_cpu_features().get("avx2"):
        pytest.skip("cannot run AVX2 here")
    compiled = {"NUMBA_CPU_NAME": machine, "NUMBA_CPU_FEATURES": features, "NUMBA_CACHE_DIR": str(tmp_path)}
    assert bits(**compiled) == bits()
