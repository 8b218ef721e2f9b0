"""Skin substitutes: the base years by hand, nothing when off, and what the agreement leaves in."""

import numpy as np
import pytest

from leadmc.base.axes import BY3
from leadmc.contract.book import printed_terms
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.settings import Sampler
from leadmc.scenarios.draw import draw_innovations, world_of
from leadmc.scenarios.skin_substitutes import national_distortion, own_distortion


def assumed(known_growth=None, **stated):
    overrides = {"skin_substitutes": {"active": True, **stated}}
    return load_assumptions(overrides=overrides | ({"national_trend": known_growth} if known_growth else {}))


def own(**stated):
    return np.log(own_distortion(assumed(**stated).skin_substitutes))


def national(known_growth=None, **stated):
    a = assumed(known_growth, **stated)
    return np.log(national_distortion(a.skin_substitutes, a.national_trend))


def test_an_aco_with_twice_the_nations_share_by_hand():
    # into 2025 +1.5%, into 2026 -3.75%; 35% count, and the nation's own 35% are in the trend:
    # 2025 stands .35 x .0375 too high, 2024 .35 x (.0375 - .015)
    np.testing.assert_allclose(own(aco_exposure=2.0), [0.007875, 0.013125] + [0] * 11, atol=1e-15)


def test_an_average_aco_is_no_different_from_a_nation_counted_alike():
    assert np.array_equal(own(), np.zeros(13))


def test_a_trend_of_all_spending_leaves_the_baseline_short():
    # the trend falls by all of the cut, the ACO's counted spending by 35% of it: (.35 - 1) x .0375, x .0225
    np.testing.assert_allclose(own(national_counted_share=1.0)[:3], [-0.014625, -0.024375, 0.0], atol=1e-15)


def test_known_growth_holds_the_excess_already():
    # 2025 is known: 65% of .015 is taken out; 2026 is not: 35% of the cut is put in
    np.testing.assert_allclose(national()[:4], [0.65 * 0.015 + 0.35 * 0.0375, 0.35 * 0.0375, 0.0, 0.0], atol=1e-15)
    both = national({"known_growth": {2026: 0.01}})
    np.testing.assert_allclose(both[:2], [0.65 * (0.015 - 0.0375), -0.65 * 0.0375], atol=1e-15)


def test_what_the_agreement_leaves_in_is_what_is_counted():
    (term,) = [term for term in printed_terms("lead") if term.path == "expenditure.excluded_skin_substitutes"]
    skin = load_assumptions().skin_substitutes
    assert skin.counted_share == skin.national_counted_share == pytest.approx(1.0 - term.value)


def worlds(**stated):
    a = load_assumptions(overrides={"skin_substitutes": stated})
    z = draw_innovations(a, seed=5, scenarios=np.arange(50), sampler=Sampler())
    return world_of(a, z, beneficiaries=10_000)


def test_off_nothing_depends_on_it():
    off = worlds(active=False, aco_exposure=3.0, excess_growth=[0.3, -0.3])
    for before, after in zip(worlds(), off, strict=True):
        np.testing.assert_array_equal(before, after)


def test_on_it_moves_the_base_years_of_nation_and_aco_alone():
    before, after = worlds(), worlds(active=True, aco_exposure=2.0)
    moved = {name for name, old in before._asdict().items() if not np.array_equal(old, getattr(after, name))}
    assert moved == {"national_level", "aco_level"}
    for name in moved:
        ratio = getattr(after, name) / getattr(before, name)
        assert np.array_equal(ratio[:, BY3:], np.ones_like(ratio[:, BY3:]))
        assert (ratio[:, :BY3] > 1.0).all()
