"""The benchmarks run, and compare like with like."""

import json

import numpy as np
import pytest

from benchmarks import numpy_baseline, run
from benchmarks.bench_kernel import PersonYears, Philox, Scaling, only_philox
from benchmarks.case import a_case
from leadmc.base.philox import philox4x32
from leadmc.paths import kernel
from leadmc.paths.kernel import CAPPED


class SmallPersonYears(PersonYears):
    beneficiaries = 600
    scenarios = 2


class SmallPhilox(Philox):
    blocks = 4096


@pytest.fixture(scope="module")
def measured():
    return run.measure(SmallPersonYears(), SmallPhilox(), rounds=1)


def test_every_contestant_is_timed(measured):
    contestants = {"kernel", "numpy", "two_threads", "twin", "philox"}
    assert set(measured["median_ns"]) == set(measured["best_ns"]) == contestants
    assert min(measured["best_ns"].values()) > 0
    assert measured["kernel_against_numpy"] > 1
    kept = measured | run.machine()
    assert json.loads(json.dumps(kept)) == kept


def test_the_table_names_every_contestant(measured):
    assert run.table(measured).row_count == len(measured["median_ns"])


def test_figures_are_kept(measured, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(run, "measure", lambda *_: measured)
    run.main()
    (kept,) = (tmp_path / "results").glob("*.json")
    assert json.loads(kept.read_text())["median_ns"] == measured["median_ns"]
    assert "times as fast" in capsys.readouterr().out


def test_scaling_runs_at_its_smallest():
    bench = Scaling()
    bench.setup(200, 2)
    bench.time_kernel(200, 2)


def test_numpy_lives_the_same_lives():
    """The baseline's means are the kernel's: within 4 standard errors of their difference."""
    case = a_case(2000, 60)
    ours, theirs = case.sums(), case.sums()
    kernel.simulate(*case, (np.uint32(5), np.uint32(0)), 0, ours)
    numpy_baseline.simulate(*case, np.random.default_rng(5), theirs)
    for column in range(CAPPED):
        a, b = ours[..., column].sum(axis=1), theirs[..., column].sum(axis=1)  # over years, [s, c]
        error = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / a.shape[0])
        z = (a.mean(axis=0) - b.mean(axis=0)) / error
        assert np.abs(z).max() < 4, column


def test_the_bare_generator_draws_what_it_should():
    out = np.zeros(64, np.uint32)
    only_philox(64, out)
    words = philox4x32(np.arange(64, dtype=np.uint32), *(np.uint32(k) for k in (0, 3, 4, 2027, 1)))
    np.testing.assert_array_equal(out, words[0] ^ words[1] ^ words[2] ^ words[3])
