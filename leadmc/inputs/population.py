"""The panel of beneficiary slots, as arrays, whatever file or generator it came from."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Population(NamedTuple):
    """One row a slot; ``n`` slots in the order of the input (the order never matters to a result).

    Parameters
    ----------
    person_key
        64-bit hash of ``beneficiary_id``, [n] [uint64]: the address of a person's random numbers.
    age
        Age at the start of the first simulated year, [n] [int32, years].
    sex
        0 female, 1 male, [n] [int32].
    category, alignment
        Index into ``axes.CATEGORIES`` and ``axes.ALIGNMENTS``, [n] [int32].
    county
        Index into ``county_fips``, [n] [int32].
    county_fips
        The distinct counties of the panel, sorted, five digits each, [k].
    """

    person_key: npt.NDArray[np.uint64]
    age: npt.NDArray[np.int32]
    sex: npt.NDArray[np.int32]
    category: npt.NDArray[np.int32]
    alignment: npt.NDArray[np.int32]
    county: npt.NDArray[np.int32]
    county_fips: tuple[str, ...]

    def take(self, which: npt.NDArray[np.bool_ | np.intp]) -> "Population":
        """Keep some slots, or repeat them, and all counties."""
        columns = {name: getattr(self, name)[which] for name in self._fields if name != "county_fips"}
        return self._replace(**columns)
