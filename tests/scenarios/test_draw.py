"""The world as a whole: the same bits in any chunk, neutral on average, exactly 1 without drivers, and no peeking."""

import numpy as np
import pytest

from leadmc.base.axes import BY3
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.settings import Sampler
from leadmc.scenarios.draw import draw_innovations, draw_world, world_of

LIVES = 12_000
SEED = 20_270_101
PLAIN = Sampler()
SOBOL = Sampler(kind="sobol", replicates=16)
SHAPES = {
    "national_level": (13, 3),
    "regional_level": (13, 3),
    "aco_level": (13, 3),
    "service_level": (13, 8),
    "prospective_trend": (10, 3),
    "coding": (13, 3),
    "ai_score_effect": (),
    "quality_score": (10,),
    "programme_cost_pbpm": (10,),
    "weight": (),
    "adversity": (),
    "practice_shock": (13,),
}
PROGRAMME = {
    "service": "inpatient",
    "start_year": 2027,
    "full_year": 2029,
    "size": 0.05,
    "execution": [0.2, 1.0, 1.2],
    "programme_cost_pbpm": 4.0,
}


def world(assumptions, scenarios, sampler=PLAIN, lives=LIVES):
    return draw_world(assumptions, seed=SEED, scenarios=scenarios, sampler=sampler, beneficiaries=lives)


def fields(drawn):
    return drawn._asdict().items()


@pytest.fixture(scope="module")
def many():
    return world(load_assumptions(), np.arange(8_000))


def test_shapes_and_memory(many):
    for name, array in fields(many):
        assert array.shape[1:] == SHAPES[name]
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert np.isfinite(array).all()


@pytest.mark.parametrize("sampler", [PLAIN, SOBOL])
@pytest.mark.parametrize("chunk", [37, 500])
def test_bits_do_not_depend_on_the_chunk(sampler, chunk):
    a = load_assumptions(overrides={"management": {"interventions": [PROGRAMME]}, "pandemic": {"probability": 0.2}})
    whole = world(a, np.arange(1000), sampler)
    parts = [world(a, np.arange(at, min(at + chunk, 1000)), sampler) for at in range(0, 1000, chunk)]
    for name, array in fields(whole):
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), array), name


@pytest.mark.parametrize("sampler", [PLAIN, SOBOL])
def test_noise_only_is_exactly_one(sampler):
    for name, array in fields(world(load_assumptions("noise-only"), np.arange(200), sampler, lives=500)):
        if name == "adversity":  # says how bad the drivers are, were they on
            continue
        expected = 0.0 if name in {"ai_score_effect", "programme_cost_pbpm"} else 1.0
        assert np.array_equal(array, np.full(array.shape, expected)), name


@pytest.mark.parametrize("name", ["regional_level", "aco_level", "coding"])
def test_relative_levels_are_one_on_average(many, name):
    level = getattr(many, name)[:, :, 0]
    error = level.std(axis=0) / np.sqrt(len(level))
    assert np.all(np.abs(level.mean(axis=0) - 1.0) <= 3 * error)


def test_services_follow_their_trend_on_average(many):
    calm = load_assumptions(overrides={"aco_level": {"innovation_sd": 0.0, "innovation_per_person": 0.0}})
    expected = world(calm, np.arange(1)).service_level[0]
    error = many.service_level.std(axis=0) / np.sqrt(len(many.service_level))
    z = (many.service_level.mean(axis=0) - expected)[1:] / error[1:]
    assert np.abs(z).max() < 3.7  # the largest of 96


def test_an_unbiased_forecast_is_the_mean_of_the_nation_without_jumps():
    a = load_assumptions(overrides={"pandemic": {"probability": 0.0}, "policy_jump": {"probability": 0.0}})
    drawn = world(a, np.arange(8_000))
    gap = (drawn.national_level[:, BY3 + 1 :] - drawn.prospective_trend)[:, :, 0]
    assert np.all(np.abs(gap.mean(axis=0)) < 3 * gap.std(axis=0) / np.sqrt(len(gap)))


def test_base_years_of_the_nation_are_stated_not_random(many):
    assert np.array_equal(many.national_level[:, BY3], np.ones((8_000, 3)))
    np.testing.assert_allclose(many.national_level[:, 0], np.exp(-0.13), rtol=1e-14)
    assert np.array_equal(many.regional_level[:, BY3], np.ones((8_000, 3)))
    assert np.array_equal(many.coding[:, : BY3 + 1], np.ones((8_000, 3, 3)))


def test_ten_year_spread_of_relative_cost():
    # calibration, cautions: 1.3% regional walk and 1.2% ACO AR(.95) give about 5% over ten years
    a = load_assumptions(
        overrides={
            "county_level": {"innovation_sd": 0.0},
            "aco_level": {"start_sd": 0.0, "start_per_person": 0.0, "innovation_per_person": 0.0},
            "over_dispersion": {"factor": 1.0},
            "pandemic": {"probability": 0.0},
        }
    )
    drawn = world(a, np.arange(8_000))
    relative = np.log(drawn.regional_level * drawn.aco_level)[:, :, 0]
    assert (relative[:, -1] - relative[:, BY3]).std() == pytest.approx(0.05, abs=0.002)


def test_cost_and_coding_innovations_are_correlated_as_stated():
    calm = load_assumptions(
        overrides={"over_dispersion": {"factor": 1.0}, "aco_level": {"start_sd": 0.0, "start_per_person": 0.0}}
    )
    drawn = world(calm, np.arange(8_000))
    level = np.log(drawn.aco_level[:, :, 0])
    cost = level[:, BY3 + 1 :] - 0.95 * level[:, BY3:-1]
    score = np.diff(np.log(drawn.coding[:, BY3:, 0]), axis=1)
    correlation = np.corrcoef(cost.ravel(), score.ravel())[0, 1]
    assert correlation == pytest.approx(0.25, abs=4 / np.sqrt(cost.size))


def test_the_forecast_sees_no_realised_driver():
    a = load_assumptions()
    z = draw_innovations(a, seed=SEED, scenarios=np.arange(50), sampler=PLAIN)
    other = z._replace(
        yearly={name: -2.0 * draws for name, draws in z.yearly.items()},
        parameter=z.parameter + 1.0,
        policy_event=np.zeros_like(z.policy_event),
        pandemic=np.zeros_like(z.pandemic),
        policy_size=-z.policy_size,
        aco_start=-z.aco_start,
        practice=-z.practice,
        service=-z.service,
        ai_score=-z.ai_score,
        management=1.0 - z.management,
    )
    before, after = world_of(a, z, beneficiaries=LIVES), world_of(a, other, beneficiaries=LIVES)
    assert np.array_equal(before.prospective_trend, after.prospective_trend)
    assert not np.any(before.national_level[:, BY3 + 1 :] == after.national_level[:, BY3 + 1 :])


@pytest.mark.parametrize("sampler", [PLAIN, SOBOL])
@pytest.mark.parametrize(
    ("override", "moved"),
    [
        ({"national_trend": {"innovation_sd": 0.03}}, {"national_level"}),
        ({"national_trend": {"mu": {"esrd": 0.06}}}, {"national_level", "prospective_trend"}),
        ({"prospective_trend": {"error_sd": 0.01}}, {"prospective_trend"}),
        ({"county_level": {"innovation_sd": 0.02}}, {"regional_level"}),
        ({"pandemic": {"probability": 0.3}}, {"national_level", "regional_level"}),
        ({"aco_level": {"start_sd": 0.05}}, {"aco_level"}),
        ({"aco_level": {"start_per_person": 20.0}}, {"aco_level"}),
        ({"aco_level": {"innovation_sd": 0.02}}, {"aco_level", "service_level"}),
        ({"aco_level": {"innovation_per_person": 4.0}}, {"aco_level", "service_level"}),
        ({"over_dispersion": {"factor": 1.6}}, {"aco_level", "practice_shock"}),
        ({"dependence": {"aco": {"coding": 0.5}}}, {"coding"}),
        ({"coding": {"drift_sd": 0.02}}, {"coding"}),
        ({"ai_score": {"sd": 0.02}}, {"ai_score_effect"}),
        ({"quality": {"sd": 0.1}}, {"quality_score"}),
        ({"management": {"interventions": [PROGRAMME]}}, {"aco_level", "service_level", "programme_cost_pbpm"}),
    ],
)
def test_one_changed_assumption_moves_its_own_driver_alone(sampler, override, moved):
    before = world(load_assumptions(), np.arange(40), sampler)
    after = world(load_assumptions(overrides=override), np.arange(40), sampler)
    assert {name for name, array in fields(before) if not np.array_equal(array, getattr(after, name))} == moved


def test_management_lowers_the_level_by_its_share():
    quiet = {
        "aco_level": {"innovation_sd": 0.0, "innovation_per_person": 0.0, "start_sd": 0.0, "start_per_person": 0.0},
        "over_dispersion": {"factor": 1.0},
    }
    sure = PROGRAMME | {"execution": [1.0, 1.0, 1.0]}
    services = {name: {"trend": 0.0} for name in load_assumptions().utilisation.services.model_dump()}
    a = load_assumptions(
        overrides=quiet | {"management": {"interventions": [sure]}, "utilisation": {"services": services}}
    )
    # inpatient is .261 / 1.0006 of cost; 5% of it from 2029
    np.testing.assert_allclose(world(a, np.arange(2)).aco_level[:, -1], 1 - 0.05 * 0.261 / 1.0006, rtol=1e-14)


def test_sobol_is_steadier_than_plain():
    # the mean of the national level in 2027 over replicates: a standard error at most a third
    a = load_assumptions()
    plain = world(a, np.arange(4096)).national_level[:, BY3 + 1, 0]
    sobol = world(a, np.arange(4096), SOBOL).national_level[:, BY3 + 1, 0]
    replicate_means = np.array([sobol[r::16].mean() for r in range(16)])
    assert replicate_means.std(ddof=1) / 4 < plain.std() / np.sqrt(4096) / 3
    assert plain.mean() == pytest.approx(sobol.mean(), abs=3 * plain.std() / 64)
