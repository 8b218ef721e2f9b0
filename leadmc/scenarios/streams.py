"""Addresses of the drivers' random numbers: a number for the counter and a block of dimensions for the sequence."""

from enum import IntEnum
from typing import Final, NamedTuple

PADDED_YEARS: Final = 16
"""Draws set aside per yearly driver: a longer horizon would move no other draw."""


class Driver(IntEnum):
    """What a scenario's draw is for: the second counter word. A number, once given, is never reused."""

    ACO_START = 1
    PARAMETER = 2  # uncertainty of national growth: one common to the categories, then one each
    NATIONAL = 3
    ACO = 4
    REGIONAL = 5
    COUNTY = 6
    CODING = 7
    QUALITY = 8
    FORECAST = 9
    AI_SCORE = 10
    PRACTICE = 11
    PANDEMIC = 12
    POLICY_EVENT = 13
    POLICY_SIZE = 14
    MANAGEMENT = 15  # one per intervention
    SERVICE = 16  # eight services, one year after another within each
    TILT = 20  # where a scenario lies between the better and the worse worlds, under importance sampling


class Block(NamedTuple):
    """The dimensions of the Sobol sequence that a driver owns: the first, and how many."""

    first: int
    width: int


SOBOL_DIMENSIONS: Final = 384
"""Dimensions of the whole sequence, most of the last ones free: fixed, because scrambling depends on it."""

# The first dimensions of a Sobol sequence are the most evenly spread: they go to the drivers that matter most.
# A block, once given, is never moved, widened or reused; a new driver takes free dimensions.
BLOCKS: Final = {
    Driver.ACO_START: Block(0, 1),
    Driver.PARAMETER: Block(1, 4),
    Driver.NATIONAL: Block(5, PADDED_YEARS),
    Driver.ACO: Block(21, PADDED_YEARS),
    Driver.REGIONAL: Block(37, PADDED_YEARS),
    Driver.COUNTY: Block(53, PADDED_YEARS),
    Driver.CODING: Block(69, PADDED_YEARS),
    Driver.QUALITY: Block(85, PADDED_YEARS),
    Driver.FORECAST: Block(101, PADDED_YEARS),
    Driver.AI_SCORE: Block(117, 1),
    Driver.PRACTICE: Block(118, PADDED_YEARS),
    Driver.PANDEMIC: Block(134, PADDED_YEARS),
    Driver.POLICY_EVENT: Block(150, PADDED_YEARS),
    Driver.POLICY_SIZE: Block(166, PADDED_YEARS),
    Driver.MANAGEMENT: Block(182, 16),
    Driver.SERVICE: Block(198, 8 * PADDED_YEARS),
    Driver.TILT: Block(383, 1),
}
