"""Public files: the packaged ones beside the published figures, a user's of the same form, and every fault at once."""

import numpy as np
import pandas as pd
import pytest

from leadmc.base.errors import InputError
from leadmc.inputs.assumptions import load_assumptions
from leadmc.inputs.calibration.assumptions_file import assumptions_text, estimate_rows, written_values
from leadmc.inputs.calibration.fitting import fit_all, read_public_files
from leadmc.inputs.calibration.public_files import KINDS, read_file
from leadmc.inputs.presets import assumption_table

DEFAULTS = {line.path: line for line in assumption_table()}


@pytest.fixture(scope="module")
def fitted():
    return fit_all(read_public_files({}))


@pytest.fixture(scope="module")
def by_name(fitted):
    return {each.name: each.estimate for each in fitted}


# estimate and standard error published for the same files, of which the panel had one more year (PY2024)
PUBLISHED = {
    "national growth, mean": (0.033, 0.006),
    "national AR(1) persistence, from the series alone": (0.84, 0.34),
    "national AR(1) innovation SD, from the series alone": (0.0135, 0.0036),
    "state growth, SD": (0.0132, 0.0005),
    "state level, reversion": (0.018, 0.006),
    "states, SD of levels": (0.116, 0.011),
    "states, SD of 5-year growth": (0.0320, 0.002),
    "states, SD of 10-year growth": (0.0535, 0.005),
    "county growth against the nation, variance of a large one": (1.24e-4, 0.74e-4),
    "county growth against the nation, variance by size": (8.9975, 1.65),
    "county growth against its state, variance of a large one": (0.64e-4, 0.52e-4),
    "county growth against its state, variance by size": (9.055, 1.43),
    "ACO cost growth, fixed list, variance of a large one": (2.38e-4, 0.36e-4),
    "ACO cost growth, fixed list, variance by size": (9.0543, 0.625),
    "ACO risk growth, fixed list, variance of a large one": (1.73e-4, 0.17e-4),
    "ACO risk growth, fixed list, variance by size": (1.802, 0.228),
    "cost and risk growth, correlation": (0.25, 0.025),
    "cost on risk growth, slope": (0.44, 0.045),
    "savings, autocorrelation at lag 1": (0.68, 0.02),
    "savings, autocorrelation at lag 2": (0.51, 0.03),
    "savings, autocorrelation at lag 3": (0.41, 0.04),
    "savings, autocorrelation at lag 4": (0.36, 0.05),
    "savings, yearly change, variance of a large one": (1.61e-4, 0.36e-4),
    "savings, yearly change, variance by size": (6.8417, 0.725),
    "persistent savings, variance of a large ACO": (6.10e-4, 1.0e-4),
    "persistent savings, variance by size": (10.33, 1.9),
    "noise of savings, variance by size": (3.83, 0.63),
    "persistence of savings": (0.84, 0.023),
    "inpatient, volatility": (0.045, 0.003),
    "inpatient, volatility in all ACOs": (0.059, 0.0023),
    "outpatient, volatility": (0.039, 0.0024),
    "physician_part_b, volatility": (0.024, 0.0015),
    "snf, volatility": (0.086, 0.005),
    "home_health, volatility": (0.053, 0.003),
    "hospice, volatility": (0.098, 0.006),
    "dme, volatility": (0.057, 0.0033),
    "ambulance, volatility": (0.062, 0.004),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_packaged_files_give_the_published_figures(by_name, name):
    # calibration sections 1.4, 2, 3 and 4
    value, se = PUBLISHED[name]
    assert abs(by_name[name].value - value) < 2 * se


# outside two standard errors, with the words of the preset that say why
EXPLAINED = {"aco_level.persistence": "without rebasing"}


def test_packaged_defaults_are_what_is_fitted_or_say_why_not(fitted):
    spoken = [each for each in fitted if each.path]
    far = {each.path for each in spoken if abs(DEFAULTS[each.path].value - each.estimate.value) > 2 * each.estimate.se}
    assert far == set(EXPLAINED)
    assert all(words in DEFAULTS[path].source for path, words in EXPLAINED.items())
    assert {each.path for each in spoken if not each.written} - {"over_dispersion.factor"} <= far | {
        "national_trend.mu.aged_disabled"
    }
    assert all(each.note for each in spoken if not each.written)


def test_defaults_that_rest_on_the_fit_alone_are_its_output(fitted):
    start = load_assumptions().aco_level.model_dump()
    fit = written_values(fitted)["aco_level"]
    names = ("start_sd", "start_per_person", "innovation_per_person")
    assert {name: start[name] for name in names} == {name: fit[name] for name in names}
    values = written_values(fitted)["utilisation"]
    a = load_assumptions().utilisation
    assert a.correlation == values["correlation"]
    for name, service in a.services.model_dump().items():
        assert {key: service[key] for key in values["services"][name]} == values["services"][name]


def test_the_file_holds_what_was_fitted_and_is_valid(fitted):
    text = assumptions_text(fitted)
    assert "  persistence: 0.684  # se 0.2, n 9; CMS Geographic Variation, nation 2014-24; prior 0.6 ± 0.25" in text
    a = load_assumptions(overrides=written_values(fitted))
    assert a.national_trend.innovation_sd == 0.0152
    assert a.aco_level.persistence == load_assumptions().aco_level.persistence


def test_a_value_that_cannot_be_assumed_is_refused(fitted):
    unfit = [each._replace(estimate=each.estimate._replace(value=1.2)) for each in fitted]
    with pytest.raises(InputError, match=r"national_trend\.persistence: 1\.2"):
        assumptions_text(unfit)


def test_rows_are_finite_and_sourced(fitted):
    rows = list(estimate_rows(fitted, {path: line.value for path, line in DEFAULTS.items()}))
    assert len(rows) == len({row["name"] for row in rows})
    assert all(np.isfinite([row["value"], row["se"]]).all() and row["se"] > 0 and row["source"] for row in rows)


@pytest.fixture
def written(tmp_path):
    def write(kind, frame):
        path = tmp_path / f"{kind}.csv"
        frame.to_csv(path, index=False)
        return path

    return write


def faults_of(**paths):
    with pytest.raises(InputError) as caught:
        fit_all(read_public_files(paths))
    return str(caught.value)


def test_a_users_files_in_any_order_and_case_give_the_same(fitted, written):
    paths = {}
    for kind in KINDS:
        frame = read_file(kind, None).sample(frac=1.0, random_state=1)
        paths[kind] = written(kind, frame.rename(columns=str.upper))
    again = fit_all(read_public_files(paths))
    assert [each.source for each in again[:3]] == ["national.csv"] * 3
    for one, two in zip(fitted, again, strict=True):
        assert two.estimate == pytest.approx(one.estimate, rel=1e-6)


def test_an_agreement_speaks_once_in_its_last_row(fitted, written):
    panel = read_file("panel", None)
    history = [name for name in panel.columns if "_by" in name]
    agreement = panel.groupby(["aco_id", "current_start_date"])
    earlier = panel.duplicated(["aco_id", "current_start_date"], keep="last") & panel["current_start_date"].notna()
    assert earlier.sum() > 1000
    panel.loc[earlier, history] = agreement[history].bfill()[earlier]  # as in the whole file, but for the values:
    panel.loc[earlier, "per_capita_exp_all_agnd_by3"] = "20000"
    again = fit_all(read_public_files({"panel": written("panel", panel)}))
    assert [each.estimate for each in again] == [each.estimate for each in fitted]


def test_every_fault_of_every_file(written, tmp_path):
    national = pd.DataFrame({"year": range(2010, 2020), "spend_pc": 1.0})
    counties = read_file("counties", None).drop(columns="ffs_benes_2019")
    text = faults_of(
        national=written("national", national),
        states=tmp_path / "none.csv",
        counties=written("counties", counties),
        panel=written("panel", read_file("panel", None).drop(columns=["sav", "n_ab"])),
    )
    assert text.startswith("5 faults in the input:")
    assert "national, column spend_pc_actual: missing. Allowed: a column of that name. Use the column names of" in text
    assert "none.csv: no such file" in text
    assert "counties, column ffs_benes_2019: missing" in text
    assert "panel, column N_AB: missing" in text
    assert "panel, column sav: missing" in text


def test_years_must_follow_and_be_shared(written):
    nation = read_file("national", None)
    gap = written("national", nation.drop(index=3))
    assert "national, year: 2014, 2015, 2016, 2018" in faults_of(national=gap)
    early = written("national", nation.assign(year=[str(int(year) - 8) for year in nation["year"]]))
    text = faults_of(national=early)
    assert "states, year: 3 years that the national file has too. Allowed: at least 6 years" in text
    assert "counties, year: 2018 and 2019. Allowed: years of the files of nation and states" in text
    blank = written("national", nation.assign(spend_pc_actual=""))
    assert "national, spend_pc_actual: blank or not above 0" in faults_of(national=blank)


def test_too_little_is_no_estimate(written):
    assert "national: 4 usable rows. Allowed: at least 6" in faults_of(
        national=written("national", read_file("national", None).head(4))
    )
    assert "states: 5 usable rows. Allowed: at least 10" in faults_of(
        states=written("states", read_file("states", None).head(5))
    )
    three = read_file("counties", None).assign(spend_pc_2017="1")
    assert "counties, spend_pc_YYYY: 2017, 2018, 2019" in faults_of(counties=written("counties", three))
    panel = read_file("panel", None)
    assert "panel: 59 usable rows" in faults_of(panel=written("panel", panel.head(59)))
    small = panel.assign(n_ab=panel["n_ab"].astype(float).clip(upper=15_000).astype(str))
    assert "panel: 0 changes of ACOs of 20,000 people. Allowed: at least 30" in faults_of(panel=written("panel", small))
    alike = panel.assign(n_ab="9000")
    assert "panel, people: 9000 everywhere. Allowed: different sizes" in faults_of(panel=written("panel", alike))
    unknown = panel.assign(current_start_date="")
    assert "panel: 0 growth rates of base years" in faults_of(panel=written("panel", unknown))
    short = panel[panel["year"].isin(["2020", "2021"])]
    assert "panel: 0 changes of savings over two years of an agreement" in faults_of(panel=written("panel", short))
    flags = panel.assign(posregadj=panel["posregadj"].where(panel["year"] < "2022"))
    assert "panel: 0 regional adjustments with agreement and savings" in faults_of(panel=written("panel", flags))
    twice = pd.concat([panel, panel.head(2)])
    assert "panel: 2 rows repeat an ACO and a year" in faults_of(panel=written("panel", twice))
