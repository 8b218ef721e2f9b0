"""Mortality: is the probability of dying what the hazard says, averaged over the year's accident?"""

import numpy as np
import pytest

from leadmc.inputs.mortality import death_probability


def test_death_probability_is_the_mean_over_the_accident():
    z, weight = np.polynomial.hermite_e.hermegauss(200)
    for log_hazard in (-6.0, -3.0, -1.0, 0.5):
        for spread in (0.0, 0.4):
            brute = (weight * np.minimum(1.0, np.exp(log_hazard + spread * z))).sum() / np.sqrt(2 * np.pi)
            assert death_probability(np.array(log_hazard), spread) == pytest.approx(brute, rel=2e-3)
    far = death_probability(np.array(-6.0), 0.4)  # no clipping: a lognormal's mean
    assert far == pytest.approx(np.exp(-6.0 + 0.08), rel=1e-12)
