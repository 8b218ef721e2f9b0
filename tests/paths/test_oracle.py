"""The compiled loop against an oracle that shares no code with it, one person and one year at a time."""

import numpy as np
import pytest
from example_people import COUNTY_COST, everybody, prices, rows, simulated
from oracle import Oracle, Slot

from leadmc.base.philox import split_seed
from leadmc.paths import kernel
from leadmc.paths.bank import build_bank
from leadmc.paths.kernel import DEATHS, EXITS, EXPENDITURE, PERSON_MONTHS, SCORE_MONTHS, SCORE_UNIT, STOP_LOSS
from leadmc.paths.people import gather_people

SEED = 3 * 2**32 + 2027
SCENARIOS = 2
FIRST = 41
PEOPLE = 400


@pytest.fixture(scope="module")
def told(reference):
    """Pairs of (oracle, kernel) of every person-year, as far as the two lives run together; how many came apart."""
    population = everybody(PEOPLE, seed=8)
    people = gather_people(population, COUNTY_COST, reference)
    oracle = Oracle(reference, build_bank(reference), SEED)
    level, attachment = prices(SCENARIOS)
    pairs, years, apart = [], 0, 0
    for i in range(PEOPLE):
        slot = Slot(
            key=int(population.person_key[i]),
            age=int(population.age[i]),
            sex=int(population.sex[i]),
            category=int(population.category[i]),
            cost=float(COUNTY_COST[population.county[i], 0]),
            esrd_cost=float(COUNTY_COST[population.county[i], 1]),
        )
        alone = rows(people.panels[0], [i])
        sums = simulated(
            kernel.simulate, alone, people.nature, level, attachment, seed=split_seed(SEED), first_scenario=FIRST
        )
        for s in range(SCENARIOS):
            life = list(oracle.life(slot, FIRST + s, level[s].tolist(), attachment[s].tolist()))
            years += len(life)
            for year, each in enumerate(life):
                if not same_events(each, sums[s, year]):
                    apart += 1
                    break
                pairs.append((each, sums[s, year, each.category]))
    return pairs, years, apart


def same_events(each, sums):
    events = sums[each.category, [PERSON_MONTHS, DEATHS, EXITS]]
    return tuple(events) == (each.months, each.died, each.left) and sums[:, PERSON_MONTHS].sum() == each.months


def test_lives_come_apart_only_by_rounding_at_a_threshold(told):
    pairs, years, apart = told
    print(f"{years:,} person-years, {apart} lives came apart")
    assert apart < years / 1000
    assert len(pairs) > 0.99 * years


def test_the_sample_has_everything_in_it(told):
    lives = [each for each, _ in told[0]]
    assert {each.category for each in lives} == {0, 1, 2}
    assert min(sum(each.died for each in lives), sum(each.left for each in lives)) > 100
    assert sum(each.above_attachment > 0 for each in lives) > 100
    assert sum(each.cost == 0 for each in lives) > 100
    assert {each.months for each in lives} == set(range(1, 13))


@pytest.mark.parametrize(
    ("name", "column", "unit"),
    [("cost", EXPENDITURE, 100.0), ("above_attachment", STOP_LOSS, 100.0), ("score", SCORE_MONTHS, SCORE_UNIT)],
)
def test_amounts_agree_to_single_precision(told, name, column, unit):
    """To 1e-4 of the person's cost and a cent, or to half a step of the rounded score."""
    oracle = np.array([getattr(each, name) * (each.months if name == "score" else 1) for each, _ in told[0]])
    scale = oracle if name == "score" else np.array([each.cost for each, _ in told[0]])
    seen = np.array([sums[column] / unit for _, sums in told[0]])
    worst = (np.abs(seen - oracle) / (1e-4 * scale + 1.0 / unit)).max()
    print(f"{name}: {worst:.3f} of the tolerance; total {seen.sum() / oracle.sum() - 1:.2e}")
    assert worst < 1.0
    assert seen.sum() == pytest.approx(oracle.sum(), rel=1e-5, abs=0.01 * oracle.size)
