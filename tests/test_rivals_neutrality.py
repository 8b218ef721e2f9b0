"""The rivals on people in whom nothing is the ACO's own: expected gross savings are zero, before and after rebasing.

What could bias them silently: High Needs people put among the aged and disabled with rescaled scores, a benchmark
rebased to the run's own experience, truncation of one side but not of the other.
"""

from pathlib import Path

import numpy as np
import pytest
import yaml
from small_runs import prepared

from leadmc.base.axes import AGED_DISABLED, ESRD, HIGH_NEEDS
from leadmc.contract.book import neutral_overrides
from leadmc.contract.programmes import load_agreements
from leadmc.study import settle, simulate

NEUTRAL = yaml.safe_load((Path(__file__).parents[1] / "configs" / "neutral.yaml").read_text())
TRACKS = ["mssp-enhanced", "reach-professional"]
KEPT = ("agreement", "base_years", "risk_adjustment.cap")  # rebasing and risk adjustment are what is tested
AGREEMENTS = (slice(0, 5), slice(5, 10))


def neutral_rules():
    """Rules of the rivals that stand between spending and trended, risk-adjusted history, out of the way."""
    rules = {path: value for path, value in neutral_overrides().items() if path.startswith(("mssp.", "reach."))}
    rules = {path: value for path, value in rules.items() if not any(part in path for part in KEPT)}
    wide = {"mssp.risk_adjustment.cap": 1.0, "reach.risk_adjustment.total_cap": 1.0}
    wide |= {f"reach.risk_adjustment.cap.{kind}": 1.0 for kind in ("aged_disabled", "esrd")}
    exact = {"reach.trend.threshold": 0.0, "reach.trend.corridor": "until_2023", "mssp.trend.prospective_weight": 0.0}
    return NEUTRAL["rules"] | rules | wide | exact


def settled(folder, lives, scenarios):
    stated = {"tracks": TRACKS, "rules": neutral_rules(), "assumptions": NEUTRAL["assumptions"]}
    study = prepared(folder, population={"synthetic": {"beneficiaries": lives}}, **stated)
    done = simulate(study, np.arange(scenarios))
    return study, done, settle(study, done)


def assert_neutral(folder, lives, scenarios):
    study, done, settlements = settled(folder, lives, scenarios)
    for track, result in settlements.items():
        for years in AGREEMENTS:
            rate = (result.gross_savings[:, years] / result.benchmark[:, years]).mean(axis=1)
            error = rate.std() / np.sqrt(scenarios)
            assert abs(rate.mean()) < 3 * error, (track, years, rate.mean(), error)
            assert error < 0.005
    return study, done


def test_expected_gross_savings_are_zero_and_truncation_takes_the_share_that_the_book_states(tmp_path):
    study, done = assert_neutral(tmp_path, lives=5_000, scenarios=250)
    stated = load_agreements().mssp.truncation.national_share
    relative = study.rates.regional_pbpm / study.rates.national_pbpm
    cut = done.judged.truncation_excess.sum(axis=(0, 1, 3)) / done.judged.expenditure.sum(axis=(0, 1, 3)).sum()
    spent = done.judged.expenditure.sum(axis=(0, 1, 3)) / done.judged.expenditure.sum()
    both = [AGED_DISABLED, HIGH_NEEDS]
    assert cut[both].sum() / spent[both].sum() == pytest.approx(
        stated.aged_disabled * relative[AGED_DISABLED], abs=0.003
    )
    assert cut[ESRD] / spent[ESRD] == pytest.approx(stated.esrd * relative[ESRD], abs=0.01)


@pytest.mark.slow
def test_expected_gross_savings_are_zero_with_small_errors(tmp_path):
    assert_neutral(tmp_path, lives=20_000, scenarios=1_000)
