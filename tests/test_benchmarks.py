"""The benchmarks run, and compare like with like."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks import numba_baseline, numpy_baseline, run
from benchmarks.bench_kernel import PersonYears, Philox, Scaling
from leadmc.base.philox import philox4x32
from leadmc.paths import kernel
from leadmc.paths.generator import only_draw
from leadmc.paths.kernel import SCORE_MONTHS, SCORE_UNIT, TRUNCATED
from leadmc.speed import SEED, a_case, machine


class SmallPersonYears(PersonYears):
    beneficiaries = 600
    scenarios = 2


class SmallPhilox(Philox):
    blocks = 4096


@pytest.fixture(scope="module")
def measured():
    return run.measure(SmallPersonYears(), SmallPhilox(), rounds=1)


def test_every_contestant_is_timed(measured):
    contestants = set(run.NAMES) - (set() if find_spec("jax") else {"jax"})
    assert set(measured["median_ns"]) == set(measured["best_ns"]) == contestants
    assert min(measured["best_ns"].values()) > 0
    assert measured["against_kernel"]["kernel"] == 1
    assert measured["against_kernel"]["numpy"] > 1
    kept = measured | machine()
    assert json.loads(json.dumps(kept)) == kept


def test_the_table_names_every_contestant(measured):
    assert run.table(measured).row_count == len(measured["median_ns"])


def test_figures_are_kept(measured, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(run, "measure", lambda *_: measured)
    run.main()
    (kept,) = (tmp_path / "results").glob("*.json")
    assert json.loads(kept.read_text())["median_ns"] == measured["median_ns"]
    assert "efficiency of two threads" in capsys.readouterr().out


def test_scaling_runs_at_its_smallest():
    bench = Scaling()
    bench.setup(200, 2)
    bench.time_kernel(200, 2)


def by_numpy(case, sums):
    numpy_baseline.simulate(*case, np.random.default_rng(5), sums)
    return sums


def by_numba(case, sums):
    numba_baseline.simulate(*case, np.random.default_rng(5), sums)
    return sums


def by_jax(case, sums):
    pytest.importorskip("jax")
    from benchmarks import jax_baseline

    found = jax_baseline.simulator(*case)(5)
    sums[..., :TRUNCATED] = np.where(np.arange(TRUNCATED) == SCORE_MONTHS, found * SCORE_UNIT, found)
    return sums


@pytest.mark.parametrize("baseline", [by_numpy, by_numba, by_jax])
def test_baselines_live_the_same_lives(baseline):
    """Their means are the kernel's: within 4 standard errors of their difference."""
    case = a_case(2000, 60)
    ours, theirs = case.sums(), baseline(case, case.sums())
    kernel.simulate(*case, (np.uint32(5), np.uint32(0)), 0, ours)
    for column in range(TRUNCATED):
        a, b = ours[..., column].sum(axis=1), theirs[..., column].sum(axis=1)  # over years, [s, c]
        error = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / a.shape[0])
        z = (a.mean(axis=0) - b.mean(axis=0)) / error
        assert np.abs(z).max() < 4, column


def test_the_bare_generator_draws_what_it_should():
    out = np.zeros(64, np.uint32)
    only_draw(64, SEED, out)
    words = philox4x32(np.arange(64, dtype=np.uint32), *(np.uint32(k) for k in (0, 3, 4, *SEED)))
    np.testing.assert_array_equal(out, words[0] ^ words[1] ^ words[2] ^ words[3])
