"""The kernel, its NumPy twin, idiomatic NumPy, and the generator alone; asv finds the classes by their methods."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import numpy.typing as npt

from benchmarks import numpy_baseline
from benchmarks.case import Case, a_case
from leadmc.base.compiled import widest_vectors
from leadmc.base.philox import U, philox4x32
from leadmc.paths import kernel, twin

SEED = np.uint32(2027), np.uint32(1)
TWIN_SCENARIOS = 2


@numba.njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def only_philox(blocks: int, out: npt.NDArray[np.uint32]) -> None:
    """Draw blocks of four words and keep a digest of each, so that nothing can be left out."""
    widest_vectors()
    for first in range(0, blocks, out.size):
        for j in range(out.size):
            a, b, c, d = philox4x32(U(j), U(first), U(3), U(4), SEED[0], SEED[1])
            out[j] = U(a ^ b ^ c ^ d)


class PersonYears:
    """A panel of usual size through thirteen years."""

    beneficiaries = 12_000
    scenarios = 20
    case: Case

    def setup(self) -> None:
        """Lay out the panel; compile or load the kernel."""
        self.case = a_case(self.beneficiaries, self.scenarios)
        self.time_kernel()

    def time_kernel(self) -> None:
        kernel.simulate(*self.case, SEED, 0, self.case.sums())

    def time_kernel_on_two_threads(self) -> None:
        """Twice the work of ``time_kernel``."""
        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(lambda first: kernel.simulate(*self.case, SEED, first, self.case.sums()), (0, self.scenarios))
            )

    def time_numpy(self) -> None:
        numpy_baseline.simulate(*self.case, np.random.default_rng(2027), self.case.sums())

    def time_twin(self) -> None:
        """Run the first scenarios only: the twin is there to be right."""
        few = slice(0, TWIN_SCENARIOS)
        case = self.case._replace(level=self.case.level[few], attachment=self.case.attachment[few])
        twin.simulate(*case, SEED, 0, case.sums())


class Philox:
    """The generator alone."""

    blocks = 4_096_000

    def setup(self) -> None:
        """Compile."""
        self.out = np.empty(1024, np.uint32)
        only_philox(1024, self.out)

    def time_philox(self) -> None:
        only_philox(self.blocks, self.out)


class Scaling:
    """Cost must be linear in people and in scenarios."""

    params = ([1_500, 3_000, 6_000, 12_000], [5, 20])
    param_names = ("beneficiaries", "scenarios")

    def setup(self, beneficiaries: int, scenarios: int) -> None:
        """Lay out the panel; compile or load the kernel."""
        self.case = a_case(beneficiaries, scenarios)
        self.time_kernel(beneficiaries, scenarios)

    def time_kernel(self, beneficiaries: int, scenarios: int) -> None:
        kernel.simulate(*self.case, SEED, 0, self.case.sums())
