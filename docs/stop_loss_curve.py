"""What part of spending lies above the stop-loss attachment, by category and multiple, in the synthetic panel.

The numbers stand in the rule book under `stop_loss.expected_excess`: the payout that could be expected before the year.
Run from the root of the repository: python docs/stop_loss_curve.py [SCENARIOS]
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import yaml

from leadmc.base.axes import CATEGORIES
from leadmc.inputs.config import load_config
from leadmc.study import prepare, simulate

MULTIPLES = (2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 25.0)
CONFIG = {"name": "stop-loss curve", "seed": 5, "scenarios": 1, "population": {"synthetic": {"beneficiaries": 10_000}}}


def shares_above(multiple: float, scenarios: int) -> np.ndarray:
    """Spending above the attachments over all spending of ten years, [c] [1], and its standard error, [c] [1]."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(yaml.safe_dump(CONFIG | {"rules": {"stop_loss.attachment_multiple": multiple}}))
        seen = simulate(prepare(load_config(path)), np.arange(scenarios)).seen
    excess, spending = (cells.sum(axis=(1, 3)) for cells in (seen.stop_loss_excess, seen.expenditure))  # s c
    share = excess.sum(axis=0) / spending.sum(axis=0)
    residual = excess - share * spending
    error = residual.std(axis=0, ddof=1) / np.sqrt(scenarios) / spending.mean(axis=0)
    return np.stack([share, error])


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    curves = np.array([shares_above(multiple, number) for multiple in MULTIPLES])
    for c, category in enumerate(CATEGORIES):
        points = ", ".join(f"[{m:g}, {share:.4f}]" for m, share in zip(MULTIPLES, curves[:, 0, c], strict=True))
        sys.stdout.write(f"{category}: [{points}]  # largest standard error {curves[:, 1, c].max():.4f}\n")
