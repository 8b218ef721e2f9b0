"""The law of the persistent effect: against a Kalman filter written out, and on panels of which the truth is known."""

import numpy as np
import pytest
from aco_panel import LAW, MIX, NOISE, YEARS, made_panel

from leadmc.inputs.calibration.persistent_effect import Fit, History, Law, fit
from leadmc.validation.outlook import carried_forward
from leadmc.validation.state_space import forecast, from_size_alone

ONSET = 2020
COMING = 2024


def history(panel, *, noise=True):
    size, person_years = carried_forward(panel)
    return History(panel.years, panel.savings, size, NOISE.variance(person_years) if noise else None, ONSET)


@pytest.fixture(scope="module")
def known():
    return history(made_panel(acos=1200, seed=5))


def kalman(known, law, mean, i):
    """Filter one ACO's years one by one, the effect in units of its own SD, and step into the coming year."""
    state, variance = 0.0, 1.0
    for t, year in enumerate(known.years):
        if t:
            move = law.persistence * (law.through_onset if known.years[t - 1] < ONSET <= year else 1.0)
            state, variance = move * state, move**2 * variance + 1 - move**2
        if np.isfinite(known.savings[i, t]):
            scale = np.sqrt(law.effect_variance(known.beneficiaries[i, t]))
            gain = variance * scale / (scale**2 * variance + known.noise[i, t])
            state += gain * (known.savings[i, t] - mean[t] - scale * state)
            variance *= 1 - gain * scale
    scale = np.sqrt(law.effect_variance(known.beneficiaries[i, -1]))
    state, variance = law.persistence * state, law.persistence**2 * variance + 1 - law.persistence**2
    return mean[-1] + scale * state, scale**2 * variance + known.noise[i, -1]


def test_forecasts_are_those_of_a_kalman_filter(known):
    fitted = fit(known)
    ahead = forecast(known, fitted, COMING)
    acos = np.flatnonzero(np.isfinite(known.savings[:, -1]))[:100]
    assert np.isnan(known.savings[acos]).any()  # with gaps
    for i in acos:
        expected, variance = kalman(known, fitted.law, fitted.mean, i)
        assert ahead.mean[i] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert ahead.variance[i] == pytest.approx(variance, rel=1e-9)


def test_the_truth_is_found(known):
    law = fit(known).law
    # SD of the estimates over 30 panels of this kind: 0.48, 0.85, 0.0083, 0.026; z = 3.3
    assert law.variance == pytest.approx(LAW.variance, abs=3.3 * 0.48)
    assert law.variance_by_size == pytest.approx(LAW.variance_by_size, abs=3.3 * 0.85)
    assert law.persistence == pytest.approx(LAW.persistence, abs=3.3 * 0.0083)
    assert law.through_onset == pytest.approx(LAW.through_onset, abs=3.3 * 0.026)
    assert law.noise_by_size is None


def test_noise_is_found_where_it_is_not_handed_in():
    law = fit(history(made_panel(acos=1200, seed=5), noise=False)).law
    truth = NOISE.variance(MIX * 1e4)
    assert law.noise_by_size == pytest.approx(
        truth, abs=3.3 * 0.30
    )  # SD over 20 panels; mix varies too little to matter


def test_two_years_leave_no_room_for_a_break():
    assert fit(history(made_panel(acos=200).until(2020))).law.through_onset < 1.0
    assert fit(history(made_panel(acos=200).until(2019))).law.through_onset == 1.0


def test_an_aco_unseen_in_the_last_year_has_no_forecast(known):
    fitted = fit(known)
    unseen = np.isnan(known.savings[:, -1])
    for ahead in (forecast(known, fitted, COMING), from_size_alone(known, fitted, COMING)):
        np.testing.assert_array_equal(np.isnan(ahead.mean), unseen)
        np.testing.assert_array_equal(np.isnan(ahead.variance), unseen)


def test_the_past_narrows_what_size_alone_says(known):
    fitted = fit(known)
    seen = np.isfinite(known.savings[:, -1])
    own = forecast(known, fitted, COMING).variance[seen]
    assert (own < from_size_alone(known, fitted, COMING).variance[seen]).all()


def test_the_programme_moves_as_it_did_before_the_jump_into_the_pandemic_apart():
    years = np.arange(2018, 2022)
    known = History(years, np.zeros((1, 4)), np.full((1, 4), 1e4), np.ones((1, 4)), ONSET)
    ahead = forecast(known, Fit(LAW, np.array([1.0, 2.0, 9.0, 12.0])), 2023)
    assert ahead.programme_variance == pytest.approx((1.0 + 9.0) / 2 * 2)  # two years ahead


def test_correlation_by_hand():
    law = Law(6.0, 10.0, 0.8, 0.5, None)
    found = law.correlation(YEARS[:3], np.array([2021]), ONSET)[:, 0]
    assert found == pytest.approx([0.8**3 * 0.5, 0.8**2 * 0.5, 0.8])
