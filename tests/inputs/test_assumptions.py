"""The presets are complete and sourced; the user's values are laid over them and every fault is named at once."""

import pytest
from pydantic import ValidationError

from leadmc.base.errors import InputError
from leadmc.inputs.assumptions import SERVICES, load_assumptions
from leadmc.inputs.presets import PRESETS, assumption_table


def faults_of(overrides, preset="calibrated"):
    with pytest.raises(InputError) as caught:
        load_assumptions(preset, overrides)
    return str(caught.value)


def test_calibrated_defaults_are_those_of_the_evidence():
    # calibration section 8; drift by size as fitted
    a = load_assumptions()
    assert (a.national_trend.persistence, a.national_trend.innovation_sd) == (0.6, 0.02)
    assert a.national_trend.mu.aged_disabled == 0.045
    assert (a.regional_level.innovation_sd, a.regional_level.reversion) == (0.013, 0.02)
    assert a.county_level.innovation_sd == 0.008
    assert (a.aco_level.innovation_sd, a.aco_level.persistence) == (0.012, 0.95)
    assert a.aco_level.innovation_per_person == 2.53
    assert (a.aco_level.start_sd, a.aco_level.start_per_person) == (0.0272, 14.0)
    assert a.pandemic.signature == (-0.07, -0.025, -0.03, -0.01, 0.0)
    assert (a.policy_jump.probability, a.policy_jump.sd) == (0.1, 0.015)
    assert (a.coding.drift_sd, a.over_dispersion.factor) == (0.013, 1.4)
    assert a.dependence["aco"]["coding"] == 0.25
    assert a.people.targets.cost_lag_1 == 0.3
    assert a.people.mortality_by_age == {65: 0.015, 70: 0.023, 75: 0.037, 80: 0.062, 85: 0.105, 90: 0.195}
    assert a.benchmark_basis == "base_years"


@pytest.mark.parametrize("preset", PRESETS)
def test_every_assumption_has_unit_grade_and_source(preset):
    lines = assumption_table(preset)
    assert len({line.path for line in lines}) == len(lines)
    assert all(line.unit and line.grade and line.source for line in lines)
    assert not any(line.overridden for line in lines)


def test_no_calibrated_value_lies_outside_its_own_range():
    ranged = [line for line in assumption_table() if line.range and isinstance(line.value, int | float)]
    assert len(ranged) > 50
    assert [line.path for line in ranged if not line.range[0] <= line.value <= line.range[1]] == []


def test_a_preset_that_switches_drivers_off_is_not_out_of_range():
    assert not any(line.outside_range for line in assumption_table("noise-only"))


def test_a_line_cannot_change_the_preset():
    (line,) = [line for line in assumption_table() if line.path == "pandemic.signature"]
    line.value.clear()
    assert len(load_assumptions().pandemic.signature) == 5


def test_table_lists_exactly_what_the_model_holds():
    def paths(node, prefix):
        for key, value in node.items():
            path = f"{prefix}{key}"
            inside = isinstance(value, dict) and not path.endswith(("mortality_by_age", "known_growth"))
            yield from paths(value, f"{path}.") if inside else [path]

    assert set(paths(load_assumptions().model_dump(), "")) == {line.path for line in assumption_table()}


def test_noise_only_states_differences_only():
    calibrated = {line.path: line for line in assumption_table()}
    noise = {line.path: line for line in assumption_table("noise-only")}
    stated = [path for path, line in noise.items() if "noise-only" in line.source]
    same = [path for path in stated if noise[path].value == calibrated[path].value]
    # zero already in the calibrated preset, and restated because they belong to "every driver off"
    assert sorted(same) == [
        "aco_level.start_mean",
        "ai_score.mean",
        "coding.drift",
        "management.interventions",
        "national_trend.starting_deviation",
        "prospective_trend.bias",
        "quality.improvement",
    ]
    assert all(noise[path].value == calibrated[path].value for path in noise if path not in stated)


def test_noise_only_keeps_the_people_as_they_are():
    assert load_assumptions("noise-only").people == load_assumptions().people


def test_overrides_merge_maps_by_key_and_replace_lists():
    a = load_assumptions(
        overrides={"people": {"mortality_by_age": {90: 0.2}}, "pandemic": {"signature": [-0.1, -0.05]}},
    )
    assert a.people.mortality_by_age[90] == 0.2
    assert a.people.mortality_by_age[65] == 0.015
    assert a.pandemic.signature == (-0.1, -0.05)


def test_a_whole_number_is_a_number():
    assert load_assumptions(overrides={"coding": {"drift_sd": 0}}).coding.drift_sd == 0.0


def test_overridden_line_says_so_and_an_implausible_value_is_noted_but_accepted():
    lines = {line.path: line for line in assumption_table(overrides={"national_trend": {"innovation_sd": 0.05}})}
    line = lines["national_trend.innovation_sd"]
    assert line.overridden
    assert line.outside_range
    assert (line.grade, line.source) == ("user", "stated by the user")
    assert load_assumptions(overrides={"national_trend": {"innovation_sd": 0.05}}).national_trend.innovation_sd == 0.05


def test_presets_are_not_changed_by_overrides():
    load_assumptions(overrides={"people": {"mortality_by_age": {90: 0.5}}, "coding": {"drift_sd": 0.5}})
    assert load_assumptions().people.mortality_by_age[90] == 0.195
    assert load_assumptions().coding.drift_sd == 0.013


def test_assumptions_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        load_assumptions().coding.drift_sd = 0.0


def test_all_faults_are_named_at_once():
    text = faults_of(
        {
            "national_trend": {"inovation_sd": 0.1, "innovation_sd": "2%", "persistence": 1.2},
            "people": {"volatility": 1},
            "quality": 3,
            "aco_level": {"start_sd": True},
            "dependence": {"national": {"aco": None}},
        }
    )
    assert text.startswith("7 faults in the input:")
    assert "assumptions.national_trend.inovation_sd: unknown key" in text
    assert "Did you mean innovation_sd?" in text
    assert "assumptions.national_trend.innovation_sd: '2%'. Allowed: a valid number." in text
    assert "assumptions.national_trend.persistence: 1.2. Allowed: less than 1." in text
    assert "assumptions.people.volatility: 1. Allowed: a valid boolean." in text
    assert "assumptions.quality: 3. Allowed: a map with keys among mean, sd, persistence, improvement." in text
    assert "assumptions.aco_level.start_sd: True. Allowed: a valid number." in text
    assert "assumptions.dependence.national.aco: not stated" in text


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"people": {"cost_morbidity": 0.95}}, "sum <= 1 (seen 1.152)"),
        ({"people": {"entry_at_65_share": 0.75}}, "entry_at_65_share <= entry_by_75_share"),
        ({"people": {"mortality_by_age": {72: 0.1}}}, "one rate for every band of five years"),
        ({"people": {"zero_share": 0.995}}, "zero_share < pareto_from"),
        ({"quality": {"sd": 0.4}}, "sd^2 < mean (1 - mean) (seen mean 0.85, sd 0.4)"),
        ({"national_trend": {"known_growth": {2027: 0.05}}}, "known_growth for 2025 and 2026 (seen [2025, 2027])"),
        ({"coding": {"drift_sd": float("nan")}}, "a finite number"),
        ({"over_dispersion": {"factor": 0.9}}, "greater than or equal to 1"),
        ({"dependence": {"aco": {"coding": 1.5}}}, "less than or equal to 1"),
    ],
)
def test_values_that_cannot_hold_together_are_refused(overrides, said):
    assert said in faults_of(overrides)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"service": "snff"}, f"service among {', '.join(SERVICES)} (seen 'snff')"),
        ({"full_year": 2026}, "full_year >= start_year (seen 2026 < 2027)"),
        ({"execution": [1.0, 0.5, 1.2]}, "execution as low <= mode <= high"),
        ({"start_year": 2026}, "greater than or equal to 2027"),
    ],
)
def test_faults_of_an_intervention_name_its_place(change, said):
    good = {
        "service": "snf",
        "start_year": 2027,
        "full_year": 2029,
        "size": 0.1,
        "execution": [0.5, 1.0, 1.2],
        "programme_cost_pbpm": 3.0,
    }
    assert load_assumptions(overrides={"management": {"interventions": [good]}}).management.interventions[0].size == 0.1
    text = faults_of({"management": {"interventions": [good | change]}})
    assert "assumptions.management.interventions.0" in text
    assert said in text


def test_unknown_preset():
    with pytest.raises(InputError, match=r"'noise'\. Allowed: calibrated or noise-only\. Did you mean noise-only"):
        load_assumptions("noise")


def test_table_refuses_unknown_keys_too():
    with pytest.raises(InputError, match=r"assumptions\.codding: unknown key.*Did you mean coding\?"):
        assumption_table(overrides={"codding": {}})
