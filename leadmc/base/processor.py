"""What leadmc takes of the machine: the cores that it may use, and a single one for linear algebra."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


def usable_cores() -> int:
    """Count the cores that this process may use: a batch system gives it a part of the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep NumPy's and SciPy's BLAS to one thread, within a block or a decorated function.

    So its bits hang on no number of cores. Matrices here are small: on two busy cores the quickstart took 20 s of
    processor time with two threads, which wait for each other spinning, and 17 s with one.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
