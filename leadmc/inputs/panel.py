"""The panel of a run: slots from a roster or from the reference population, and what people cost where they live."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from leadmc.base.axes import AGED_DISABLED, CATEGORIES, ESRD, HIGH_NEEDS, MONTHS
from leadmc.inputs.base_years import check_observed
from leadmc.inputs.config import Config
from leadmc.inputs.population import Population
from leadmc.inputs.rate_book import RateBook, service_area
from leadmc.inputs.reference import Reference
from leadmc.inputs.roster import Roster, read_roster
from leadmc.inputs.settings import Synthetic
from leadmc.inputs.synthetic import roster_of, synthetic_ids, synthetic_population

Array = npt.NDArray[np.float64]


class Rates(NamedTuple):
    """What people cost, at 2026 prices and a risk score of 1.

    Parameters
    ----------
    county_cost
        Annual cost of a person with relative cost 1 by county of the panel, for (not ESRD, ESRD), [k, 2] [USD].
    regional_pbpm, national_pbpm
        Risk-standardised spending of the service area and of the nation by category, [c] [USD per person-month].
    """

    county_cost: Array
    regional_pbpm: Array
    national_pbpm: Array


def panel(config: Config, reference: Reference) -> Population:
    """Lay out the synthetic panel, or read the roster's; InputError with every fault of a roster."""
    synthetic = config.settings.population.synthetic
    if synthetic is not None:
        return synthetic_panel(synthetic, config.rate_book, reference)
    return roster(config).still_aligned().population


def roster(config: Config) -> Roster:
    """Read the roster; where its base years make the benchmark, refuse one without them."""
    source = config.settings.population
    assert source.file is not None, "the schema demands one where there is no synthetic panel"
    share = config.assumptions.people.female_share
    found = read_roster(Path(source.file), config.rate_book, female_share=share)
    if source.base_years == "observed":
        check_observed(found, source.file)
    return found


def synthetic_panel(synthetic: Synthetic, rate_book: RateBook, reference: Reference) -> Population:
    """Lay out a synthetic panel; without stated weights its counties have the rate book's person-years."""
    rows = rate_book.rows(synthetic.counties)
    weights = synthetic.weights or tuple(float(w) for w in rate_book.person_years[rows, 0])
    return synthetic_population(
        reference,
        beneficiaries=synthetic.beneficiaries,
        county_fips=synthetic.counties,
        county_weight=weights,
        voluntary_share=synthetic.voluntary_share,
    )


def synthetic_roster(synthetic: Synthetic, rate_book: RateBook, reference: Reference) -> pd.DataFrame:
    """Lay out a synthetic panel as the rows of a roster file: the same people, with the same random numbers."""
    people = synthetic_panel(synthetic, rate_book, reference)
    return roster_of(people, synthetic_ids(people.age.size))


def rates(population: Population, rate_book: RateBook, reference: Reference) -> Rates:
    """Turn county rates into costs of single people, so that the reference population there costs just those rates.

    The rates hold High Needs people among the aged and disabled, hence the mean relative cost of both together; the
    split between the two is the reference population's.
    """
    rows = rate_book.rows(population.county_fips)
    people = np.bincount(population.county, minlength=len(population.county_fips))
    region = service_area(rate_book, population.county_fips, people)
    annual = MONTHS * np.stack([*rate_book.pbpm[rows], region, rate_book.national_pbpm])
    annual = annual / np.array([reference.combined_cost, reference.annual_cost[ESRD]])
    by_category = annual[:, _rate_group()] * reference.annual_cost / MONTHS
    return Rates(county_cost=annual[:-2], regional_pbpm=by_category[-2], national_pbpm=by_category[-1])


def _rate_group() -> npt.NDArray[np.intp]:
    """Return the rate book's group of each category: 0 aged and disabled with High Needs, 1 ESRD."""
    group = np.zeros(len(CATEGORIES), np.intp)
    group[[AGED_DISABLED, HIGH_NEEDS]], group[ESRD] = 0, 1
    return group
