"""Observed base years, from roster to cube: neutral over rosters that the model itself could have sent."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_runs import configured, reference, simulated

from leadmc.base.axes import CLAIMS
from leadmc.base.errors import InputError
from leadmc.commands.beginnings import EXAMPLE, EXAMPLE_SLOTS
from leadmc.inputs.config import load_config
from leadmc.inputs.panel import rates
from leadmc.inputs.roster import read_roster, write_roster
from leadmc.inputs.settings import Synthetic
from leadmc.inputs.synthetic import synthetic_ids, synthetic_population
from leadmc.paths.bank import build_bank
from leadmc.paths.observed import base_level, observe
from leadmc.paths.past import past, roster_with_past
from leadmc.paths.people import gather_people
from leadmc.study import Study, prepare, settle_chunk

QUIET = {"preset": "noise-only", "benchmark_basis": "base_years"}  # every driver off, neutral terms
LEVEL = np.ones((3, 3))
CONFIGS = Path(__file__).parents[1] / "configs"
COUNTIES = ("37063", "37183")


class World:
    """A quiet world, and rosters from it: everybody who held a slot of a panel from 2024 to 2027."""

    def __init__(self, folder, slots):
        config = configured(folder, assumptions=QUIET, tracks=["global"])
        people = reference(config.assumptions.people)
        self.config, self.reference, self.bank = config, people, build_bank(people)
        self.slots = synthetic_population(
            people, beneficiaries=slots, county_fips=COUNTIES, county_weight=(1.0, 2.0), voluntary_share=0.05
        )
        self.rates = rates(self.slots, config.rate_book, people)
        self.ids = synthetic_ids(slots)
        together = self.slots._replace(alignment=np.full_like(self.slots.alignment, CLAIMS))
        self.people = gather_people(together, self.rates.county_cost, people)

    def roster(self, scenario):
        panel, nature, seed = self.people.panels[CLAIMS], self.people.nature, self.config.settings.seed
        return past(self.slots, self.ids, panel, nature, level=LEVEL, seed=seed, scenario=scenario).roster

    def settled(self, roster, scenarios):
        cost = self.rates.county_cost
        people, observed = observe(roster, self.bank, cost, self.reference, self.config.assumptions)
        study = Study(self.config, roster.still_aligned().population, people, self.rates, None, observed)
        return settle_chunk(study, scenarios)[0]


def savings_rates(world, rosters, scenarios, told=lambda roster: roster):
    """Mean gross savings rate of each roster, [roster, y] [% of benchmark]."""
    means = []
    for k in range(rosters):
        rows = world.settled(told(world.roster(k)), np.arange(1000 * (k + 1), 1000 * (k + 1) + scenarios))
        means.append(100 * (rows["gross_savings"] / rows["benchmark"])[:, 0].mean(axis=0))
    return np.array(means)


def assert_neutral(found):
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    z = found.mean(axis=0) / error
    print("mean", found.mean(axis=0).round(2), "error", error.round(2), "z", z.round(2))
    assert np.abs(z).max() < 3.0


def test_savings_are_zero_on_average_over_rosters(tmp_path):
    """Ten years of 30 rosters of 500 people; z of each year within 3 (a fixed seed, not chosen)."""
    assert_neutral(savings_rates(World(tmp_path, 500), 30, 40))


@pytest.mark.slow
def test_savings_are_zero_on_average_over_large_rosters(tmp_path):
    assert_neutral(savings_rates(World(tmp_path, 8000), 60, 100))


def test_a_roster_of_survivors_with_todays_labels_is_filled_in(tmp_path):
    """Unfilled, such rosters show savings of -31%; what is left is within 3%."""

    def survivors(roster):
        here = roster.still_aligned()
        return here._replace(category_then=np.repeat(here.population.category[:, None], 3, axis=1))

    found = savings_rates(World(tmp_path, 2000), 2, 20, survivors)
    assert abs(found.mean()) < 3.0 + 3.0 * found.mean(axis=1).std(ddof=1) / np.sqrt(2)


def test_the_benchmark_rests_on_the_rosters_own_sums(tmp_path):
    world = World(tmp_path, 800)
    roster = world.roster(2)
    rows = world.settled(roster, np.arange(5))
    assert rows["base_expenditure"].shape == (5, 3, 3)
    for name in ("base_expenditure", "base_person_months", "base_risk_score"):
        assert np.ptp(rows[name], axis=0).max() == 0.0
    np.testing.assert_allclose(rows["base_expenditure"][0].sum(), np.nansum(roster.spend))
    np.testing.assert_allclose(rows["base_person_months"][0].sum(), roster.months.sum())
    # the same people, simulated: the same sums in the base years, to the rounding of cents and scores
    alone = Study(
        world.config,
        world.slots,
        gather_people(world.slots, world.rates.county_cost, world.reference),
        world.rates,
        None,
        None,
    )
    same = settle_chunk(alone, np.arange(2, 3))[0]
    np.testing.assert_allclose(rows["base_expenditure"][0], same["base_expenditure"][0], rtol=1e-5)
    np.testing.assert_allclose(rows["base_risk_score"][0], same["base_risk_score"][0], rtol=1e-4)


def observed_run(folder, **stated):
    config = configured(folder)
    frame = roster_with_past(
        Synthetic(beneficiaries=300),
        config.rate_book,
        reference(config.assumptions.people),
        level=base_level(config.assumptions),
        seed=1,
    )
    write_roster(folder / "roster.csv", frame)
    settings = {"population": {"file": "roster.csv", "base_years": "observed"}, "scenarios": 24} | stated
    return frame, configured(folder, **settings)


def test_from_file_to_cube_chunks_do_not_matter(tmp_path):
    frame, config = observed_run(tmp_path)
    study = prepare(config)
    cube = simulated(study, tmp_path)
    assert study.population.age.size == (frame["aligned_2027"] == "yes").sum() == 300
    assert np.ptp(cube["base_expenditure"].to_numpy(), axis=0).max() == 0.0
    assert float(cube["net_result"].std("scenario").min()) > 0.0
    again = simulated(study, tmp_path, chunk=5)
    pd.testing.assert_frame_equal(cube["net_result"].to_series().to_frame(), again["net_result"].to_series().to_frame())
    mean, sd = study.observed.aco_start
    assert 0.3 < sd < 0.6  # of 300 people the start has an SD of 22%, the luck of the base years one of about 10%
    assert abs(mean) < 2.0


def test_observed_base_years_need_a_file(tmp_path):
    with pytest.raises(InputError) as error:
        configured(tmp_path, population={"synthetic": {"beneficiaries": 10}, "base_years": "observed"})
    assert "Allowed: base_years: observed with a file. A synthetic panel has no history." in str(error.value)


def test_observed_base_years_and_a_true_expected_benchmark_exclude_each_other(tmp_path):
    with pytest.raises(InputError) as error:
        observed_run(tmp_path, assumptions={"preset": "noise-only"})
    assert str(error.value).splitlines()[1] == (
        "  - config.yaml, population.base_years: observed. Allowed: simulated where assumptions.benchmark_basis is"
        " true_expected, as in the preset noise-only. State assumptions.benchmark_basis: base_years."
    )


def test_the_shipped_roster_is_what_the_generator_makes(tmp_path):
    config = load_config(CONFIGS / "observed.yaml")
    assumptions = config.assumptions
    rows = roster_with_past(
        Synthetic(beneficiaries=EXAMPLE_SLOTS),
        config.rate_book,
        reference(assumptions.people),
        level=base_level(assumptions),
        seed=EXAMPLE["seed"],
    )
    write_roster(tmp_path / "roster.csv", rows)
    shipped = Path(config.settings.population.file)
    assert shipped.read_text() == (tmp_path / "roster.csv").read_text()
    roster = read_roster(shipped, config.rate_book, female_share=0.5)
    assert roster.aligned.sum() == EXAMPLE_SLOTS
    assert roster.notes == ()


def test_without_volatility_everybody_costs_what_the_county_costs(tmp_path):
    quiet = {**QUIET, "people": {"volatility": False}}
    _, config = observed_run(tmp_path, assumptions=quiet, scenarios=2)
    rows = settle_chunk(prepare(config), np.arange(2))[0]
    assert np.ptp(rows["expenditure"], axis=0).max() == 0.0
    assert rows["deaths"].sum() == 0
