"""Which years are random: masks and horizons over the simulated years, [t] (2024..2036)."""

from typing import Final

import numpy as np

from leadmc.base.axes import BY3, YEARS

N_YEARS: Final = len(YEARS)

AHEAD: Final = np.maximum(np.arange(N_YEARS) - BY3, 0)
"""Years since BY3; 0 in the base years."""

IS_AHEAD: Final = (AHEAD > 0).astype(np.float64)
"""1 in the performance years, 0 in the base years, whose national growth is stated."""

IS_AFTER_FIRST: Final = (np.arange(N_YEARS) > 0).astype(np.float64)
"""1 from 2025 on: levels relative to region and nation move in the base years too."""
