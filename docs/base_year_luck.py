"""Measure the luck of the base years: the table of docs/base-years.md. Run: python docs/base_year_luck.py."""

import sys
import tempfile
from pathlib import Path

import numpy as np

from leadmc.base.axes import BASE_YEARS, YEARS
from leadmc.contract import stop_loss
from leadmc.contract.programmes import settle
from leadmc.inputs.config import load_config
from leadmc.inputs.reference import Reference
from leadmc.paths.aggregates import experience, with_known_benchmark
from leadmc.paths.people import expected_path
from leadmc.paths.sweep import sweep
from leadmc.scenarios.draw import draw_world
from leadmc.study import prepare

SIZES = {1_000: 2000, 5_000: 2000, 12_000: 1500, 50_000: 600}  # lives: scenarios
CHUNK = 100
CONFIG = """\
name: luck
seed: 2027
scenarios: 1
population: {{synthetic: {{beneficiaries: {lives}}}}}
tracks: [global]
assumptions: {{preset: noise-only, benchmark_basis: base_years}}
"""


def measure(lives: int, scenarios: int, folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ten-year gross savings rates with simulated base years and with a known benchmark, and cost by year."""
    (folder / "luck.yaml").write_text(CONFIG.format(lives=lives))
    config = load_config(folder / "luck.yaml")
    study = prepare(config)
    reference = Reference(config.assumptions.people)
    known = expected_path(study.population, study.rates.county_cost, reference, len(YEARS))
    rates: list[list[np.ndarray]] = [[], []]
    costs = []
    for first in range(0, scenarios, CHUNK):
        world = draw_world(
            config.assumptions,
            seed=config.settings.seed,
            scenarios=np.arange(first, first + CHUNK),
            sampler=config.settings.sampler,
            beneficiaries=lives,
        )
        predicted = study.rates.regional_pbpm * 12 * world.prospective_trend
        attachment = stop_loss.attachments(config.terms.lead.stop_loss, predicted)
        sums = sweep(study.people, world, attachment, seed=config.settings.seed, first_scenario=first)
        seen = experience(sums, world, study.rates, aco_share=config.settings.region.aco_share)
        for found, judged in zip(rates, (seen, with_known_benchmark(seen, *known)), strict=True):
            result = settle(config.terms, "global", config.settings.population.aco.facts(), judged)
            found.append(result.gross_savings.sum(axis=1) / result.benchmark.sum(axis=1))
        costs.append(np.concatenate([seen.base_expenditure, seen.expenditure], axis=1).sum(axis=(2, 3)))
    return np.concatenate(rates[0]), np.concatenate(rates[1]), np.concatenate(costs)


def main() -> None:
    """Print the table."""
    weights = np.zeros(len(YEARS))
    weights[len(BASE_YEARS) :] = -1.0 / 10.0
    with tempfile.TemporaryDirectory() as folder:
        for lives, scenarios in SIZES.items():
            simulated, known, cost = measure(lives, scenarios, Path(folder))
            terms = load_config(Path(folder) / "luck.yaml").terms.lead.base_years.weights.new
            weights[: len(BASE_YEARS)] = terms
            relative = cost / cost.mean(axis=0)
            covariance = np.cov(relative.T) * lives
            base, years = slice(0, len(BASE_YEARS)), slice(len(BASE_YEARS), None)
            parts = (
                weights[base] @ covariance[base, base] @ weights[base],
                weights[years] @ covariance[years, years] @ weights[years],
                2 * weights[base] @ covariance[base, years] @ weights[years],
            )
            sys.stdout.write(
                f"{lives:>7,} simulated {100 * simulated.std():.2f}% known {100 * known.std():.2f}% "
                f"formula {100 * np.sqrt(sum(parts) / lives):.2f}%; CV^2 x (base {parts[0]:.2f}, years {parts[1]:.2f}, "
                f"between {parts[2]:.2f}); CV^2 {np.diag(covariance).mean():.2f}; "
                f"lag 1, 5: {np.corrcoef(relative.T)[2, 3]:.2f} {np.corrcoef(relative.T)[2, 7]:.2f}; "
                f"weights {terms}; mean {100 * simulated.mean():+.2f}%\n"
            )


if __name__ == "__main__":
    main()
