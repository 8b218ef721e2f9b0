"""One life at a time, in plain Python and double precision: what the compiled loop should have found.

Shares no formula with the product. It takes the assumptions, the fitted hazard, the factors that renormalise scores,
the nodes of the cost shapes and the bank of states as data; generator, distributions, states, scores, death, departure,
look-up and money are written here once more, from the model's description. Slow on purpose.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

WORD = 2**32
YEAR, ENTRANT, START = 1, 2, 3
AGED_DISABLED, ESRD, HIGH_NEEDS = 0, 1, 2


class Slot(NamedTuple):
    """Who sits there in the first year, and what the county pays."""

    key: int
    age: int
    sex: int
    category: int
    cost: float
    esrd_cost: float


class PersonYear(NamedTuple):
    """Everything that a settlement could ask of one person's year."""

    category: int
    months: int
    cost: float
    above_attachment: float
    score: float
    died: bool
    left: bool


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, WORD)
        high1, low1 = divmod(0xCD9E8D57 * c2, WORD)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % WORD, (k1 + 0xBB67AE85) % WORD
    return c0, c1, c2, c3


def uniform(word):
    """The upper 23 bits, at the middle of their cell."""
    return (word // 2**9 + 0.5) / 2**23


def normals(word_0, word_1):
    radius = math.sqrt(-2.0 * math.log(uniform(word_0)))
    angle = 2.0 * math.pi * (word_1 // 2**8 + 0.5) / 2**24
    return radius * math.cos(angle), radius * math.sin(angle)


class Oracle:
    """Lives of people under one set of assumptions.

    Parameters
    ----------
    reference
        Assumptions, hazard, score factors and cost shapes, read as numbers.
    bank
        States to start from, and the first one and the number of them by age from 65, sex and category.
    seed
        The root seed.
    """

    def __init__(self, reference, bank, seed):
        self.p = reference.people
        self.hazard = reference.hazard
        self.log_factor = [float(x) for x in reference.score_scale]
        self.shapes = [(s.origin, s.width, s.value.tolist()) for s in reference.shapes]
        self.bank = bank
        self.seed = seed % WORD, seed // WORD

    def draw(self, slot, scenario, purpose, year):
        return philox((slot.key % WORD, slot.key // WORD, scenario, purpose * 2**16 + year), self.seed)

    def life(self, slot, scenario, level, attachment):
        """Thirteen years of a slot; ``level`` and ``attachment`` by year and category."""
        person = self.first_person(slot, scenario)
        for year in range(len(level)):
            happened, person = self.year(slot, scenario, year, person, (level[year], attachment[year]))
            yield happened
            if happened.died or happened.left:
                person = self.newcomer(slot, scenario, year + 1)

    def first_person(self, slot, scenario):
        """Persistent health, last year's morbidity, own coding, age, category."""
        words = self.draw(slot, scenario, START, 0)
        at = min(max(slot.age, 65), 105) - 65, slot.sex, slot.category
        chosen = int(self.bank.first[at]) + words[0] * int(self.bank.size[at]) // WORD
        persistent, morbidity = (float(x) for x in self.bank.states[chosen])
        return persistent, morbidity, normals(words[2], words[3])[0], slot.age, slot.category

    def newcomer(self, slot, scenario, year):
        words = self.draw(slot, scenario, ENTRANT, year)
        persistent, morbidity = normals(words[0], words[1])
        u = (words[0] % 256 * 256 + words[1] % 256 + 0.5) / 65536
        return persistent, morbidity, normals(words[2], words[3])[0], self.entry_age(u), AGED_DISABLED

    def entry_age(self, u):
        at_65, by_75 = self.p.entry_at_65_share, self.p.entry_by_75_share
        if u < at_65:
            return 65
        if u < by_75:
            return math.floor(65 + 10 * (u - at_65) / (by_75 - at_65))
        return math.floor(75 + (self.p.entry_oldest - 75) * (u - by_75) / (1 - by_75))

    def year(self, slot, scenario, year, person, prices):
        p = self.p
        persistent, before, own, age, category = person
        if category == AGED_DISABLED and self.is_high_needs(persistent, before):
            category = HIGH_NEEDS
        words = self.draw(slot, scenario, YEAR, year)
        innovation, accident = normals(words[0], words[1])
        morbidity = p.persistence * before + math.sqrt(1 - p.persistence**2) * innovation
        rest = math.sqrt(1 - p.cost_persistent**2 - p.cost_morbidity**2)
        latent = p.cost_persistent * persistent + p.cost_morbidity * morbidity + rest * accident
        score = self.score(category, persistent, own, before, morbidity)
        death, fate, move = self.death(slot.sex, age, category, latent), uniform(words[2]), uniform(words[3])
        died = fate < death
        left = not died and move < p.exit_hazard
        months = math.floor(12 * fate / death) + 1 if died else 12
        cost, above = self.money(slot, category, latent, score, prices)
        happened = PersonYear(category, months, cost, above, score, died, left)
        if not left and p.exit_hazard <= move < p.exit_hazard + p.esrd_hazard:
            category = ESRD
        return happened, (persistent, morbidity, own, age + 1, category)

    def is_high_needs(self, persistent, morbidity):
        """Beyond the share that crosses, of people whose health is normal."""
        health = self.p.concurrent_persistent * persistent + self.p.concurrent_morbidity * morbidity
        spread = math.sqrt(self.p.concurrent_persistent**2 + self.p.concurrent_morbidity**2)
        return health / spread > NormalDist().inv_cdf(1 - self.p.high_needs_threshold_share)

    def score(self, category, persistent, own, before, morbidity):
        p = self.p
        if category == HIGH_NEEDS:
            a, b, health, cv = p.concurrent_persistent, p.concurrent_morbidity, morbidity, p.concurrent_score_sd
        else:
            a, b, health = p.score_persistent, p.score_morbidity, before
            cv = p.esrd_score_sd if category == ESRD else p.score_sd
        latent = a * persistent + b * health + math.sqrt(1 - a * a - b * b) * own
        return math.exp(self.log_factor[category] + math.sqrt(math.log(1 + cv * cv)) * latent)

    def death(self, sex, age, category, latent):
        h = self.hazard
        decades = (min(max(age, 65), 100) - 75) / 10
        log_hazard = h.level + h.slope * decades + h.curvature * decades**2 + h.sex_shift[sex] + h.latent * latent
        return min(1.0, math.exp(log_hazard + (h.esrd_shift if category == ESRD else 0.0)))

    def money(self, slot, category, latent, score, prices):
        level, attachment = prices
        dollars = slot.esrd_cost if category == ESRD else slot.cost
        cost = level[category] * dollars * self.relative_cost(category, latent)
        cost = min(cost, 21_000_000.0)
        return cost, max(0.0, cost - attachment[category] * score)

    def relative_cost(self, category, latent):
        """Linear between the nodes of the shape; nothing left of them."""
        origin, width, value = self.shapes[category == ESRD]
        x = (latent - origin) / width
        if x < 0:
            return 0.0
        cell = min(int(x), len(value) - 2)
        return value[cell] + min(x - cell, 1.0) * (value[cell + 1] - value[cell])
