"""The kernel, its NumPy twin, what else one could have written, and the generator alone; found by asv."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import numpy as np

from benchmarks import numba_baseline, numpy_baseline
from leadmc.paths import kernel, twin
from leadmc.paths.arrays import Prices
from leadmc.paths.generator import only_draw
from leadmc.speed import SEED, Case, a_case

TWIN_SCENARIOS = 2


class PersonYears:
    """A panel of usual size through thirteen years."""

    beneficiaries = 12_000
    scenarios = 20
    case: Case
    run_jax: Callable[[int], object] | None = None

    def setup(self) -> None:
        """Lay out the panel; compile or load everybody."""
        self.case = a_case(self.beneficiaries, self.scenarios)
        self.time_kernel()
        self.time_numba()
        if find_spec("jax"):
            from benchmarks.jax_baseline import simulator

            self.run_jax = simulator(*self.case)
            self.time_jax()

    def time_kernel(self) -> None:
        self.case.run()

    def time_kernel_on_two_threads(self) -> None:
        """Twice the work of ``time_kernel``."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self.case.run, (0, self.scenarios)))

    def time_kernel_truncating(self) -> None:
        """With a threshold of truncation, which costs nothing where there is none."""
        truncation = self.case.prices.attachment / np.float32(12)
        prices = self.case.prices._replace(truncation=truncation)
        kernel.simulate(self.case.panel, self.case.nature, prices, SEED, 0, self.case.sums())

    def time_numpy(self) -> None:
        numpy_baseline.simulate(*self.case, np.random.default_rng(2027), self.case.sums())

    def time_numba(self) -> None:
        numba_baseline.simulate(*self.case, np.random.default_rng(2027), self.case.sums())

    def time_jax(self) -> None:
        """Run where JAX is installed."""
        if self.run_jax is None:
            raise NotImplementedError("JAX is not installed")
        self.run_jax(2027)

    def time_twin(self) -> None:
        """Run the first scenarios only: the twin is there to be right."""
        few = slice(0, TWIN_SCENARIOS)
        level, attachment, _ = self.case.prices
        case = self.case._replace(prices=Prices(level[few], attachment[few]))
        twin.simulate(*case, SEED, 0, case.sums())


class Philox:
    """The generator alone."""

    blocks = 4_096_000

    def setup(self) -> None:
        """Compile."""
        self.out = np.empty(1024, np.uint32)
        only_draw(1024, SEED, self.out)

    def time_philox(self) -> None:
        only_draw(self.blocks, SEED, self.out)


class Scaling:
    """Cost must be linear in people and in scenarios."""

    params = ([1_500, 3_000, 6_000, 12_000], [5, 20])
    param_names = ("beneficiaries", "scenarios")

    def setup(self, beneficiaries: int, scenarios: int) -> None:
        """Lay out the panel; compile or load the kernel."""
        self.case = a_case(beneficiaries, scenarios)
        self.case.run()

    def time_kernel(self, beneficiaries: int, scenarios: int) -> None:
        self.case.run()
