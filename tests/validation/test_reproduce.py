"""Reproducing outside facts: verdicts, the pieces on paper, and the quick run itself."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from small_runs import reference
from typer.testing import CliRunner

from leadmc import cli
from leadmc.validation import aco_spread, reproduce
from leadmc.validation.aco_spread import (
    all_bands,
    autocorrelation,
    autocorrelation_band,
    growth_of,
    pooled_sd,
    read_years,
    spread_band,
)
from leadmc.validation.check import Check, facts
from leadmc.validation.sample import Country, batches, sums_of
from leadmc.validation.savings_noise import noise_checks

SMALL = reproduce.Effort(2e5, 40, 40, 4000, 20, 2, 64)


@pytest.fixture(autouse=True)
def _one_reference(monkeypatch):
    """All tests share one reference population."""
    monkeypatch.setattr("leadmc.validation.sample.Reference", reference)


def check(result, se=0.0, judged=True):
    return Check("1", "a fact", 1.0, (0.9, 1.1), result, se, judged)


@pytest.mark.parametrize(
    ("result", "se", "verdict"),
    [(0.9, 0.0, "pass"), (1.11, 0.0, "FAIL"), (1.11, 0.005, "pass"), (1.121, 0.01, "FAIL"), (0.87, 0.01, "FAIL")],
)
def test_a_result_fails_when_it_misses_by_more_than_two_standard_errors(result, se, verdict):
    assert check(result, se).verdict == verdict


def test_what_is_not_judged_is_reported():
    assert check(5.0, judged=False).verdict == "reported"


def test_batches_share_everybody_once():
    found = np.concatenate([np.arange(103)[part] for part in batches(103, 4)])
    assert sorted(found) == list(range(100))


def test_autocorrelation_on_paper():
    # two ACOs, +1 and -1 in the first two years, 0 and 0 in the third: variance 2/3, lag 1 (1 + 0)/2, lag 2 0
    savings = np.array([[1.0, 1.0, 0.0], [-1.0, -1.0, 0.0]])
    assert autocorrelation(savings) == pytest.approx([0.75, 0.0])
    assert pooled_sd(savings) == pytest.approx(np.sqrt((2 + 2 + 0) / 3))


def test_growth_counts_truncated_cost_against_the_nation():
    # 10 months and 1,000 dollars, 100 of them cut off, then 2,090 and 110; the nation doubles, scores rise by half
    cell = np.ones((1, 1, 1, 1))
    seen = SimpleNamespace(
        base_person_months=10 * cell,
        person_months=10 * cell,
        base_expenditure=1000 * cell,
        expenditure=2090 * cell,
        base_truncation_excess=100 * cell,
        truncation_excess=110 * cell,
        base_risk_score=cell,
        risk_score=1.5 * cell,
    )
    cost, score = growth_of(seen, np.array([[1.0, 2.0]]))
    assert cost == pytest.approx(np.log([[1.1]]) * 100)
    assert score == pytest.approx(np.log([[1.5]]) * 100)


def test_bands_of_the_panel_hold_what_was_published():
    panel = read_years()
    fact = facts()["published_spread"]
    for low, upper in zip(fact["value"], [*list(fact["value"])[1:], np.inf], strict=True):
        rows = panel[panel["year"].isin(fact["years"]) & (panel["N_AB"] >= low) & (panel["N_AB"] < upper)]
        lower, higher = spread_band(rows)
        assert lower < fact["value"][low] < higher
        assert fact["sizes"][low] == pytest.approx(rows["N_AB"].median(), rel=0.05)
    for lag, value in facts()["autocorrelation"]["value"].items():
        lower, higher = autocorrelation_band(panel, lag)
        assert lower < value < higher


def test_no_law_by_size_lies_inside_all_bands():
    """Every variance a + b / N misses one: what docs/validation.md says of the band that fails."""
    panel, fact = read_years(), facts()["published_spread"]
    bands = []
    for low, upper in zip(fact["value"], [*list(fact["value"])[1:], np.inf], strict=True):
        rows = panel[panel["year"].isin(fact["years"]) & (panel["N_AB"] >= low) & (panel["N_AB"] < upper)]
        bands.append(spread_band(rows))
    law = np.stack([np.ones(len(bands)), 1 / np.array(list(fact["sizes"].values()))], axis=1)
    lower, upper = np.square(bands).T
    for left_out, feasible in ((None, False), (1, True)):  # 7,500 to 10,000 lives
        kept = np.arange(len(bands)) != left_out
        limits = np.concatenate([upper[kept], -lower[kept]])
        found = linprog(np.zeros(2), A_ub=np.concatenate([law[kept], -law[kept]]), b_ub=limits)
        assert (found.status == 0) == feasible


def test_a_bootstrap_of_equal_acos_has_no_width():
    rows = pd.DataFrame({"ACO_ID": [f"A{i}" for i in range(50) for _ in "ab"], "sav": [1.0, -1.0] * 50})
    lower, higher = spread_band(rows)
    assert lower == pytest.approx(higher)


def test_all_bands_at_once_on_acos_of_a_known_law():
    # 400 ACOs a band: the log of a spread has an error of 1 / sqrt(800); results off by .05 and .1, their own error .02
    rng = np.random.default_rng(5)
    real = [
        pd.DataFrame({"ACO_ID": [f"{band}{i}" for i in range(400)], "sav": rng.normal(size=400) * sd})
        for band, sd in (("a", 3.0), ("b", 4.0))
    ]
    exact = [rows["sav"].std() for rows in real]
    checks = [
        Check("4", "a band", 1.0, (0.0, 1.0), sd * np.exp(d), 0.02 * sd)
        for sd, d in zip(exact, (0.05, -0.1), strict=True)
    ]
    found = all_bands(checks, real)
    assert found.result == pytest.approx((0.05**2 + 0.1**2) / (1 / 800 + 0.02**2), rel=0.2)
    assert found.passes[1] == pytest.approx(-2 * np.log(0.05))  # of two degrees of freedom
    assert found.note == f"p = {np.exp(-found.result / 2):.3f}"
    assert not found.judged


def test_the_same_people_whatever_the_tasks(monkeypatch):
    _, people = Country().panel(50)
    whole = sums_of(people, scenarios=7, seed=3)
    monkeypatch.setattr("leadmc.validation.sample.PERSON_YEARS_A_TASK", 50 * 13 * 2)
    np.testing.assert_array_equal(sums_of(people, scenarios=7, seed=3), whole)


def test_claim_noise_of_a_small_panel_is_that_of_the_rule():
    # 500 lives: 12.2% at 90%; 3,000 scenarios of ten years make an error of about 0.15
    (found,) = noise_checks(Country(), {500: 3000}, seed=1)
    assert found.name.startswith("500 lives: 90.0% quantile")
    assert not found.judged
    assert abs(found.result - found.target) < 0.4 + 3 * found.se
    assert 0.05 < found.se < 0.3


@pytest.fixture
def _small(monkeypatch):
    monkeypatch.setattr(reproduce, "QUICK", SMALL)
    monkeypatch.setattr(aco_spread, "RESAMPLES", 50)


@pytest.mark.usefixtures("_small")
def test_the_command_checks_every_section_and_says_what_failed(monkeypatch):
    answer = CliRunner().invoke(cli.app, ["reproduce", "--quick", "--format", "json"])
    records = json.loads(answer.stdout)
    assert {record["section"][0] for record in records} == {"1", "2", "3", "4", "6"}
    assert all({"name", "target", "passes", "result", "se", "verdict"} <= set(record) for record in records)
    missed = [record["name"] for record in records if record["verdict"] == "FAIL"]
    assert answer.exit_code == (1 if missed else 0)
    assert "checks" in answer.stderr
    if missed:
        assert f"{len(missed)} of {len(records)} checks failed: {missed[0]}" in answer.stderr


def test_a_table_of_checks_and_success(monkeypatch):
    monkeypatch.setattr(reproduce, "reproduce", lambda *, quick, progress: (check(1.0, 0.02), check(2.0, judged=False)))
    answer = CliRunner().invoke(cli.app, ["reproduce"])
    assert answer.exit_code == 0
    assert "a fact" in answer.stdout
    assert "pass" in answer.stdout
    assert "reported" in answer.stdout


@pytest.mark.slow
def test_the_quick_run_misses_nothing_but_the_spread_of_acos():
    # docs/validation.md says why the spread is missed; it is shown as a failure and not tuned away
    found = reproduce.reproduce(quick=True, progress=lambda *_: None)
    assert {check.section[0] for check in found if check.verdict == "FAIL"} <= {"4"}
