"""One person's year as a story: who is in the slot on 1 January, what the year brings, how it ends.

The functions take scalars inside the compiled loop and arrays in the NumPy twin, with the same bits. Latent quantities
are standard normal in a population without deaths. Source of the formulas: docs/method.md, "A person's year".
"""

from typing import Any, NamedTuple

import numpy as np

from leadmc.base.axes import AGED_DISABLED, ENTRY_AGE, ESRD, HAZARD_CENTRE, HAZARD_UNIT, HIGH_NEEDS
from leadmc.base.compiled import formula
from leadmc.paths.maths import HALF, F, I, exp, normal_pair, select, uniform

IS_AGED_DISABLED = I(AGED_DISABLED)
IS_ESRD = I(ESRD)
IS_HIGH_NEEDS = I(HIGH_NEEDS)

# how a year ends is added to the months lived, so that one 32-bit sum holds months, deaths and departures of 511 people
DEATH_SHIFT = np.uint32(13)
EXIT_SHIFT = np.uint32(22)
STAYS = I(0)
DIES = I(1 << 13)
LEAVES = I(1 << 22)

TWELVE = F(12.0)
FULL_YEAR = I(12)
LOW_BYTE = np.uint32(0xFF)
AGE_STEP = F(2.0**-16)
YOUNGEST = F(ENTRY_AGE)
CENTRE = F(HAZARD_CENTRE)
PER_UNIT = F(1.0 / HAZARD_UNIT)


class Law(NamedTuple):
    """How people behave, as float32 numbers that the kernel reads.

    Parameters
    ----------
    persistence, innovation
        Morbidity: ``h = persistence * h_before + innovation * eps``.
    cost_persistent, cost_morbidity, cost_accident
        Loadings of the latent cost on persistent health, morbidity and the year's accident.
    score_persistent, score_morbidity, score_own
        Loadings of the prospective score on persistent health, last year's morbidity and the person's own coding.
    concurrent_persistent, concurrent_morbidity, concurrent_own
        The same for the concurrent score, on this year's morbidity.
    score_sd, esrd_score_sd, concurrent_score_sd
        Standard deviations of the logarithm of the raw scores [1].
    score_mean, esrd_score_mean, concurrent_score_mean
        Logarithms of the factors that renormalise the scores to mean 1 in the reference population [1].
    high_needs_threshold
        Health (the concurrent latent without own coding) above which a person is High Needs from the next 1 January.
    hazard_level, hazard_slope, hazard_curvature
        Log hazard of death at 75, per ten years of age, and per squared ten years [1].
    hazard_latent, hazard_esrd
        Slope of the log hazard on the latent cost, and its shift for ESRD [1].
    hazard_youngest, hazard_oldest
        Ages beyond which the hazard no longer changes [years].
    leave_hazard, esrd_hazard
        Yearly probability of leaving alignment alive, and of moving to ESRD [1].
    entry_at_65, entry_slope_young, entry_break, entry_slope_old
        Quantile function of the entry age: a mass at 65, then two linear pieces that meet at ``entry_break``.
    """

    persistence: np.float32
    innovation: np.float32
    cost_persistent: np.float32
    cost_morbidity: np.float32
    cost_accident: np.float32
    score_persistent: np.float32
    score_morbidity: np.float32
    score_own: np.float32
    concurrent_persistent: np.float32
    concurrent_morbidity: np.float32
    concurrent_own: np.float32
    score_sd: np.float32
    esrd_score_sd: np.float32
    concurrent_score_sd: np.float32
    score_mean: np.float32
    esrd_score_mean: np.float32
    concurrent_score_mean: np.float32
    high_needs_threshold: np.float32
    hazard_level: np.float32
    hazard_slope: np.float32
    hazard_curvature: np.float32
    hazard_latent: np.float32
    hazard_esrd: np.float32
    hazard_youngest: np.float32
    hazard_oldest: np.float32
    leave_hazard: np.float32
    esrd_hazard: np.float32
    entry_at_65: np.float32
    entry_slope_young: np.float32
    entry_break: np.float32
    entry_slope_old: np.float32


@formula
def entry_age(law: Law, word_0: Any, word_1: Any) -> Any:
    """Age of a new entrant [whole years], from the sixteen low bits that the normals leave unused."""
    cell = I(I(I(word_0 & LOW_BYTE) << I(8)) | I(word_1 & LOW_BYTE))
    u = (F(cell) + HALF) * AGE_STEP
    young = u - law.entry_at_65
    old = u - law.entry_break
    years = select(young > F(0.0), young * law.entry_slope_young, F(0.0))
    years = years + select(old > F(0.0), old * (law.entry_slope_old - law.entry_slope_young), F(0.0))
    return YOUNGEST + F(I(years))


@formula
def own_coding(word_2: Any, word_3: Any) -> Any:
    """Draw a person's own coding, standard normal, from the last two words of a stream."""
    own, _ = normal_pair(word_2, word_3)
    return own


@formula
def category_on_january_first(law: Law, persistent: Any, morbidity: Any, category: Any) -> Any:
    """Become High Needs if last year's health crossed the threshold; once High Needs, always."""
    health = law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity
    crosses = (health > law.high_needs_threshold) & (category == IS_AGED_DISABLED)
    return select(crosses, IS_HIGH_NEEDS, category)


@formula
def death_hazard(law: Law, age: Any, category: Any, sex_shift: Any, latent_cost: Any) -> Any:
    """Probability of dying within the year."""
    age = select(age < law.hazard_youngest, law.hazard_youngest, age)
    age = select(age > law.hazard_oldest, law.hazard_oldest, age)
    x = (age - CENTRE) * PER_UNIT
    log_hazard = law.hazard_level + sex_shift + (law.hazard_slope + law.hazard_curvature * x) * x
    log_hazard = log_hazard + select(category == IS_ESRD, law.hazard_esrd, F(0.0)) + law.hazard_latent * latent_cost
    return exp(select(log_hazard > F(0.0), F(0.0), log_hazard))


@formula
def risk_score(law: Law, category: Any, state: Any, morbidity_before: Any, morbidity: Any) -> Any:
    """Raw risk score: concurrent for High Needs, prospective for the others [1]."""
    persistent, own = state
    prospective = law.score_persistent * persistent + law.score_morbidity * morbidity_before + law.score_own * own
    concurrent = (
        law.concurrent_persistent * persistent + law.concurrent_morbidity * morbidity + law.concurrent_own * own
    )
    high_needs = category == IS_HIGH_NEEDS
    esrd = category == IS_ESRD
    latent = select(high_needs, concurrent, prospective)
    sd = select(high_needs, law.concurrent_score_sd, select(esrd, law.esrd_score_sd, law.score_sd))
    mean = select(high_needs, law.concurrent_score_mean, select(esrd, law.esrd_score_mean, law.score_mean))
    return exp(mean + sd * latent)


@formula
def fall_ill(law: Law, state: Any, category_before: Any, normals: Any) -> Any:
    """Live one year's health.

    Parameters
    ----------
    state
        Persistent health, last year's morbidity and own coding.
    category_before
        Category at the end of last year.
    normals
        The year's innovation of morbidity, and its accident.

    Returns
    -------
    tuple
        The year's category, its morbidity, latent cost and risk score [1].
    """
    persistent, morbidity_before, own = state
    innovation, accident = normals
    category = category_on_january_first(law, persistent, morbidity_before, category_before)
    morbidity = law.persistence * morbidity_before + law.innovation * innovation
    latent_cost = law.cost_persistent * persistent + law.cost_morbidity * morbidity + law.cost_accident * accident
    score = risk_score(law, category, (persistent, own), morbidity_before, morbidity)
    return category, morbidity, latent_cost, score


@formula
def end_year(law: Law, person: Any, latent_cost: Any, fate_word: Any, move_word: Any) -> Any:
    """Find out how the year ends.

    Parameters
    ----------
    person
        The year's category, age on 1 January [years], shift of the log hazard of death for the sex [1].
    latent_cost
        Of the year.
    fate_word, move_word
        Last two words of the YEAR stream.

    Returns
    -------
    tuple
        Months lived [1..12], how the year ended, and the category at its end.
    """
    category, age, sex_shift = person
    hazard = death_hazard(law, age, category, sex_shift, latent_cost)
    fate = uniform(fate_word)
    dies = fate < hazard
    months = I(I(select(dies, fate / hazard * TWELVE, TWELVE)) + I(1))
    months = select(months > FULL_YEAR, FULL_YEAR, months)
    move = uniform(move_word)
    leaves = move < law.leave_hazard
    kidneys_fail = (move >= law.leave_hazard) & (move < law.leave_hazard + law.esrd_hazard)
    how_it_ends = select(dies, DIES, select(leaves, LEAVES, STAYS))
    return months, how_it_ends, select(kidneys_fail, IS_ESRD, category)
